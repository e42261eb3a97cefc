import { join } from 'node:path'
import { app, BrowserWindow, dialog, session } from 'electron'
import { createApp, type App } from './app.js'
import { listenToPages } from './bridge/electron-port.js'
import { serve } from './bridge/serve.js'
import { denyNavigation, denyPermissions } from './desktop/lockdown.js'
import { setMenu } from './desktop/menu.js'
import { originOf, PAGE_URL } from './desktop/origin.js'
import { registerScheme, servePage } from './desktop/protocol.js'
import { closeOnQuit } from './desktop/quit.js'
import { followTheme } from './desktop/theme.js'
import { focus, openWindow } from './desktop/windows.js'
import { readManifest } from './web/manifest.js'

/** The built files stand side by side: out/main, out/preload, out/renderer. */
const built = join(import.meta.dirname, '..')

/** Our own scheme. While developing, electron-vite's server has the page; a packaged app never looks for one. */
const development = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL']
const origin = originOf(development ?? PAGE_URL)

// The first one with this profile goes on; a later one has just told it so, and ends.
if (app.requestSingleInstanceLock()) start()
else app.quit()

/** What must be in place before Electron is ready. Nothing here may wait: Electron is not ready before this file has run. */
function start(): void {
  app.enableSandbox()
  registerScheme()
  denyNavigation(origin, report)
  const opening = app.whenReady().then(open)
  closeOnQuit(async () => (await opening).close(), report)
  opening.catch((error: unknown) => {
    dialog.showErrorBox('Socketeer cannot start', error instanceof Error ? error.message : String(error))
    app.exit(1)
  })
}

async function open(): Promise<App> {
  const manifest = development === undefined ? await readManifest(join(built, 'renderer')) : new Map<string, never>()
  const socketeer = await createApp({ host: 'desktop' })
  denyPermissions(session.defaultSession, origin)
  servePage(origin, manifest)
  listenToPages({
    trusted: (url) => origin.owns(url),
    connected: (port) => serve(port, socketeer),
    refused: (reason) => report(`Refused a message: ${reason}.`),
  })
  followTheme(socketeer.store)
  setMenu({ platform: process.platform, packaged: app.isPackaged })
  showWindow()
  app.on('second-instance', showWindow)
  app.on('activate', showWindow)
  return socketeer
}

/** The window that there is, or a new one: on macOS the app goes on without. */
function showWindow(): void {
  const [window] = BrowserWindow.getAllWindows()
  if (window) focus(window)
  else openWindow({ page: origin.page, preload: join(built, 'preload/preload.cjs'), devTools: !app.isPackaged })
}

function report(sentence: string): void {
  console.error(sentence)
}
