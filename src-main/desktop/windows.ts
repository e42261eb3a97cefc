import { BrowserWindow, dialog, type Rectangle, type RenderProcessGoneDetails } from 'electron'
import { background } from './theme.js'

/** A page that dies is loaded again, but not for ever: this often in this many milliseconds. */
const MOST_RELOADS = 3
const RELOAD_WINDOW_MS = 60_000

export interface WindowOptions {
  /** URL of the page. */
  page: string
  /** Absolute path of the built preload script. */
  preload: string
  /** Where it was last, in screen coordinates; centred at the default size if left out. */
  bounds?: Rectangle
  /** Whether developer tools can be opened in it. */
  devTools: boolean
}

export function openWindow({ page, preload, bounds, devTools }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    ...(bounds ?? { width: 1280, height: 800 }),
    minWidth: 900,
    minHeight: 600,
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
  window.once('ready-to-show', () => window.show())
  reviveWhenGone(window)
  // Rejects when the window is closed while it loads, and that is no fault.
  window.loadURL(page).catch((error: unknown) => {
    if (!window.isDestroyed()) console.error(`Could not load the page: ${String(error)}`)
  })
  return window
}

/** Brings a window to the front, wherever it is. */
export function focus(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** The sockets outlive their page: a new one finds every session and row as they were. */
function reviveWhenGone(window: BrowserWindow): void {
  let reloads: number[] = []
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit') return
    const now = performance.now()
    reloads = reloads.filter((time) => now - time < RELOAD_WINDOW_MS)
    if (reloads.length < MOST_RELOADS) {
      reloads.push(now)
      reload(window)
    } else {
      void askToReload(window, details)
    }
  })
}

async function askToReload(window: BrowserWindow, { reason }: RenderProcessGoneDetails): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'This window keeps stopping.',
    detail: `Its process ended ${MOST_RELOADS + 1} times within a minute (${reason}). All sessions are still open.`,
    buttons: ['Load it again', 'Close the window'],
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
