import { app } from './app.js'
import { displays } from './displays.js'
import { defaultSession, protocol, request } from './session.js'
import { dialog, Menu, nativeTheme, Notification } from './shell.js'
import { PreventableEvent } from './strict.js'
import { onScreenActs } from './screen-acts.js'
import { focusedWindow, Frame, listen, pageOf, windows } from './windows.js'

const devices = ['hid', 'serial', 'usb'] as const

/**
 * Everything that comes from outside the bundle: the person, the operating system, the page. A test calls these by name from
 * its own process (launch.ts). Windows are named by their number, from 1.
 */
export const outside = {
  windows: () =>
    [...windows.values()].map(({ id, options, visible, minimized, maximized, focused, bounds, webContents }) => ({
      id,
      maximized,
      bounds,
      zoom: webContents.zoom,
      options: structuredClone(options),
      visible,
      minimized,
      focused,
      url: webContents.getURL(),
      documents: webContents.documents,
      loaded: webContents.page !== undefined,
    })),

  app: () => ({
    sandboxed: app.sandboxed,
    schemes: protocol.schemes,
    handled: [...protocol.handlers.keys()],
    menu: menuShown(),
    notified: Notification.shown,
    spelling: defaultSession.spelling,
    asked: dialog.asked,
    theme: nativeTheme.themeSource,
    recent: app.recent,
  }),

  /** The person chooses an item of the menu, by the labels on the way to it. */
  choose(...labels: string[]) {
    const [first = '', ...rest] = labels
    let item = Menu.shown?.find(({ label }) => label === first)
    for (const next of rest)
      item = (item?.submenu as Electron.MenuItemConstructorOptions[]).find(({ label }) => label === next)
    if (item?.click === undefined) throw new Error(`nothing to choose at ${labels.join(' › ')}`)
    ;(item.click as () => void)()
  },
  /** Whoever is asked from now on presses this button; undefined: the default. */
  press: (button: number | undefined) => void (dialog.pressed = button),
  /** Which file will be picked in the next dialogs. */
  pick: (path: string | undefined) => void (dialog.picked = path),
  /** The person moves a window, and makes its text larger. */
  place(window: number, bounds: Electron.Rectangle, maximized: boolean, zoom: number) {
    const found = windows.get(window)
    if (found === undefined) return
    Object.assign(found, { bounds, maximized })
    found.webContents.zoom = zoom
  },
  focus: (window: number) => void (focusedWindow.id = window),
  /** Displays are plugged in or taken off. */
  displays(...bounds: Electron.Rectangle[]) {
    displays.now = bounds.map((each) => ({ bounds: each, workArea: each, scaleFactor: 1 }))
  },
  /** macOS hands over a file. */
  openFile: (path: string) => void app.emit('open-file', new PreventableEvent(), path),
  /** macOS hands over a link. */
  openUrl: (url: string) => void app.emit('open-url', new PreventableEvent(), url),

  async fetch(url: string, init?: { method?: string; headers?: Record<string, string> }) {
    const response = await request(url, init)
    if (response === 'blocked') return { status: 0, headers: {}, body: '' }
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
  },

  /** The page's script sets its listener, which opens the port. */
  listen: (window: number) => listen(window),
  /** The page's script sends. */
  send: (window: number, frame: unknown) => void pageOf(window).page.exposed['socketeer']?.['send']?.(frame),
  /** What the preload script gave the page, and what it required. */
  exposed: (window: number) => {
    const { exposed, required } = pageOf(window).page
    return { names: Object.entries(exposed).map(([key, api]) => [key, Object.keys(api)]), required }
  },
  /** Messages to the page that nobody there heard. */
  lost: (window: number) => pageOf(window).page.lost,

  /** An IPC message from some frame of the window: another frame than the main one, or one that is gone. */
  ipc(window: number, from: { url: string } | 'gone' | 'main', ...values: unknown[]) {
    const { contents } = pageOf(window)
    const frame = from === 'gone' ? null : from === 'main' ? contents.mainFrame : new Frame(from.url)
    contents.deliver('socketeer', values, frame)
  },
  /** The main frame shows something else, however it came to that. */
  showElsewhere: (window: number, url: string) => pageOf(window).contents.commit(url),

  /** A navigation that the page wants, as docs/api/web-contents.md tells it. Whether it was denied. */
  navigate(window: number, how: 'will-navigate' | 'will-frame-navigate' | 'will-redirect', url: string) {
    const event = Object.assign(new PreventableEvent(), { url, isMainFrame: how !== 'will-frame-navigate' })
    // This one comes first, and for a navigation that is denied as well.
    pageOf(window).contents.emit('did-start-navigation', { ...event, isSameDocument: false }, url)
    pageOf(window).contents.emit(how, event, url)
    return event.defaultPrevented
  },
  attachWebview(window: number) {
    const event = new PreventableEvent()
    pageOf(window).contents.emit('will-attach-webview', event, {}, { src: 'https://example.org/' })
    return event.defaultPrevented
  },
  open(window: number, url: string) {
    return pageOf(window).contents.openHandler?.({ url } as Electron.HandlerDetails)
  },

  async permission(window: number, permission: string, url?: string) {
    const { contents } = pageOf(window)
    const from = url ?? contents.getURL()
    const given = contents as unknown as Electron.WebContents
    const asked = await new Promise<boolean>((answer) =>
      defaultSession.permissionRequest?.(given, permission as 'unknown', answer, {
        requestingUrl: from,
        isMainFrame: true,
      }),
    )
    const checked = defaultSession.permissionCheck?.(
      given,
      permission as 'media',
      from,
      {} as Electron.PermissionCheckHandlerHandlerDetails,
    )
    return { asked, checked }
  },
  /** A download that the page began, as docs/api/session.md tells it. Whether it was denied. */
  download(window: number, url: string, page?: string) {
    const event = new PreventableEvent()
    const { contents } = pageOf(window)
    const from = page === undefined ? contents : { getURL: () => page }
    defaultSession.emit('will-download', event, { getURL: () => url, getURLChain: () => [url] }, from)
    return event.defaultPrevented
  },
  devices: () =>
    devices.map((deviceType) =>
      defaultSession.device?.({
        deviceType,
        origin: 'app://socketeer',
      } as Electron.DevicePermissionHandlerHandlerDetails),
    ),

  secondInstance: (argv: string[], directory: string) =>
    void app.emit('second-instance', new PreventableEvent(), argv, directory),
  activate: () => void app.emit('activate', new PreventableEvent(), false),
  minimize(window: number) {
    const found = windows.get(window)
    if (found) found.minimized = true
  },
  reload: (window: number) => pageOf(window).contents.reload(),
  crash: (window: number, reason: Electron.RenderProcessGoneDetails['reason']) => pageOf(window).contents.crash(reason),
  /** The page has a beforeunload handler that would rather stay; who is then asked presses this button. */
  stay(window: number, pressed: number) {
    pageOf(window).contents.wouldStay = true
    dialog.pressed = pressed
  },
  close: (window: number) => windows.get(window)?.close(),
  quit: () => app.quit(),
  ...onScreenActs,
}

export type Outside = typeof outside

/** As it can be sent: without what an item does. */
function menuShown(): Electron.MenuItemConstructorOptions[] {
  return JSON.parse(JSON.stringify(Menu.shown ?? [])) as Electron.MenuItemConstructorOptions[]
}
