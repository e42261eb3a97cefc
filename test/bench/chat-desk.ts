import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { Desk, framesOf, longestTask, said, type Frames } from './desk.js'
import { median, short, table, type Bar } from './figures.js'
import type { Report, SuiteOptions } from './suite.js'

const CROWD = fileURLToPath(new URL('../../test/interop/peers/crowd.py', import.meta.url))
const CLIENTS = 50
/** Milliseconds before a window and of a window. */
const WARM = 400
const WINDOW = 2000
/** Seconds from one question of a client to its next: 0 is at once. Fifty clients then ask 2500 a second, or as much as goes. */
const PACES = [0.02, 0]

type Look = 'talk' | 'client' | 'wall'
interface Sample extends Frames {
  /** Questions a second, meanwhile. */
  readonly rate: number
  /** Milliseconds of CPU of the page's longest task in a flood, measured after the window. */
  readonly task?: number
}

/** The server's side of Chat, open in a browser, while 50 pyzmq clients ask: how smooth the page stays beside an idle one. */
export async function chatDesk({ rounds, python }: SuiteOptions): Promise<Report> {
  const lacking = python === undefined ? 'there is no Python with pyzmq (apt install python3-zmq)' : Desk.lacking()
  if (python === undefined || lacking !== undefined)
    return { text: `Chat desk: skipped, ${String(lacking)}.`, bars: [], data: {} }
  const desk = await Desk.start()
  const crowds: ChildProcess[] = []
  try {
    const { page } = desk
    const address = await openServer(page)
    const found: Record<string, Sample[]> = { idle: [] }
    for (const pace of PACES) {
      const crowd = spawn(
        python,
        [
          '-u',
          CROWD,
          '--connect',
          address,
          '--clients',
          String(CLIENTS),
          '--requests',
          '1000000000',
          '--deadline',
          '3600',
          '--every',
          String(pace),
        ],
        {
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      )
      crowds.push(crowd)
      await said(crowd, /"ready"/)
      for (let round = 0; round < rounds; round++) {
        crowd.kill('SIGSTOP')
        await new Promise((resolve) => setTimeout(resolve, WARM))
        found['idle']?.push({ ...(await framesOf(desk.idle, WINDOW)), rate: 0 })
        crowd.kill('SIGCONT')
        // What the machine leaves to a page that does nothing while engine and clients have all of it.
        if (pace === 0) (found['idle, beside the flood'] ??= []).push(await measured(page, desk.idle))
        for (const look of ['talk', 'client', 'wall'] as const) {
          await show(page, look)
          await new Promise((resolve) => setTimeout(resolve, WARM))
          const sample = await measured(page, page)
          if (pace > 0) (found[`${look}, paced`] ??= []).push(sample)
          else (found[`${look}, flood`] ??= []).push({ ...sample, task: await longestTask(page, WINDOW) })
        }
      }
      crowd.kill('SIGKILL')
    }
    return report(found)
  } finally {
    for (const crowd of crowds) crowd.kill('SIGKILL')
    await desk.end()
  }
}

async function openServer(page: Page): Promise<string> {
  const form = page.locator('form').filter({ has: page.getByRole('button', { name: 'Open server', exact: true }) })
  await form.getByRole('textbox', { name: /: Address 1$/ }).fill('tcp://127.0.0.1:*')
  await form.getByRole('radio', { name: 'echo' }).click()
  await page.getByRole('button', { name: 'Open server', exact: true }).click()
  const address = page.locator('p.address').filter({ hasNotText: ':*' })
  await address.waitFor()
  return /tcp:\/\/\S+/.exec((await address.textContent()) ?? '')?.[0] ?? ''
}

async function show(page: Page, look: Look): Promise<void> {
  const wall = page.getByRole('button', { name: 'Wall' })
  if (((await wall.getAttribute('aria-pressed')) === 'true') !== (look === 'wall')) await wall.click()
  if (look !== 'wall')
    await page
      .getByRole('listbox', { name: 'Clients' })
      .getByRole('option')
      .nth(look === 'talk' ? 0 : 3)
      .click()
}

/** Frames of `watched`, and what is asked meanwhile, as `desk` has it. */
async function measured(desk: Page, watched: Page): Promise<Sample> {
  const before = await asked(desk)
  const frames = await framesOf(watched, WINDOW)
  return { ...frames, rate: ((await asked(desk)) - before) / (WINDOW / 1000) }
}

/** Questions so far, as the page has it. */
async function asked(page: Page): Promise<number> {
  return Number((await page.locator('.counters .big').first().innerText()).replaceAll(',', ''))
}

function report(found: Record<string, Sample[]>): Report {
  const all = Object.entries(found)
  const share = (of: readonly Sample[], what: 'slow' | 'busy') => median(of.map((sample) => sample[what])) * 100
  const rows = all.map(([name, samples]) => [
    name,
    short(median(samples.map(({ rate }) => rate)) / 1000),
    short(median(samples.map(({ frames }) => frames)) / (WINDOW / 1000)),
    `${share(samples, 'slow').toFixed(1)} %`,
    short(Math.max(...samples.map(({ longest }) => longest))),
    `${share(samples, 'busy').toFixed(0)} %`,
    samples[0]?.task === undefined ? '–' : short(longestWork(samples)),
  ])
  const text = [
    `Chat's server with ${CLIENTS} pyzmq clients, in a browser: thousand questions a second, frames a second, intervals over 25 ms (median), the longest of all (ms),`,
    'CPU time of the page, and the CPU of its longest task (ms). Page, browser, engine and clients share this machine: in a flood they take more cores than two, and how long',
    'a page then waits for one, the idle page too, is the system’s to say. There the page is judged by its longest task.',
    table([['view', 'k/s', 'frames/s', '> 25 ms', 'longest', 'page CPU', 'task'], ...rows]),
  ].join('\n')
  const bars: Bar[] = all
    .filter(([name]) => !name.startsWith('idle'))
    .flatMap(([name, samples]) => [
      { what: `frames over 25 ms, ${name}`, value: share(samples, 'slow'), limit: 5, unit: ' %' },
      samples[0]?.task === undefined
        ? {
            what: `longest frame, ${name}`,
            value: Math.max(...samples.map(({ longest }) => longest)),
            limit: 100,
            unit: ' ms',
          }
        : { what: `longest task of the page, ${name}`, value: longestWork(samples), limit: 50, unit: ' ms' },
    ])
  return { text, bars, data: found }
}

const longestWork = (samples: readonly Sample[]): number => Math.max(...samples.map(({ task = 0 }) => task))
