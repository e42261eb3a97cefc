import { app } from './app.js'
import { Page, type Document } from './page.js'
import { onScreen, screen } from './screen.js'
import { request } from './session.js'
import { cloned, Emitter, PreventableEvent, strict } from './strict.js'
import { tell } from './tell.js'

/** docs/api/ipc-main.md */
export const ipcMain = strict('ipcMain', new (class extends Emitter {})('ipcMain', ['socketeer']))

/** docs/api/web-frame-main.md. A new document has a frame object of its own. */
export class Frame implements Pick<Electron.WebFrameMain, 'url'> {
  constructor(public url: string) {
    return strict('WebFrameMain', this)
  }
}

/** docs/api/web-contents.md */
export class WebContents
  extends Emitter
  implements Pick<Electron.WebContents, 'id' | 'isDestroyed' | 'getURL' | 'reload' | 'send'>
{
  page: Document | undefined
  documents = 0
  zoom = 0
  openHandler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] | undefined

  /** What the page's beforeunload handler would say. */
  wouldStay = false

  private destroyed = false
  private frame = new Frame('')
  private loading: { resolve: () => void; reject: (error: Error) => void } | undefined

  constructor(
    readonly id: number,
    private readonly options: Electron.BrowserWindowConstructorOptions,
    private readonly shown: () => void,
  ) {
    super('webContents', [
      'will-navigate',
      'will-frame-navigate',
      'will-redirect',
      'will-attach-webview',
      'will-prevent-unload',
      'did-start-navigation',
      'did-navigate',
      'did-finish-load',
      'render-process-gone',
      'destroyed',
    ])
  }

  get mainFrame(): Frame {
    this.alive()
    return this.frame
  }

  isDestroyed(): boolean {
    return this.destroyed
  }

  getURL(): string {
    this.alive()
    return this.frame.url
  }

  getZoomLevel(): number {
    this.alive()
    return this.zoom
  }

  setZoomLevel(level: number): void {
    this.alive()
    this.zoom = level
  }

  setWindowOpenHandler(handler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0]): void {
    this.alive()
    this.openHandler = handler
  }

  reload(): void {
    this.alive()
    if (onScreen) screen({ do: 'reload', window: this.id })
    else void this.load(this.frame.url)
  }

  /** Cloned now, delivered later, and to nobody when there is no document by then. */
  send(channel: string, ...values: unknown[]): void {
    this.alive()
    const crossing = cloned(values)
    const { page } = this
    setImmediate(() => {
      if (page === this.page) page?.arrive(channel, crossing)
    })
  }

  /** The document changes hands, its preload script runs, then the events come. */
  async load(url: string): Promise<void> {
    if (onScreen) return await this.loadOnScreen(url)
    const response = await request(url)
    if (this.destroyed) return
    if (response === 'blocked' || !response.ok) throw new Error(`ERR_FAILED (-2) loading '${url}'`)
    await response.arrayBuffer()
    this.commit(url)
    this.emit('did-finish-load')
    this.shown()
  }

  private loadOnScreen(url: string): Promise<void> {
    const { width = 800, height = 600, webPreferences } = this.options
    screen({ do: 'load', window: this.id, url, size: { width, height }, preload: webPreferences?.preload })
    return new Promise((resolve, reject) => (this.loading = { resolve, reject }))
  }

  /** Chromium has loaded it, or says why not. */
  finished(why?: string): void {
    if (why === undefined) {
      this.emit('did-finish-load')
      this.loading?.resolve()
      this.shown()
    } else this.loading?.reject(new Error(why))
    this.loading = undefined
  }

  /** What a page sends arrives in order, and later. */
  commit(url: string): void {
    this.emit('did-start-navigation', { url, isMainFrame: true, isSameDocument: false }, url)
    const { preload } = this.options.webPreferences ?? {}
    const page = this.show(url, (deliver) => new Page(url, (channel, values) => setImmediate(deliver, channel, values)))
    if (preload !== undefined) page.runPreload(preload)
  }

  /** The document changes hands. What the old one still sends comes from a frame that is null (docs/api/structures/ipc-main-event.md). */
  show<D extends Document>(url: string, make: (deliver: (channel: string, values: unknown[]) => void) => D): D {
    const frame = new Frame(url)
    this.frame = frame
    this.documents++
    const page = make((channel, values) => this.deliver(channel, values, this.frame === frame ? frame : null))
    this.page = page
    this.emit('did-navigate', new PreventableEvent(), url, -1, '')
    return page
  }

  /** The page has changed its own address, and is still the same document. */
  moved(url: string): void {
    if (this.frame.url !== '') this.frame.url = url
  }

  deliver(channel: string, values: unknown[], frame: Frame | null): void {
    if (this.destroyed) return
    ipcMain.emit(channel, { type: 'frame', sender: contentsOf(this), senderFrame: frame }, ...values)
  }

  /** Its page may ask to stay; then the window stays, unless the event is prevented (docs/api/web-contents.md, 'will-prevent-unload'). */
  unload(): boolean {
    if (!this.wouldStay) return true
    const event = new PreventableEvent()
    this.emit('will-prevent-unload', event)
    if (!event.defaultPrevented) app.stayed()
    return event.defaultPrevented
  }

  crash(reason: Electron.RenderProcessGoneDetails['reason']): void {
    this.page = undefined
    this.emit('render-process-gone', new PreventableEvent(), { reason, exitCode: 5 })
  }

  destroy(): void {
    this.destroyed = true
    this.page = undefined
    this.emit('destroyed')
  }

  private alive(): void {
    if (this.destroyed) throw new TypeError('Object has been destroyed')
  }
}

