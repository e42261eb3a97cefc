import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type Browser, type ElectronApplication, type Page } from '@playwright/test'
import { noDesktop } from '../../build/scripts/electron.mjs'
import { PROFILE_VERSION } from '../../src-main/contract/index.js'
import { Screen } from '../electron/chromium.js'
import { Desktop } from '../electron/launch.js'
import { until } from '../helpers/until.js'

const root = join(import.meta.dirname, '../..')

/** A question that the app asked natively. */
export interface Asked {
  message: string
  detail?: string
  buttons?: string[]
}

/** The desktop app, whoever plays Electron. */
export interface DesktopApp {
  /** The window whose address has all of this in its query, as soon as it is there; '' is the workbench. */
  window(query: string): Promise<Page>
  count(): Promise<number>
  /** What an expression comes out as in that window: also in one whose renderer was replaced. */
  read(query: string, expression: string): Promise<unknown>
  /** Chooses from the native menu, by the labels on the way. */
  choose(...labels: string[]): Promise<void>
  /** Which button native questions get from now on. */
  press(button: number): Promise<void>
  asked(): Promise<Asked[]>
  /** The system hands over a link or a file's path, by a second start. */
  handOver(what: string): Promise<void>
  crash(page: Page): Promise<void>
  /** The person closes that window. */
  close(page: Page): Promise<void>
  /** The person quits. What the process ends with is `ended`. */
  quit(): Promise<void>
  readonly ended: Promise<number | string | null>
  /** Ends what is left of it, and says what went wrong in its pages. */
  remove(): Promise<string[]>
}

export interface Driver {
  name: string
  /** Why it cannot run here. */
  lacking: string | undefined
  start(browser: () => Promise<Browser>): Promise<DesktopApp>
}

/** A profile that has seen the tour. */
function folderOfProfile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'socketeer-desktop-'))
  mkdirSync(join(folder, 'profile'))
  const profile = { version: PROFILE_VERSION, settings: { toured: true, language: 'en' } }
  writeFileSync(join(folder, 'profile/default.json'), JSON.stringify(profile))
  return folder
}

/** Of a window's address, what it shows. */
function shows(url: string, query: string): boolean {
  const { search } = new URL(url)
  return query === '' ? search === '' : search.includes(query)
}

function electronBinary(): string | undefined {
  const folder = join(root, 'node_modules/electron')
  const name = join(folder, 'path.txt')
  if (!existsSync(name)) return undefined
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist')
  const path = join(dist, readFileSync(name, 'utf8').trim())
  return existsSync(path) ? path : undefined
}

export const noElectron: string | undefined =
  noDesktop() ??
  (electronBinary() === undefined ? 'the Electron binary is not there; "npm start" downloads it' : undefined)

/** Electron itself, with a profile of its own. */
export async function launchElectron(folder: string): Promise<ElectronApplication> {
  return await _electron.launch({
    executablePath: electronBinary() ?? '',
    args: [root, `--user-data-dir=${join(folder, 'electron')}`],
    env: { ...(process.env as Record<string, string>), SOCKETEER_PROFILE_DIR: join(folder, 'profile') },
  })
}

export const realElectron: Driver = {
  name: 'Electron',
  lacking: noElectron,
  start: async () => {
    const folder = folderOfProfile()
    const app = await launchElectron(folder)
    // The person at the native questions: everything else of them is Electron's own.
    await app.evaluate(({ dialog }) => {
      const desk = Object.assign(globalThis, { asked: [] as unknown[], pressed: 0 })
      const answer = (values: unknown[]): number => (desk.asked.push(values.at(-1)), desk.pressed)
      dialog.showMessageBox = (...values: unknown[]) =>
        Promise.resolve({ response: answer(values), checkboxChecked: false })
      dialog.showMessageBoxSync = (...values: unknown[]) => answer(values)
    })
    return new ElectronDriven(app, folder)
  },
}

class ElectronDriven implements DesktopApp {
  readonly ended: Promise<number | null>
  readonly #app: ElectronApplication
  readonly #folder: string
  readonly #process: ChildProcess

