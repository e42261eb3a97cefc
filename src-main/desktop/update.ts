import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { app, dialog } from 'electron'
import { Fault, type Notice } from '../contract/index.js'
import { fill, type Words } from './words.js'

/** As much of electron-updater as this needs. */
export interface Updater {
  autoDownload: boolean
  checkForUpdates(): Promise<{ isUpdateAvailable: boolean; updateInfo: { version: string } } | null>
  downloadUpdate(): Promise<unknown>
  /** It measures only while somebody listens. */
  on(event: 'download-progress', listener: (progress: { percent: number }) => void): unknown
  off(event: 'download-progress', listener: (progress: { percent: number }) => void): unknown
  quitAndInstall(): void
}

/** Whether there is a place to ask: a release has one written into it (app-update.yml), a package made by hand has none. */
export function hasFeed(): boolean {
  return app.isPackaged && existsSync(join(process.resourcesPath, 'app-update.yml'))
}

/** Loaded when it is wanted: most starts never ask. */
export async function loadUpdater(): Promise<Updater> {
  const { default: updater } = await import('electron-updater')
  return updater.autoUpdater
}

export interface UpdateOptions {
  words: () => Words
  /** Closes everything, and then has this put the newer version in our place and start it. */
  restart: (install: () => void) => void
  /** Says something in every window. @param instead the number of what was said, whose place it takes @returns its number */
  tell: (level: Notice['level'], fault: Fault, instead?: number) => number
  load?: () => Promise<Updater>
}

/** Looks for a newer version because a person asked. Nothing is asked of the network before, and nothing is fetched or installed without a yes. */
export class Updates {
  readonly #options: UpdateOptions
  #looking = false

  constructor(options: UpdateOptions) {
    this.#options = options
  }

  look(): void {
    if (this.#looking) return
    this.#looking = true
    this.#look()
      .catch((error: unknown) => this.#say(this.#words.updateFails, reasonOf(error)))
      .catch((error: unknown) => console.error(`Could not look for a newer version: ${String(error)}`))
      .finally(() => (this.#looking = false))
  }

  get #words(): Words {
    return this.#options.words()
  }

  async #look(): Promise<void> {
    const { load = loadUpdater, restart } = this.#options
    const updater = await load()
    updater.autoDownload = false
    const found = await updater.checkForUpdates()
    const w = this.#words
    const have = app.getVersion()
    // It knows of no place where it could put another one: an AppImage that was unpacked, say.
    if (found === null) return await this.#say(w.updateCannot)
    if (!found.isUpdateAvailable) return await this.#say(fill(w.updateNone, { have }))
    const { version } = found.updateInfo
    if (!(await ask(fill(w.updateFound, { version, have }), '', [w.later, w.updateFetch]))) return
    try {
      await this.#fetch(updater, version)
    } catch (error) {
      const damaged = error instanceof Error && 'code' in error && error.code === 'ERR_CHECKSUM_MISMATCH'
      return await this.#say(fill(w.updateNotFetched, { version }), damaged ? w.updateDamaged : reasonOf(error))
    }
    if (await ask(fill(w.updateReady, { version }), w.updateReadyWhy, [w.updateAtQuit, w.updateNow]))
      restart(() => updater.quitAndInstall())
  }

  /** How far it has come stands in the windows: a box of the system's has no place for that. */
  async #fetch(updater: Updater, version: string): Promise<void> {
    const { tell } = this.#options
    const news = (code: string, message: string, percent = 0) => new Fault(code, message, { version, percent })
    const fetching = (percent: number) =>
      news('UPDATE_FETCHING', `Version ${version} is being downloaded: ${percent} %.`, percent)
    const told = tell('info', fetching(0))
    let last = 0
    const count = ({ percent }: { percent: number }): void => {
      if (Math.floor(percent) > last) tell('info', fetching((last = Math.floor(percent))), told)
    }
    updater.on('download-progress', count)
    try {
      await updater.downloadUpdate()
      tell('info', news('UPDATE_FETCHED', `Version ${version} is here. It is installed when you quit.`), told)
    } catch (error) {
      tell('error', news('UPDATE_NOT_FETCHED', `Version ${version} could not be downloaded.`), told)
      throw error
    } finally {
      updater.off('download-progress', count)
    }
  }

  async #say(message: string, detail = ''): Promise<void> {
    await dialog.showMessageBox({ type: 'info', message, detail, buttons: [this.#words.ok] })
  }
}

/** The library's sentences go on with headers and a stack. */
function reasonOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  return line.trim()
}

/** Whether the second button was pressed; the first is the one that changes nothing. */
async function ask(message: string, detail: string, buttons: string[]): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message,
    detail,
    buttons,
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  })
  return response === 1
}
