import { spawn } from 'node:child_process'
import { once as event } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from '@playwright/test'
import { Request } from 'zeromq'
import { PROFILE_VERSION } from '../../src-main/contract/index.js'
import { Desk, said, SERVER } from './desk.js'
import { median, short, table } from './figures.js'
import type { Report, SuiteOptions } from './suite.js'

/** Milliseconds from the process's start. */
interface Start {
  /** Until it says its address. */
  readonly address: number
  /** Until the page shows its desk. */
  readonly desk: number
  /** Until a server is open there by hand and shows the first question, of a client that was there before. */
  readonly message: number
}

const QUESTION = 'is anybody there?'

/** Browser mode from nothing to the first message shown, in a browser that runs already and has never seen the page. */
export async function startUp({ rounds }: SuiteOptions): Promise<Report> {
  const lacking = Desk.lacking()
  if (lacking !== undefined) return { text: `Start: skipped, ${lacking}.`, bars: [], data: {} }
  const { chromium } = await import('@playwright/test')
  const browser = await chromium.launch({
    executablePath: process.env['SOCKETEER_CHROMIUM'] ?? '',
    args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  })
  try {
    const found: Start[] = []
    for (let round = 0; round < rounds; round++) found.push(await once(browser))
    return report(found)
  } finally {
    await browser.close()
  }
}

async function once(browser: Browser): Promise<Start> {
  const folder = mkdtempSync(join(tmpdir(), 'socketeer-bench-'))
  writeFileSync(join(folder, 'default.json'), JSON.stringify({ version: PROFILE_VERSION, settings: { toured: true } }))
  const endpoint = `tcp://127.0.0.1:${await freePort()}`
  const client = new Request({ linger: 0, reconnectInterval: 10 })
  client.connect(endpoint)
  await client.send(QUESTION)
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-US' })
  const began = performance.now()
  const since = () => performance.now() - began
  const server = spawn(process.execPath, [SERVER, '--no-open', '--port', '0'], {
    env: { ...process.env, SOCKETEER_PROFILE_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const url = await said(server, /^Socketeer is ready at (\S+)/)
    const address = since()
    await page.goto(url, { waitUntil: 'commit' })
    const open = page.getByRole('button', { name: 'Open server', exact: true })
    await open.waitFor()
    const desk = since()
    const form = page.locator('form').filter({ has: open })
    await form.getByRole('textbox', { name: /: Address 1$/ }).fill(endpoint)
    await open.click()
    await page.getByText(QUESTION).first().waitFor()
    return { address, desk, message: since() }
  } finally {
    client.close()
    await page.close()
    server.kill('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One that the client can know before the server is there. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await event(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

function report(found: readonly Start[]): Report {
  const names = { address: 'address told', desk: 'desk shown', message: 'first message shown' } as const
  const of = (what: keyof Start) => found.map((start) => start[what])
  const rows = (Object.keys(names) as (keyof Start)[]).map((what) => [
    names[what],
    short(median(of(what))),
    short(Math.min(...of(what))),
    short(Math.max(...of(what))),
  ])
  const text = [
    'Browser mode, ms from the start of its process:',
    table([['until', 'median', 'least', 'most'], ...rows]),
  ]
  const bars = [{ what: 'start to the first message shown', value: median(of('message')), limit: 1500, unit: ' ms' }]
  return { text: text.join('\n'), bars, data: found }
}
