import { BrowserWindow, dialog, type RenderProcessGoneDetails } from 'electron'
import type { Memory } from './memory.js'
import { keepPlace, placeOf } from './places.js'
import { background } from './theme.js'
import { fill, type Words } from './words.js'

/** A page that dies is loaded again, but not for ever: this often in this many milliseconds. */
const MOST_RELOADS = 3
const RELOAD_WINDOW_MS = 60_000

export interface WindowOptions {
  /** URL of the page; with a role or a session in its query it is a compact window. */
  page: string
  /** Absolute path of the built preload script. */
  preload: string
  /** Knows where such a window was last. */
  memory: Memory
  /** Whether developer tools can be opened in it. */
  devTools: boolean
  /** What its questions say. */
  words: () => Words
  /** Told what the person said who was asked before it closes. */
  asked: (stays: boolean) => void
}

/** Pixels. A window of one role is compact. */
const SIZES = {
  workbench: { width: 1280, height: 800, minWidth: 900, minHeight: 600 },
  role: { width: 620, height: 720, minWidth: 420, minHeight: 400 },
}

/** Opens a window, or brings the one to the front that shows the same: the workbench and each session have one window. */
export function showWindow(options: WindowOptions): BrowserWindow {
  const wanted = shownIn(options.page)
  const open = wanted === undefined ? undefined : BrowserWindow.getAllWindows().find(shows(wanted))
  if (open === undefined) return openWindow(options)
  focus(open)
  return open
}

/** What a page's address shows: a session's id, '' for the workbench, undefined for a role that has no session yet. */
function shownIn(page: string): string | undefined {
  const { searchParams } = new URL(page)
  return searchParams.get('session') ?? (searchParams.has('role') ? undefined : '')
}

/** What kind of window it is: those of one kind open where the last one was. */
function kindOf(page: string): string {
  return shownIn(page) === '' ? 'workbench' : (new URL(page).searchParams.get('role') ?? 'session')
}

const shows = (wanted: string) => (window: BrowserWindow) =>
  shownIn(window.webContents.getURL() || (openedFor.get(window) ?? 'about:blank')) === wanted

/** The address that a window will show when it has loaded. */
const openedFor = new WeakMap<BrowserWindow, string>()

function openWindow(options: WindowOptions): BrowserWindow {
  const { page, preload, memory, devTools } = options
  const what = kindOf(page)
  const { bounds, maximized } = placeOf(memory, what)
  const window = new BrowserWindow({
    ...SIZES[what === 'workbench' ? what : 'role'],
    ...bounds,
    title: 'Socketeer',
    show: false,
    backgroundColor: background(),
    webPreferences: {
      preload,
      devTools,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      // A hidden page must know that it is hidden: it then asks for no pulses. The sockets are not in it and are not slowed.
      backgroundThrottling: true,
    },
  })
  window.once('ready-to-show', () => {
    if (maximized) window.maximize()
    window.show()
  })
  keepPlace(memory, window, what)
  openedFor.set(window, page)
  reviveWhenGone(window, options)
  askBeforeClosing(window, options)
  // Rejects when the window is closed while it loads, and that is no fault.
  window.loadURL(page).catch((error: unknown) => {
    if (!window.isDestroyed()) console.error(`Could not load the page: ${String(error)}`)
  })
  return window
}

/** Electron itself shows nothing when a page would rather not be closed: the window would simply stay. */
function askBeforeClosing(window: BrowserWindow, { words, asked }: WindowOptions): void {
  window.webContents.on('will-prevent-unload', (event) => {
    const w = words()
    const answer = dialog.showMessageBoxSync(window, {
      type: 'warning',
      message: w.waiting,
      detail: w.waitingLost,
      buttons: [w.stay, w.closeAnyway],
      defaultId: 0,
      cancelId: 0,
    })
    asked(answer !== 1)
    // Here, preventing means: the page's wish does not count.
    if (answer === 1) event.preventDefault()
  })
}

/** Brings a window to the front, wherever it is. */
function focus(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** The sockets outlive their page: a new one finds every session and row as they were. */
function reviveWhenGone(window: BrowserWindow, { words }: WindowOptions): void {
  let reloads: number[] = []
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit') return
    const now = performance.now()
    reloads = reloads.filter((time) => now - time < RELOAD_WINDOW_MS)
    if (reloads.length < MOST_RELOADS) {
      reloads.push(now)
      reload(window)
    } else {
      void askToReload(window, details, words())
    }
  })
}

async function askToReload(window: BrowserWindow, { reason }: RenderProcessGoneDetails, w: Words): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: w.stops,
    detail: fill(w.stopsWhy, { times: MOST_RELOADS + 1, reason }),
    buttons: [w.loadAgain, w.closeWindow],
    defaultId: 0,
    cancelId: 1,
  })
  if (response === 0) reload(window)
  else if (!window.isDestroyed()) window.close()
}

/** Not from within the event: the process that it tells of is still being taken down. */
function reload(window: BrowserWindow): void {
  setImmediate(() => {
    if (!window.isDestroyed()) window.webContents.reload()
  })
}