type WindowCalls = Pick<
  Electron.BrowserWindow,
  | 'getNormalBounds'
  | 'isMaximized'
  | 'maximize'
  | 'show'
  | 'focus'
  | 'isVisible'
  | 'isMinimized'
  | 'restore'
  | 'isDestroyed'
  | 'close'
  | 'destroy'
>

/** docs/api/browser-window.md */
class Window extends Emitter implements WindowCalls {
  readonly webContents: WebContents
  visible: boolean
  minimized = false
  focused = 0
  maximized = false
  bounds: Electron.Rectangle

  private destroyed = false

  constructor(
    readonly id: number,
    readonly options: Electron.BrowserWindowConstructorOptions,
  ) {
    super('BrowserWindow', ['ready-to-show', 'closed', 'close'])
    this.visible = options.show !== false
    // Centred where nobody says: on the one display that is there.
    const { width = 800, height = 600, x = (1920 - width) / 2, y = (1080 - height) / 2 } = options
    this.bounds = { x, y, width, height }
    this.webContents = strict(
      'webContents',
      new WebContents(id, options, () => {
        if (!this.visible) this.emit('ready-to-show')
      }),
    )
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.load(url)
  }

  show(): void {
    this.visible = true
  }

  focus(): void {
    this.focused++
  }

  getNormalBounds(): Electron.Rectangle {
    return { ...this.bounds }
  }

  isMaximized(): boolean {
    return this.maximized
  }

  /** "This will also show (but not focus) the window if it isn't being displayed already." */
  maximize(): void {
    this.maximized = true
    this.visible = true
  }

  isVisible(): boolean {
    return this.visible
  }

  isMinimized(): boolean {
    return this.minimized
  }

  restore(): void {
    this.minimized = false
  }

  isDestroyed(): boolean {
    return this.destroyed
  }

  close(): void {
    const event = new PreventableEvent()
    this.emit('close', event)
    if (event.defaultPrevented) return
    // On a screen its page answers, later, and tells us (outside.ts).
    if (onScreen && this.webContents.page !== undefined) screen({ do: 'close', window: this.id })
    else if (this.webContents.unload()) this.destroy()
  }

  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    if (onScreen) screen({ do: 'destroy', window: this.id })
    windows.delete(this.id)
    this.webContents.destroy()
    this.emit('closed')
    app.closed(this)
  }
}

export const windows = new Map<number, Window>()
let lastId = 0
export const focusedWindow = { id: 0 }

/** "This module cannot be used until the `ready` event of the `app` module is emitted." */
export const BrowserWindow = strict(
  'BrowserWindow',
  class {
    constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
      app.after('new BrowserWindow')
      const window = strict('BrowserWindow', new Window(++lastId, options))
      windows.set(window.id, window)
      app.opened(window)
      app.emit('web-contents-created', new PreventableEvent(), window.webContents)
      return window
    }

    /** The one that was focused last: a test says which. */
    static getFocusedWindow(): Window | null {
      return windows.get(focusedWindow.id) ?? null
    }

    static getAllWindows(): Window[] {
      return [...windows.values()]
    }
  },
)

/** The one object that stands for these web contents everywhere, so that it can be compared. */
function contentsOf(contents: WebContents): WebContents {
  const found = windows.get(contents.id)?.webContents
  if (!found) throw new Error(`no window ${contents.id}`)
  return found
}

/** What a test hears of the frames that reach a page. */
export function listen(window: number): void {
  const { page, documents } = pageOf(window)
  page.exposed['socketeer']?.['onMessage']?.((frame: unknown) =>
    tell({ kind: 'frame', window, document: documents, frame }),
  )
}

export function pageOf(window: number): { page: Document; contents: WebContents; documents: number } {
  const contents = windows.get(window)?.webContents
  if (!contents?.page) throw new Error(`window ${window} shows no page`)
  return { page: contents.page, contents, documents: contents.documents }
}
