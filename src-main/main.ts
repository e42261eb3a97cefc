import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, BrowserWindow, dialog, session } from 'electron'
import * as v from 'valibot'
import { createApp, type App } from './app.js'
import { listenToPages } from './bridge/electron-port.js'
import { serve } from './bridge/serve.js'
import { SessionSettingsSchema, type RoleName, type SessionSettingsInput } from './contract/index.js'
import { collectArrivals } from './desktop/arrivals.js'
import { Files } from './desktop/files.js'
import { askForLinks } from './desktop/links.js'
import { denyNavigation, denyPermissions } from './desktop/lockdown.js'
import { keychain } from './desktop/keychain.js'
import { Memory } from './desktop/memory.js'
import { followMenu } from './desktop/menu.js'
import { notifyLost } from './desktop/notify.js'
import { originOf, PAGE_URL } from './desktop/origin.js'
import { Pages } from './desktop/pages.js'
import { registerScheme, servePage } from './desktop/protocol.js'
import { closeOnQuit, type Quitting } from './desktop/quit.js'
import { followTheme } from './desktop/theme.js'
import { hasFeed, Updates } from './desktop/update.js'
import { showWindow } from './desktop/windows.js'
import { wordsIn, wordsOf, type Words } from './desktop/words.js'
import { parseEndpoint } from './engine/endpoint.js'
import { receiveOption } from './engine/wish.js'
import { DEFAULT_PROFILE, profileOf } from './store/profile-name.js'
import { readManifest } from './web/manifest.js'

/** The built files stand side by side: out/main, out/preload, out/renderer. */
const built = join(import.meta.dirname, '..')

/** Our own scheme. While developing, electron-vite's server has the page; a packaged app never looks for one. */
const development = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL']
const origin = originOf(development ?? PAGE_URL)

/** Set as the app starts, before there is a window. */
let running: App | undefined
let quitting: Quitting | undefined
const pages = new Pages()

const profile = profileOrExit()
/** The profile's own, beside its windows' cache. */
const memory = new Memory(join(app.getPath('userData'), 'windows.json'))
const files = new Files({
  words,
  memory,
  ask: (file) => pages.tell(show().webContents, 'workspaceFile', file),
  show: async (path) => {
    const sessions = await running?.recordings.openAt(path)
    if (sessions !== undefined) pages.tell(show().webContents, 'recordingFile', { sessions })
  },
})
// The first one with this profile goes on; a later one has just told it so, and ends.
if (profile !== undefined && app.requestSingleInstanceLock()) start(profile)
else if (profile !== undefined) app.quit()

/** What `--profile NAME` says. Each is an app of its own: its windows, its cache, and its place as the only one. A name that cannot be ends the start. */
function profileOrExit(): string | undefined {
  try {
    const name = profileOf(process.argv)
    if (name === DEFAULT_PROFILE) return name
    const userData = join(app.getPath('userData'), 'profiles', name)
    mkdirSync(userData, { recursive: true })
    app.setPath('userData', userData)
    return name
  } catch (error) {
    report(error instanceof Error ? error.message : String(error))
    app.exit(2)
    return undefined
  }
}

/** Asked only when there is a window, and so when quitting is arranged. */
const updates = new Updates({
  words,
  restart: (install) => quitting?.andThen(install),
  tell: (...news) => running?.notices.add(...news) ?? 0,
})

/** What must be in place before Electron is ready. Nothing here may wait: Electron is not ready before this file has run. */
function start(name: string): void {
  app.enableSandbox()
  registerScheme()
  denyNavigation(origin, report, (url) => void show(url))
  const arrivals = collectArrivals(process.argv, process.cwd())
  const opening = app.whenReady().then(async () => {
    running = await open(name)
    const followLink = linksInto(running)
    arrivals.deliver((arrival) => ('link' in arrival ? followLink(arrival.link) : files.open(arrival.file)))
    return running
  })
  quitting = closeOnQuit(
    async () => (await opening).close(),
    report,
    () => running?.store.profile.settings.keepOpen === true,
  )
  opening.catch((error: unknown) => {
    dialog.showErrorBox(wordsIn('system').cannotStart, error instanceof Error ? error.message : String(error))
    app.exit(1)
  })
}

async function open(profile: string): Promise<App> {
  const manifest = development === undefined ? await readManifest(join(built, 'renderer')) : new Map<string, never>()
  const socketeer = await createApp({
    host: 'desktop',
    profile,
    cipher: keychain(process.platform),
    receive: receiveOption(process.argv),
  })
  denyPermissions(session.defaultSession, origin)
  servePage(origin, manifest)
  listenToPages({
    trusted: (url) => origin.owns(url),
    connected: (port, contents) => {
      serve(port, socketeer)
      pages.connected(port, contents)
    },
    refused: (reason) => report(`Refused a message: ${reason}.`),
  })
  followTheme(socketeer.store)
  followMenu(socketeer.store, {
    platform: process.platform,
    packaged: app.isPackaged,
    open: (role) => void showRole(role),
    act,
    files,
    memory,
    update: hasFeed() ? () => updates.look() : undefined,
  })
  notifyLost(socketeer.engine, socketeer.store, () => void show())
  show()
  app.on('second-instance', () => void show())
  app.on('activate', () => void show())
  return socketeer
}

/** A window of the page: the workbench, or what its address says. */
function show(page = origin.page): BrowserWindow {
  return showWindow({
    page,
    preload: join(built, 'preload/preload.cjs'),
    memory,
    devTools: !app.isPackaged,
    words,
    asked: (stays) => quitting?.asked(stays),
  })
}

function showRole(role: RoleName | undefined): BrowserWindow {
  return show(role === undefined ? origin.page : `${origin.page}?role=${role}`)
}

/** What the native menu has the page do: that of the window in front, or the workbench's. */
function act(id: string, where?: 'workbench'): void {
  const front = where === 'workbench' ? undefined : BrowserWindow.getFocusedWindow()
  pages.tell((front ?? show()).webContents, 'act', { id })
}

/** A link that the person agrees to is a session like any other, and has a window of its own. */
function linksInto({ engine }: App): (link: string) => void {
  return askForLinks({
    words,
    check: ({ address, method }) => parseEndpoint(address, method),
    open: async (settings: SessionSettingsInput) => {
      const opened = await engine.open(v.parse(SessionSettingsSchema, settings))
      show(`${origin.page}?session=${opened.id}`)
    },
  })
}

/** What we say ourselves, in the language that the person chose. */
function words(): Words {
  return running === undefined ? wordsIn('system') : wordsOf(running.store.profile)
}

function report(sentence: string): void {
  console.error(sentence)
}
