import { AxeBuilder } from '@axe-core/playwright'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium, expect, test as base, type Browser, type Download, type Locator, type Page } from '@playwright/test'
import { PROFILE_VERSION } from '../../src-main/contract/index.js'
import { findChromium, findPython } from '../../build/scripts/find.mjs'
import { PythonPeer } from './peer.js'

const server = fileURLToPath(new URL('../../out/main/serve.js', import.meta.url))

/** Milliseconds in which the server must say that it is ready. */
const READY = 30_000

/** The built app in browser mode, with a profile of its own. */
export class Served {
  /** With a token that is good for one visit. */
  url = ''
  readonly folder: string
  #child: ChildProcess | undefined

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'socketeer-e2e-'))
    // The tour is for a first run; these are all but one not about that.
    const profile = { version: PROFILE_VERSION, settings: { toured: true } }
    writeFileSync(this.#profile, JSON.stringify(profile))
  }

  get #profile(): string {
    return join(this.folder, 'default.json')
  }

  /** As a person has it who never was here. To be called before it starts. */
  forget(): void {
    rmSync(this.#profile)
  }

  async start(port = 0): Promise<void> {
    const child = spawn(process.execPath, [server, '--no-open', '--port', String(port)], {
      env: { ...process.env, SOCKETEER_PROFILE_DIR: this.folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    this.url = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error(`the server was not ready within ${READY} ms`))
      }, READY)
      child.once('exit', (code) => {
        reject(new Error(`the server ended with ${String(code)} before it was ready`))
      })
      createInterface({ input: child.stdout }).on('line', (line) => {
        const url = /^Socketeer is ready at (\S+)/.exec(line)?.[1]
        if (url === undefined) return
        clearTimeout(late)
        resolve(url)
      })
    })
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  async stop(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What to leave out of Chromium so that it talks to nobody but us. As root it has no sandbox of its own. */
const flags = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

interface Fixtures {
  app: Served
  /** The app's page, opened with its token. */
  page: Page
  /** Starts a pyzmq script of test/interop/peers; it ends with the test, and at the latest when that has no time left. */
  peer: (script: string, ...args: string[]) => PythonPeer
}

export const test = base.extend<Fixtures, { system: Browser }>({
  system: [
    async ({}, use) => {
      const executablePath = findChromium()
      if (executablePath === undefined) throw new Error('there is no Chromium')
      const browser = await chromium.launch({ executablePath, args: flags })
      await use(browser)
      await browser.close()
    },
    { scope: 'worker' },
  ],

  app: async ({}, use) => {
    const app = new Served()
    await app.start()
    await use(app)
    await app.remove()
  },

  page: async ({ app, system }, use) => {
    const context = await system.newContext({
      viewport: { width: 1280, height: 800 },
      locale: 'en-US',
      colorScheme: 'light',
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const page = await context.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => {
      // A line that is cut on purpose is reported by the browser itself.
      if (message.type() === 'error' && !/WebSocket|ERR_CONNECTION/.test(message.text())) errors.push(message.text())
    })
    await page.goto(app.url)
    await page.getByRole('tab', { name: 'Chat' }).waitFor()
    await use(page)
    await context.close()
    if (errors.length > 0) throw new Error(`the page reported errors:\n${errors.join('\n')}`)
  },

  peer: async ({}, use, info) => {
    const peers: PythonPeer[] = []
    await use((script, ...args) => {
      const deadline = ['--deadline', String(Math.ceil(info.timeout / 1000))]
      const peer = new PythonPeer(findPython() ?? 'python3', script, [...deadline, ...args])
      peers.push(peer)
      return peer
    })
    await Promise.all(peers.map((peer) => peer.kill()))
  },
})

export { expect }

/** In CI what is missing is a failure: there nothing is skipped. */
const mustRun = process.env['CI'] === 'true'
export const noBrowser = !mustRun && findChromium() === undefined
export const noPyzmq = !mustRun && findPython() === undefined

/** Leaves out what the machine cannot run, with the reason. */
export function needs({ pyzmq = false }: { pyzmq?: boolean } = {}): void {
  test.skip(noBrowser, 'there is no Chromium (apt install chromium)')
  if (pyzmq) test.skip(noPyzmq, 'python3-zmq is not installed (apt install python3-zmq)')
}

/** The pane of one role, by the name of its session. */
export const pane = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true })

/** Message rows of a pane, top to bottom, without the head. */
export const rows = (of: Locator): Locator => of.getByRole('row').filter({ has: of.page().getByRole('gridcell') })

/** Opens a session by the form of its role, on a free port where it binds; gives the address as bound. */
export async function open(page: Page, role: string, address: string): Promise<string> {
  const button = page.getByRole('button', { name: `Open ${role}`, exact: true })
  const form = page.locator('form').filter({ has: button })
  await form
    .getByRole('textbox', { name: /: Address 1$/ })
    .first()
    .fill(address)
  await button.click()
  const name = role[0]?.toUpperCase() + role.slice(1)
  const shown = pane(page, name).locator('.address')
  await shown.filter({ hasNotText: ':*' }).waitFor()
  return /\w+:\/\/\S+/.exec((await shown.textContent()) ?? '')?.[0] ?? ''
}

/** Goes to a desk: at Pipeline, to its three panes. */
export async function tab(page: Page, name: 'Chat' | 'Radio' | 'Pipeline'): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click()
  if (name === 'Pipeline') await page.getByRole('radio', { name: /^(Panes|面板)$/ }).click()
}

/**
 * Has the page fetch now what it would fetch in a quiet moment of its own, and goes back to Chat: a server that ended just then would fail it. To be
 * called while only Chat has sessions.
 */
export async function fetchDesks(page: Page): Promise<void> {
  for (const desk of ['Radio', 'Pipeline']) {
    await page.getByRole('tab', { name: desk, exact: true }).click()
    await expect(page.getByRole('button', { name: 'Start the demo' })).toBeVisible()
  }
  await page.getByRole('tab', { name: 'Chat', exact: true }).click()
}

/** A subscriber that hears all of one pyzmq publisher. */
export async function tuneIn(
  page: Page,
  peer: Fixtures['peer'],
): Promise<{ station: PythonPeer; radio: Locator; address: string }> {
  const station = peer('pub', '--bind', 'tcp://127.0.0.1:*')
  const address = await station.ready()
  await tab(page, 'Radio')
  await open(page, 'subscriber', address)
  await station.subscribed('')
  return { station, radio: pane(page, 'Subscriber'), address }
}

/** Shows the recordings; what is in their dialog. */
export async function showRecordings(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Recordings', exact: true }).click()
  return page.getByRole('dialog', { name: 'Recordings' })
}

/** A file that was saved, read as text. */
export const contentOf = async (download: Download): Promise<string> => await readFile(await download.path(), 'utf8')

/** Faults in accessibility that are serious, each with where it is. */
export async function seriousIn(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}
