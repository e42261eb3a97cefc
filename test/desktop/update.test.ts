import { beforeEach, expect, it, vi } from 'vitest'
import { hasFeed, Updates, type Updater } from '../../src-main/desktop/update.js'
import { wordsIn } from '../../src-main/desktop/words.js'
import { until } from '../helpers/until.js'

const { app, dialog } = vi.hoisted(() => ({
  app: { isPackaged: false, getVersion: () => '1.0.0', getLocale: () => 'en-US' },
  dialog: { asked: [] as Electron.MessageBoxOptions[], answers: [] as number[] },
}))
vi.mock('electron', () => ({
  app,
  dialog: {
    showMessageBox: (options: Electron.MessageBoxOptions) => {
      dialog.asked.push(options)
      return Promise.resolve({ response: dialog.answers.shift() ?? 0 })
    },
  },
}))

/** As electron-updater documents it, with everything that was asked of it. */
class Feed implements Updater {
  autoDownload = true
  readonly did: string[] = []
  constructor(readonly newest: string | Error) {}

  checkForUpdates() {
    this.did.push(`check, fetching by itself: ${this.autoDownload}`)
    if (this.newest instanceof Error) return Promise.reject(this.newest)
    return Promise.resolve({ isUpdateAvailable: this.newest !== '1.0.0', updateInfo: { version: this.newest } })
  }
  downloadUpdate() {
    this.did.push('download')
    return Promise.resolve([])
  }
  quitAndInstall() {
    this.did.push('install')
  }
}

beforeEach(() => {
  dialog.asked.length = 0
  dialog.answers.length = 0
})

async function look(newest: string | Error, ...answers: number[]) {
  dialog.answers.push(...answers)
  const feed = new Feed(newest)
  const loading = vi.fn(() => Promise.resolve(feed))
  const updates = new Updates(() => wordsIn('en'), loading)
  expect(loading).not.toHaveBeenCalled()
  updates.look()
  updates.look()
  await until(() => dialog.answers.length === 0 && dialog.asked.length >= Math.max(1, answers.length), {
    what: 'the end',
  })
  expect(loading).toHaveBeenCalledOnce()
  return { did: feed.did, asked: dialog.asked.map(({ message }) => message) }
}

const CHECK = 'check, fetching by itself: false'

it('looks because somebody asks, and says that there is nothing newer', async () => {
  expect(await look('1.0.0')).toEqual({ did: [CHECK], asked: ['1.0.0 is the newest version.'] })
})

it('fetches nothing without a yes', async () => {
  expect(await look('2.0.0', 0)).toEqual({ did: [CHECK], asked: ['Version 2.0.0 is there; this is 1.0.0.'] })
})

it('installs nothing now without another one', async () => {
  expect((await look('2.0.0', 1, 0)).did).toEqual([CHECK, 'download'])
  expect((await look('2.0.0', 1, 1)).did).toEqual([CHECK, 'download', 'install'])
})

it('says why it could not look', async () => {
  expect(await look(new Error('no route to host'))).toMatchObject({ asked: ['Could not look for a newer version.'] })
  expect(dialog.asked[0]?.detail).toBe('no route to host')
})

it('has nowhere to look unless it is packaged with a feed', () => {
  expect(hasFeed()).toBe(false)
})