  constructor(app: ElectronApplication, folder: string) {
    this.#app = app
    this.#folder = folder
    this.#process = app.process()
    this.ended = new Promise((resolve) => this.#process.once('exit', resolve))
  }

  window(query: string): Promise<Page> {
    return until(() => this.#app.windows().find((page) => shows(page.url(), query)), { what: `the window ${query}` })
  }
  count(): Promise<number> {
    return this.#app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
  }
  read(query: string, expression: string): Promise<unknown> {
    return this.#app.evaluate(
      ({ BrowserWindow }, [part, code]) =>
        BrowserWindow.getAllWindows()
          .find(({ webContents }) => {
            const { search } = new URL(webContents.getURL())
            return part === '' ? search === '' : search.includes(part)
          })
          ?.webContents.executeJavaScript(code) as unknown,
      [query, expression] as const,
    )
  }
  async choose(...labels: string[]): Promise<void> {
    await this.#app.evaluate(({ Menu }, way) => {
      let menu = Menu.getApplicationMenu()
      for (const label of way.slice(0, -1)) menu = menu?.items.find((item) => item.label === label)?.submenu ?? null
      menu?.items.find((item) => item.label === way.at(-1))?.click()
    }, labels)
  }
  async press(button: number): Promise<void> {
    await this.#app.evaluate((_electron, pressed) => void Object.assign(globalThis, { pressed }), button)
  }
  asked(): Promise<Asked[]> {
    return this.#app.evaluate(() => (globalThis as unknown as { asked: Asked[] }).asked)
  }
  async handOver(url: string): Promise<void> {
    await this.#app.evaluate(({ app }, link) => void app.emit('second-instance', {}, ['socketeer', link], '/'), url)
  }
  async crash(page: Page): Promise<void> {
    const { search } = new URL(page.url())
    await this.#app.evaluate(
      ({ BrowserWindow }, part) =>
        BrowserWindow.getAllWindows()
          .find(({ webContents }) => new URL(webContents.getURL()).search === part)
          ?.webContents.forcefullyCrashRenderer(),
      search,
    )
  }
  async close(page: Page): Promise<void> {
    const { search } = new URL(page.url())
    await this.#app.evaluate(
      ({ BrowserWindow }, part) =>
        BrowserWindow.getAllWindows()
          .find(({ webContents }) => new URL(webContents.getURL()).search === part)
          ?.close(),
      search,
    )
  }
  async quit(): Promise<void> {
    // It may be gone before it can answer.
    await this.#app.evaluate(({ app }) => app.quit()).catch(() => undefined)
  }
  async remove(): Promise<string[]> {
    if (this.#process.exitCode === null) this.#process.kill('SIGKILL')
    await this.ended
    rmSync(this.#folder, { recursive: true, force: true })
    return []
  }
}

export const standIn: Driver = {
  name: 'stand-in for Electron, windows in Chromium',
  lacking: undefined,
  start: async (browser) => {
    const context = await (await browser()).newContext({ viewport: null, locale: 'en-US', colorScheme: 'light' })
    const screen = new Screen(context)
    const desktop = await Desktop.open({ userData: folderOfProfile(), screen })
    return {
      ended: desktop.ended,
      window: (query) =>
        until(() => screen.pages.find((page) => shows(page.url(), query)), { what: `the window ${query}` }),
      count: async () => (await desktop.do('windows')).length,
      read: async (query, expression) =>
        await screen.pages.find((page) => shows(page.url(), query))?.evaluate<unknown>(expression),
      choose: (...labels) => desktop.do('choose', ...labels),
      press: (button) => desktop.do('press', button),
      asked: async () => (await desktop.do('app')).asked,
      handOver: (url) => desktop.do('secondInstance', ['socketeer', url], '/'),
      crash: (page) => screen.crash(page),
      close: async (page) => void (await desktop.do('close', screen.windowOf(page))),
      quit: () => desktop.do('quit').catch(() => undefined),
      remove: async () => {
        await desktop.remove()
        await context.close()
        return screen.errors
      },
    }
  },
}
