import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type * as v from 'valibot'
import { createApp, type App } from '../../src-main/app.js'
import { memoryPortPair } from '../../src-main/bridge/memory-port.js'
import { serve } from '../../src-main/bridge/serve.js'
import { requestArguments, roleNames, type Port, type RequestName } from '../../src-main/contract/index.js'
import { settingsOf } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { arbitraryOf, junk, type Known } from './arbitrary.js'
import { isFault, type Property } from './property.js'

/** Milliseconds: everything else answers at once or when it is cancelled. */
const ANSWERED = 20_000
/** These wait for something by their nature: room for the next piece, or messages that have still to go out. */
const patient: ReadonlySet<string> = new Set(['radio.feed', 'pipeline.feed'])

/** Nothing here leads off this machine. */
const addresses = fc.constantFrom(
  'tcp://127.0.0.1:*',
  'tcp://127.0.0.1:9',
  'tcp://[::1]:*',
  'tcp://localhost:*',
  'inproc://fuzz',
  'ipc:///tmp',
  'tcp://127.0.0.1:99999',
  'tcp://127.0.0.1',
  'http://127.0.0.1:1',
  'tcp://[::1',
  '@@',
  '\u202e',
)

interface Frame {
  kind?: string
  id?: number
  fault?: unknown
}

/** An app with a session of each role, and one view of it. */
class Rig {
  readonly ids: string[] = []
  readonly #frames = new Map<number, Frame>()
  readonly #base = new Set<string>()
  readonly #app: App
  readonly #view: Port
  #number = 0

  private constructor(app: App) {
    this.#app = app
    const [engine, view] = memoryPortPair()
    serve(engine, app)
    view.onMessage((frame) => {
      const { kind, id } = frame as Frame
      if ((kind === 'done' || kind === 'fail') && id !== undefined) this.#frames.set(id, frame as Frame)
    })
    this.#view = view
  }

  static async open(directory: string): Promise<Rig> {
    const rig = new Rig(await createApp({ host: 'browser', directory }))
    await rig.restore()
    return rig
  }

  /** Whoever was opened meanwhile goes, whoever went comes back. */
  async restore(): Promise<void> {
    const { engine } = this.#app
    for (const { id } of engine.list()) if (!this.#base.has(id)) await engine.forget(id)
    for (const id of this.#base) if (!engine.list().some((session) => session.id === id)) this.#base.delete(id)
    const there = new Set([...this.#base].map((id) => engine.session(id).settings.role))
    for (const role of roleNames) {
      if (there.has(role)) continue
      const forward = role === 'worker' ? { forward: [{ method: 'bind', address: 'tcp://127.0.0.1:*' }] } : {}
      this.#base.add((await engine.open(settingsOf(role, '@tcp://127.0.0.1:*', forward))).id)
    }
    this.ids.splice(0, Infinity, ...this.#base)
  }

  /** Throws unless it is answered, with a result or with a sentence that is no bug of ours. */
  async call(name: string, args: unknown): Promise<void> {
    const id = this.#number++
    this.#view.send({ kind: 'call', id, name: name, args })
    if (patient.has(name)) return
    const frame = await until(() => this.#frames.get(id), { deadline: ANSWERED, what: `an answer to ${name}` })
    this.#frames.delete(id)
    if (frame.kind === 'done') return
    if (!isFault(frame.fault)) throw new Error(`${name} failed without a sentence: ${JSON.stringify(frame)}`)
    if (frame.fault.code === 'INTERNAL') throw new Error(frame.fault.message)
  }

  send(frame: unknown): void {
    this.#view.send(frame as never)
  }

  close(): Promise<void> {
    this.#view.close()
    return this.#app.close()
  }
}

/** Indices are drawn, not ids: those are known only when it runs. */
const SESSION = 'session-'
const known: Known = {
  address: addresses,
  id: fc.oneof({ weight: 9, arbitrary: fc.nat(9).map((n) => `${SESSION}${n}`) }, { weight: 1, arbitrary: fc.string() }),
  linger: fc.constantFrom(0, 10, -2),
  workers: fc.integer({ min: 0, max: 3 }),
  concurrency: fc.integer({ min: 0, max: 3 }),
  rate: fc.constantFrom(0, 1, 1000),
  hz: fc.constantFrom(0, 1, 1000),
}

/** Names in place of numbers: the argument `id` of a call, wherever it stands. */
function placed(args: unknown, ids: readonly string[]): unknown {
  if (typeof args !== 'object' || args === null || !Object.hasOwn(args, 'id')) return args
  const { id } = args as { id: unknown }
  if (typeof id !== 'string' || !id.startsWith(SESSION)) return args
  return { ...args, id: ids[Number(id.slice(SESSION.length)) % ids.length] }
}

const names = Object.keys(requestArguments) as RequestName[]
const calls = fc.constantFrom(...names).chain((name) =>
  fc.record({
    name: fc.oneof({ weight: 50, arbitrary: fc.constant<string>(name) }, { weight: 1, arbitrary: fc.string() }),
    args: arbitraryOf(requestArguments[name] as v.GenericSchema, known),
  }),
)

async function withRig(work: (rig: Rig) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'socketeer-fuzz-'))
  const rig = await Rig.open(directory)
  try {
    await work(rig)
  } finally {
    await rig.close()
    await rm(directory, { recursive: true, force: true })
  }
}

export const requests: Property = {
  name: 'every request, with arguments that are right and that are not, is answered or refused with a sentence',
  few: 40,
  check: (seed, draws) =>
    withRig((rig) =>
      fc.assert(
        fc.asyncProperty(fc.array(calls, { minLength: 1, maxLength: 12 }), async (several) => {
          for (const { name, args } of several) await rig.call(name, placed(args, rig.ids))
          await rig.restore()
        }),
        { seed, numRuns: draws },
      ),
    ),
}

export const views: Property = {
  name: 'whatever a view sends, the next call is answered',
  few: 60,
  check: (seed, draws) =>
    withRig((rig) =>
      fc.assert(
        fc.asyncProperty(
          fc.oneof(junk, fc.record({ kind: fc.constantFrom('call', 'cancel', 'x'), id: junk, name: junk, args: junk })),
          async (frame) => {
            rig.send(frame)
            await rig.call('session.list', undefined)
          },
        ),
        { seed, numRuns: draws },
      ),
    ),
}
