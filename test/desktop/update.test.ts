import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import { createRequire, Module } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppImageUpdater } from 'electron-updater'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { hasFeed, loadUpdater, Updates } from '../../src-main/desktop/update.js'
import { wordsIn } from '../../src-main/desktop/words.js'
import { until } from '../helpers/until.js'

/*
 * The real electron-updater against a server of this machine that has a release for it. It runs here with `electron` as its documentation has it, as far as it
 * asks: Chromium's network is Node's. What this does not show: the installers of Windows and macOS, and a .deb, which asks for a password.
 */

const electron = await vi.hoisted(async () => {
  const { EventEmitter } = await import('node:events')
  return {
    app: Object.assign(new EventEmitter(), {
      isPackaged: true,
      folder: '',
      getVersion: () => '1.0.0',
      getName: () => 'socketeer',
      getLocale: () => 'en-US',
      getPath: () => electron.app.folder,
      whenReady: () => Promise.resolve(),
      quit: vi.fn(),
    }),
    dialog: {
      asked: [] as Electron.MessageBoxOptions[],
      answers: [] as number[],
      showMessageBox: (options: Electron.MessageBoxOptions) => {
        electron.dialog.asked.push(options)
        return Promise.resolve({ response: electron.dialog.answers.shift() ?? 0 })
      },
    },
    session: { fromPartition: () => ({}) },
    autoUpdater: new EventEmitter(),
    net: {
      /** docs/api/net.md: a request of Node's shape, whose failures have Chromium's names. */
      request: (options: object) => {
        const made = request({ ...options, agent: false })
        const emit = made.emit.bind(made)
        made.emit = (event: string, ...values: unknown[]) =>
          emit(event, ...(event === 'error' ? [new Error('net::ERR_CONNECTION_REFUSED')] : values))
        return made
      },
    },
  }
})
vi.mock('electron', () => electron)

const require = createRequire(import.meta.url)
const APPIMAGE = '#!/bin/sh\necho "$0" > "$(dirname "$0")/started"\n'

let folder: string
let server: Server
let address: string
/** What the server was asked for. */
const wanted: string[] = []
/** What was said in the windows, oldest first; each takes the place of the one before. */
const told: string[] = []
/** What it has: undefined, nothing. */
let release: { version: string; sha512: string } | undefined

