import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Page } from '@playwright/test'
import { PROFILE_VERSION } from '../../src-main/contract/index.js'
import { findChromium } from '../../build/scripts/find.mjs'
import { median, short, spread, table, type Bar } from './figures.js'
import type { Report, SuiteOptions } from './suite.js'

/** Questions of the conversation; each has its answer. */
const EXCHANGES = 100_000
/** Questions for the round trip with the desk open, and with it closed. */
const TRIPS = 20_000

/**
 * A conversation of 100,000 exchanges in the built app, in a real browser: how long until what one searches, filters or scrolls to is on the screen; and the
 * round trip with the desk open and closed.
 */
export async function conversation({ rounds }: SuiteOptions): Promise<Report> {
  const server = resolve('out/main/serve.js')
  const executablePath = findChromium()
  if (!existsSync(server) || executablePath === undefined)
    return {
      text: 'Conversation: skipped, for it wants Chromium and the built app (npm run build)',
      bars: [],
      data: {},
    }
  const { chromium } = await import('@playwright/test')
  const folder = mkdtempSync(join(tmpdir(), 'socketeer-bench-'))
  // Without the tour of a first run.
  writeFileSync(join(folder, 'default.json'), JSON.stringify({ version: PROFILE_VERSION, settings: { toured: true } }))
  const { child, url } = await serve(server, folder)
  const browser = await chromium.launch({
    executablePath,
    args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  })
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' })
    const page = await context.newPage()
    await page.goto(url)
    await openBoth(page)
    for (const part of [1, 2]) {
      await ask(page, `needle ${part}`)
      await repeat(page, 'tick {"v":1}', EXCHANGES / 2)
    }
    const took: Record<string, number[]> = {}
    const note = (name: string, ms: number) => (took[name] ??= []).push(ms)
    const client = page.getByRole('region', { name: 'Client', exact: true })
    await client.getByRole('button', { name: 'Find in the conversation' }).click()
    for (let round = 0; round < rounds; round++) {
      note('search, 4 matches', await search(page, 'needle', ' of 4'))
      note('only these', await only(page, 'of 4'))
      note('all again', await only(page, 'of 200,004'))
      note('search, none', await search(page, 'zzz', 'no match'))
      note('search, 200,000 matches', await search(page, 'tick', 'of 200,000'))
      await search(page, '', '')
      for (const part of [0.1, 0.5, 0.9]) note('scroll anywhere', await scroll(page, part))
    }
    await client.getByRole('button', { name: 'Regular expression' }).click()
    for (let round = 0; round < rounds; round++) {
      note('pattern, 4 matches', await search(page, 'ne+dle', ' of 4'))
      await search(page, '', '')
    }
    const open = await roundTrip(page, false)
    const closed = await roundTrip(page, true)
    const rows = Object.entries(took).map(([name, values]) => [name, spread(values)])
    const bars: Bar[] = Object.entries(took).map(([name, values]) => ({
      what: `100,000 exchanges: ${name}`,
      value: median(values),
      limit: 100,
      unit: ' ms',
    }))
    return {
      text: [
        `A conversation of ${EXCHANGES} exchanges on the screen, ms`,
        table([['', 'until it is shown'], ...rows]),
        `round trip p50 within one process: ${short(closed * 1000)} µs with the desk closed, ${short(open * 1000)} µs with it open`,
      ].join('\n'),
      bars,
      data: { took, open, closed },
    }
  } finally {
    await browser.close()
    child.kill('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }
}

async function serve(file: string, folder: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [file, '--no-open', '--port', '0'], {
    env: { ...process.env, SOCKETEER_PROFILE_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`the app ended with ${String(code)} before it was ready`))
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /^Socketeer is ready at (\S+)/.exec(line)?.[1]
      if (found !== undefined) resolve(found)
    })
  })
  return { child, url }
}

async function openBoth(page: Page): Promise<void> {
  const form = (role: string) =>
    page.locator('form').filter({ has: page.getByRole('button', { name: `Open ${role}`, exact: true }) })
  const field = (role: string) => form(role).getByRole('textbox', { name: 'Addresses: Address 1' })
  await field('server').fill('tcp://127.0.0.1:*')
  await form('server').getByRole('radio', { name: 'echo' }).click()
  await page.getByRole('button', { name: 'Open server', exact: true }).click()
  const shown = page.getByRole('region', { name: 'Server', exact: true }).locator('.address')
  await shown.filter({ hasNotText: ':*' }).waitFor()
  await field('client').fill(/tcp:\S+/.exec((await shown.textContent()) ?? '')?.[0] ?? '')
  await page.getByRole('button', { name: 'Open client', exact: true }).click()
}

