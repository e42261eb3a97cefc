import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Emitter, PreventableEvent, strict } from './strict.js'
import { tell } from './tell.js'

type Calls = Pick<
  Electron.App,
  | 'requestSingleInstanceLock'
  | 'releaseSingleInstanceLock'
  | 'enableSandbox'
  | 'whenReady'
  | 'isReady'
  | 'quit'
  | 'exit'
  | 'isPackaged'
  | 'getPath'
  | 'setPath'
  | 'getLocale'
  | 'addRecentDocument'
  | 'clearRecentDocuments'
>

let userData = process.env['STAND_IN_USER_DATA'] ?? '/nonexistent'

/** docs/api/app.md; the order of events while quitting is that of its 'window-all-closed', 'before-quit' and 'will-quit'. */
export class App extends Emitter implements Calls {
  readonly isPackaged = false
  sandboxed = false
  windows: { close: () => void; destroy: () => void }[] = []

  private ready = false
  private lock: string | undefined
  private quitting = false
  private exiting = false
  private becomeReady: () => void = () => undefined
  private readonly readiness = new Promise<void>((resolve) => (this.becomeReady = resolve))

  constructor() {
    super('app', [
      'ready',
      'before-quit',
      'will-quit',
      'quit',
      'window-all-closed',
      'activate',
      'second-instance',
      'open-url',
      'open-file',
      'web-contents-created',
    ])
  }

  /** True for the first with this user data; a later one hands its arguments to the first. */
  requestSingleInstanceLock(): boolean {
    const path = join(userData, 'SingletonLock')
    try {
      const file = openSync(path, 'wx')
      writeSync(file, String(process.pid))
      closeSync(file)
      this.lock = path
      return true
    } catch {
      tell({ kind: 'second-instance', argv: process.argv, directory: process.cwd() })
      return false
    }
  }

  releaseSingleInstanceLock(): void {
    if (this.lock !== undefined) rmSync(this.lock, { force: true })
    this.lock = undefined
  }

  /** "This should be called after the `ready` event". */
  getLocale(): string {
    this.after('app.getLocale')
    return 'en-US'
  }

  recent: string[] = []
  addRecentDocument(path: string): void {
    this.recent.push(path)
  }

  clearRecentDocuments(): void {
    this.recent = []
  }

  /** Only the one path that is asked for. */
  getPath(name: 'userData'): string {
    if (name !== 'userData') throw new Error(`not in the stand-in: app.getPath('${String(name)}')`)
    return userData
  }

  /** "If the path specifies a directory that does not exist, an Error is thrown." */
  setPath(name: string, path: string): void {
    if (name !== 'userData') throw new Error(`not in the stand-in: app.setPath('${name}')`)
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path}`)
    userData = path
  }

  /** "This method can only be called before app is ready." */
  enableSandbox(): void {
    this.before('app.enableSandbox')
    this.sandboxed = true
  }

  isReady(): boolean {
    return this.ready
  }

  whenReady(): Promise<void> {
    return this.readiness
  }

  quit(): void {
    if (this.quitting) return
    if (this.prevented('before-quit')) return
    this.quitting = true
    if (this.windows.length === 0) this.notifyAndShutDown()
    else for (const window of [...this.windows]) window.close()
  }

  /** A page would not go: the app goes on, as if nobody had wished to quit. */
  stayed(): void {
    this.quitting = false
  }

  exit(code = 0): void {
    this.exiting = true
    for (const window of [...this.windows]) window.destroy()
    this.shutDown(code)
  }

  /** The entry and all that it waits for at its top level have run: only then does Electron become ready. */
  codeLoaded(): void {
    setImmediate(() => {
      this.ready = true
      this.emit('ready', new PreventableEvent(), {})
      this.becomeReady()
    })
  }

  opened(window: { close: () => void; destroy: () => void }): void {
    this.windows.push(window)
  }

  closed(window: { close: () => void; destroy: () => void }): void {
    this.windows = this.windows.filter((each) => each !== window)
    if (this.windows.length > 0 || this.exiting) return
    if (this.quitting) this.notifyAndShutDown()
    else if (this.listenerCount('window-all-closed') === 0) this.quit()
    else this.emit('window-all-closed')
  }

  before(call: string): void {
    if (this.ready) throw new Error(`${call} can only be called before app is ready`)
  }

  after(call: string): void {
    if (!this.ready) throw new Error(`${call} cannot be used before app is ready`)
  }

  private prevented(event: 'before-quit' | 'will-quit'): boolean {
    const details = new PreventableEvent()
    this.emit(event, details)
    return details.defaultPrevented
  }

  private notifyAndShutDown(): void {
    if (this.prevented('will-quit')) this.quitting = false
    else this.shutDown(0)
  }

  private shutDown(code: number): void {
    this.emit('quit', new PreventableEvent(), code)
    if (this.lock !== undefined) rmSync(this.lock, { force: true })
    process.exit(code)
  }
}

export const app = strict('app', new App())