const appImage = () => join(folder, 'Socketeer.AppImage')
const sha512 = (text: string) => createHash('sha512').update(text).digest('base64')

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'socketeer-update-'))
  electron.app.folder = folder
  const path = require.resolve('electron')
  require.cache[path] = Object.assign(new Module(path), { exports: electron, loaded: true })
  server = createServer(({ url = '' }, response) => {
    wanted.push(url.replace(/\?.*/, ''))
    if (release === undefined) return void response.writeHead(404).end()
    if (!url.includes('.yml')) return void response.end(APPIMAGE)
    const { version } = release
    const file = { url: `Socketeer-${version}.AppImage`, sha512: release.sha512, size: APPIMAGE.length }
    response.end(JSON.stringify({ version, files: [file], releaseDate: '2026-11-27T12:00:00.000Z' }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  writeFileSync(
    join(folder, 'app-update.yml'),
    JSON.stringify({ provider: 'generic', url: address, updaterCacheDirName: 'updates' }),
  )
  Object.defineProperty(process, 'resourcesPath', { value: folder, configurable: true })
  vi.stubEnv('XDG_CACHE_HOME', folder)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  if (server.listening) await new Promise((closed) => server.close(closed))
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(() => {
  // It tells its log what it tells us.
  for (const how of ['debug', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, how).mockImplementation(() => undefined)
  writeFileSync(appImage(), 'the one that runs')
  vi.stubEnv('APPIMAGE', appImage())
  release = undefined
})
afterEach(() => {
  vi.restoreAllMocks()
  for (const name of ['updates', 'started']) rmSync(join(folder, name), { recursive: true, force: true })
  for (const list of [electron.dialog.asked, electron.dialog.answers, wanted, told]) list.length = 0
  electron.app.removeAllListeners()
  electron.app.quit.mockClear()
})

/** One look of a person who gives these answers, until as many boxes were seen. */
async function look(boxes: number, ...answers: number[]) {
  electron.dialog.answers.push(...answers)
  const { AppImageUpdater: Real } = require('electron-updater') as { AppImageUpdater: typeof AppImageUpdater }
  const restart = vi.fn((install: () => void) => install())
  const updates = new Updates({
    words: () => wordsIn('en'),
    restart,
    load: () => Promise.resolve(new Real()),
    tell: (level, { message }, instead) => {
      expect(instead).toBe(told.length === 0 ? undefined : 7)
      told.push(`${level}: ${message}`)
      return 7
    },
  })
  expect(wanted).toEqual([])
  updates.look()
  updates.look()
  await until(() => electron.dialog.asked.length === boxes && electron.dialog.answers.length === 0, {
    what: 'the answer',
  })
  return { restart, asked: electron.dialog.asked.map(({ message }) => message) }
}

const YML = expect.stringMatching(/^\/latest-linux(-\w+)?\.yml$/) as string
const FOUND = 'Version 2.0.0 is there; this is 1.0.0.'
const pending = () => join(folder, 'updates/pending/Socketeer-2.0.0.AppImage')

const onLinux = it.skipIf(process.platform !== 'linux')

onLinux('is the one for this package, and reads where to look from what was packaged', async () => {
  const { AppImageUpdater: Real } = require('electron-updater') as { AppImageUpdater: typeof AppImageUpdater }
  expect(hasFeed()).toBe(true)
  expect(await loadUpdater()).toBeInstanceOf(Real)
})

onLinux('says that there is nothing newer, and has asked once', async () => {
  release = { version: '1.0.0', sha512: sha512(APPIMAGE) }
  expect((await look(1)).asked).toEqual(['1.0.0 is the newest version.'])
  expect(wanted).toEqual([YML])
})

onLinux('fetches nothing without a yes', async () => {
  release = { version: '2.0.0', sha512: sha512(APPIMAGE) }
  expect((await look(1, 0)).asked).toEqual([FOUND])
  expect(wanted).toEqual([YML])
  expect(told).toEqual([])
})

onLinux('fetches what the release says, and installs it when the app quits', async () => {
  release = { version: '2.0.0', sha512: sha512(APPIMAGE) }
  const { asked, restart } = await look(2, 1, 0)
  expect(asked).toEqual([FOUND, 'Version 2.0.0 is ready.'])
  expect(new Set(wanted)).toEqual(new Set([YML, '/Socketeer-2.0.0.AppImage']))
  expect(readFileSync(pending(), 'utf8')).toBe(APPIMAGE)
  expect([told[0], ...told.slice(-2)]).toEqual([
    'info: Version 2.0.0 is being downloaded: 0 %.',
    'info: Version 2.0.0 is being downloaded: 100 %.',
    'info: Version 2.0.0 is here. It is installed when you quit.',
  ])
  expect(restart).not.toHaveBeenCalled()
  expect(readFileSync(appImage(), 'utf8')).toBe('the one that runs')
  electron.app.emit('quit', {}, 0)
  expect(readFileSync(appImage(), 'utf8')).toBe(APPIMAGE)
  expect(statSync(appImage()).mode & 0o111).toBe(0o111)
})

onLinux('puts it in our place, starts it and quits, when the person wants that now', async () => {
  release = { version: '2.0.0', sha512: sha512(APPIMAGE) }
  const { restart } = await look(2, 1, 1)
  await until(() => restart.mock.calls.length === 1, { what: 'the restart' })
  expect(readFileSync(appImage(), 'utf8')).toBe(APPIMAGE)
  await until(() => existsSync(join(folder, 'started')), { what: 'the newer version to start' })
  await until(() => electron.app.quit.mock.calls.length === 1, { what: 'the wish to quit' })
})

onLinux('refuses what is not what the release says, keeps nothing of it, and says so', async () => {
  release = { version: '2.0.0', sha512: sha512('another one') }
  const { asked, restart } = await look(2, 1)
  expect(asked).toEqual([FOUND, 'Could not download version 2.0.0.'])
  expect(electron.dialog.asked[1]?.detail).toMatch(/not what the release says it is, so it was thrown away/)
  expect(existsSync(pending())).toBe(false)
  expect(told.at(-1)).toBe('error: Version 2.0.0 could not be downloaded.')
  electron.app.emit('quit', {}, 0)
  expect(restart).not.toHaveBeenCalled()
  expect(readFileSync(appImage(), 'utf8')).toBe('the one that runs')
})

onLinux('says in one line that there is no release there', async () => {
  expect((await look(1)).asked).toEqual(['Could not look for a newer version.'])
  expect(electron.dialog.asked[0]?.detail).toMatch(
    /^Cannot find channel "latest-linux\S*\.yml" update info: [^\n]*404[^\n]*$/,
  )
})

onLinux('does not call a copy the newest that cannot know: one that runs from no AppImage', async () => {
  vi.stubEnv('APPIMAGE', undefined)
  expect((await look(1)).asked).toEqual([expect.stringMatching(/^This copy of Socketeer cannot renew itself/)])
  expect(wanted).toEqual([])
})

onLinux('says why it could not look when nobody answers', async () => {
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
  expect((await look(1)).asked).toEqual(['Could not look for a newer version.'])
  expect(electron.dialog.asked[0]?.detail).toBe('net::ERR_CONNECTION_REFUSED')
})

it('has nowhere to look unless it is packaged with a feed', () => {
  electron.app.isPackaged = false
  expect(hasFeed()).toBe(false)
  electron.app.isPackaged = true
  rmSync(join(folder, 'app-update.yml'))
  expect(hasFeed()).toBe(false)
})