const message = (page: Page) =>
  page.getByRole('region', { name: 'Client', exact: true }).getByRole('textbox', { name: 'Message', exact: true })

async function ask(page: Page, text: string): Promise<void> {
  await message(page).fill(text)
  await message(page).press('Control+Enter')
  await page.getByText('your turn to ask').waitFor()
}

/** Leaves the panel closed again, as it mostly is. */
async function repeat(page: Page, text: string, times: number): Promise<void> {
  const client = page.getByRole('region', { name: 'Client', exact: true })
  await message(page).fill(text)
  await client.getByRole('button', { name: 'Repeat…' }).click()
  await client.getByLabel('times').fill(String(times))
  await client.getByRole('button', { name: 'Start', exact: true }).click()
  // The figures of the run before stand there until the first of this one.
  await client.getByRole('button', { name: 'Stop', exact: true }).waitFor()
  await client.getByRole('button', { name: 'Start', exact: true }).waitFor({ timeout: 300_000 })
  await client.getByRole('button', { name: 'Close the repeat panel' }).click()
  await message(page).fill('')
}

/** Milliseconds from a change in the page until, at the end of a frame, `done` holds. */
async function timed(page: Page, change: string, done: string): Promise<number> {
  const script = `(async () => {
    const client = document.querySelector('section[aria-label="Client"]')
    const done = () => { ${done} }
    const began = performance.now()
    ${change}
    while (!done() && performance.now() - began < 20000) await new Promise(requestAnimationFrame)
    return performance.now() - began
  })()`
  return Number(await page.evaluate(script))
}

const search = (page: Page, text: string, says: string): Promise<number> =>
  timed(
    page,
    `const field = client.querySelector('[role=search] input'); field.value = ${JSON.stringify(text)}; field.dispatchEvent(new Event('input', { bubbles: true }))`,
    `const said = client.querySelector('[role=search] .count').textContent.trim(); return ${says === '' ? `said === ''` : `said.endsWith(${JSON.stringify(says.trim())})`}`,
  )
const only = (page: Page, says: string): Promise<number> =>
  timed(
    page,
    `client.querySelector('[role=search] .only input').click()`,
    `const foot = client.querySelector('.foot').textContent; return foot.includes(${JSON.stringify(says)}) && client.querySelector('.message') !== null && client.querySelector('.message .blank') === null`,
  )
/** Until every message in view is there, and it is the place that was asked for. */
const scroll = (page: Page, part: number): Promise<number> =>
  timed(
    page,
    `const grid = client.querySelector('[role=grid]'); grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * ${part}; const wanted = ${part} * 200000`,
    `const at = Number((client.querySelector('.foot').textContent.match(/[\\d,]+/)?.[0] ?? '').replaceAll(',', '')); return Math.abs(at - wanted) < 10000 && client.querySelector('.message') !== null && client.querySelector('.message .blank') === null`,
  )

/** p50 in ms of questions asked in turn, while the page looks on or another one is in its place. */
async function roundTrip(page: Page, away: boolean): Promise<number> {
  const client = page.getByRole('region', { name: 'Client', exact: true })
  await message(page).fill('trip')
  await client.getByRole('button', { name: 'Repeat…' }).click()
  await client.getByLabel('times').fill(String(TRIPS))
  const url = page.url()
  await client.getByRole('button', { name: 'Start', exact: true }).click()
  await client.getByRole('button', { name: 'Stop', exact: true }).waitFor()
  if (away) {
    await page.goto('about:blank')
    await new Promise((resolve) => setTimeout(resolve, 2000))
    await page.goto(url)
    await client.waitFor()
    if (!(await client.getByLabel('times').isVisible())) await client.getByRole('button', { name: 'Repeat…' }).click()
  }
  await client.getByRole('button', { name: 'Start', exact: true }).waitFor({ timeout: 60_000 })
  const says = await client.getByRole('img', { name: /Round trips, 20,000/ }).getAttribute('aria-label')
  await client.getByRole('button', { name: 'Close the repeat panel' }).click()
  return Number(/p50 ([\d.]+) ms/.exec(says ?? '')?.[1] ?? NaN)
}
