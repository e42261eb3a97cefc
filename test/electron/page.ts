import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import vm from 'node:vm'
import { cloned, strict } from './strict.js'

/** What the preload script put on the page's `window`, by its name there. */
export type Exposed = Record<string, Record<string, (...values: unknown[]) => unknown>>

/** One document, as the main process has to do with it. */
export interface Document {
  readonly exposed: Exposed
  readonly required: string[]
  lost: number
  arrive(channel: string, values: unknown[]): void
}

/** One document's renderer half: its preload script, run as a sandboxed one is, and its end of the IPC channels. */
export class Page implements Document {
  readonly exposed: Exposed = {}
  readonly required: string[] = []
  /** Messages that came while nobody listened: Electron drops them. */
  lost = 0
  private readonly ipc = new EventEmitter()

  /** `toMain` is called with what the page sends, already cloned. */
  constructor(
    readonly url: string,
    private readonly toMain: (channel: string, values: unknown[]) => void,
  ) {}

  /** docs/tutorial/sandbox.md: a polyfilled `require` that knows `electron` and a few built-ins; ours may have the first only. */
  runPreload(path: string): void {
    const module = { exports: {} }
    const require = (name: string): unknown => {
      this.required.push(name)
      if (name !== 'electron') throw new Error(`not in the stand-in: require('${name}') in a preload script`)
      return this.electron
    }
    const wrapped = `(function (exports, require, module) {${readFileSync(path, 'utf8')}\n})`
    const run = vm.runInNewContext(wrapped, {}, { filename: path }) as (...values: unknown[]) => void
    run(module.exports, require, module)
  }

  /** A message from the main process. */
  arrive(channel: string, values: unknown[]): void {
    if (!this.ipc.emit(channel, { senderId: 0, ports: [] }, ...values)) this.lost++
  }

  private readonly electron = strict('electron (preload)', {
    contextBridge: strict('contextBridge', {
      exposeInMainWorld: (key: string, api: Exposed[string]): void => {
        this.exposed[key] = Object.fromEntries(
          Object.entries(api).map(([name, call]) => [name, (...values: unknown[]) => call(...values.map(crossing))]),
        )
      },
    } satisfies Pick<Electron.ContextBridge, 'exposeInMainWorld'>),
    ipcRenderer: strict('ipcRenderer', {
      send: (channel: string, ...values: unknown[]): void => this.toMain(channel, cloned(values)),
      on: (channel: string, listener: (...values: unknown[]) => void): void => {
        this.ipc.on(channel, listener)
      },
      removeAllListeners: (channel?: string): void => {
        this.ipc.removeAllListeners(channel)
      },
    }),
  })
}

/** docs/api/context-bridge.md: functions are proxied to the other context, all else is copied. */
function crossing(value: unknown): unknown {
  if (typeof value !== 'function') return cloned(value)
  return (...values: unknown[]) => (value as (...values: unknown[]) => unknown)(...values.map(crossing))
}
