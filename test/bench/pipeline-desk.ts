import type { Page } from '@playwright/test'
import { Desk, framesOf, type Frames } from './desk.js'
import { median, short, table, type Bar } from './figures.js'
import { using, type Report, type SuiteOptions } from './suite.js'

const WORKERS = 200
/** Tasks a second, and milliseconds that each takes. */
const RATE = 5000
const DELAY = 2
/** Milliseconds before a window and of a window: nine rounds are half a minute of each look. */
const WARM = 600
const WINDOW = 3500
const looks = ['squares', 'each worker', 'list of tasks'] as const

interface Sample extends Frames {
  /** Tasks collected a second meanwhile. */
  readonly rate: number
}

/** The pipeline desk, open in a browser, while 200 workers do 5,000 tasks a second: how smooth the page stays beside an idle one, and whether anything jumps. */
export async function pipelineDesk({ rounds }: SuiteOptions): Promise<Report> {
  const lacking = Desk.lacking()
  if (lacking !== undefined) return { text: `Pipeline desk: skipped, ${lacking}.`, bars: [], data: {} }
  const found: Record<string, Sample[]> = { idle: [] }
  let shift = 0
  let adds = true
  const desk = await Desk.start()
  await using([desk], async () => {
    const { page } = desk
    const view = await desk.view()
    const address = 'tcp://127.0.0.1:*'
    const sink = await view.call('session.open', {
      settings: { role: 'sink', endpoints: [{ method: 'bind', address }] },
    })
    const ventilator = await view.call('session.open', {
      settings: { role: 'ventilator', taskId: { kind: 'frame' }, endpoints: [{ method: 'bind', address }] },
    })
    await view.call('session.open', {
      settings: {
        role: 'worker',
        workers: WORKERS,
        delay: DELAY,
        endpoints: [{ method: 'connect', address: ventilator.links[0]?.actual ?? '' }],
        forward: [{ method: 'connect', address: sink.links[0]?.actual ?? '' }],
      },
    })
    await page.getByRole('tab', { name: 'Pipeline', exact: true }).click()
    await page.locator('.svelte-flow__node').nth(2).waitFor({ timeout: 30_000 })
    const run = await view.call('pipeline.run', {
      id: ventilator.id,
      work: { kind: 'generate', count: 0, rate: RATE },
    })
    const collected = async (): Promise<number> =>
      (await view.call('pipeline.runs')).find(({ id }) => id === run.id)?.counts.collected ?? 0
    for (let round = 0; round < rounds; round++) {
      found['idle']?.push({ ...(await framesOf(desk.idle, WINDOW)), rate: 0 })
      for (const look of looks) {
        await show(page, look)
        await new Promise((resolve) => setTimeout(resolve, WARM))
        await watchShifts(page)
        const before = await collected()
        const frames = await framesOf(page, WINDOW)
        ;(found[look] ??= []).push({ ...frames, rate: ((await collected()) - before) / (WINDOW / 1000) })
        shift = Math.max(shift, await shifts(page))
      }
      const { counts } = await view.call('pipeline.figures', { run: run.id })
      adds &&= counts.made === counts.collected + counts.inFlight + counts.lost
    }
    await view.call('pipeline.steer', { run: run.id, to: 'stop' })
  })
  return report(found, shift, adds)
}

async function show(page: Page, look: (typeof looks)[number]): Promise<void> {
  const toggle = page.getByRole('button', { name: look === 'each worker' ? 'Show each worker' : 'Show as squares' })
  // Already so, if the button is not there.
  if ((await toggle.count()) > 0) await toggle.click()
  await page.getByRole('radio', { name: look === 'list of tasks' ? 'Tasks' : 'Life of tasks', exact: true }).click()
}

interface Here {
  shifted?: number
  PerformanceObserver: new (seen: (list: { getEntries(): { value: number; hadRecentInput: boolean }[] }) => void) => {
    observe(of: { type: string }): void
  }
}
/** From now on, counts what jumps on the page without a person's doing. */
async function watchShifts(page: Page): Promise<void> {
  await page.evaluate(() => {
    const here = globalThis as unknown as Here
    const first = here.shifted === undefined
    here.shifted = 0
    if (!first) return
    new here.PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries())
        if (!hadRecentInput) here.shifted = (here.shifted ?? 0) + value
    }).observe({ type: 'layout-shift' })
  })
}
const shifts = (page: Page): Promise<number> => page.evaluate(() => (globalThis as unknown as Here).shifted ?? 0)

function report(found: Record<string, Sample[]>, shift: number, adds: boolean): Report {
  const all = Object.entries(found)
  const share = (of: readonly Sample[], what: 'slow' | 'busy') => median(of.map((sample) => sample[what])) * 100
  const longest = (of: readonly Sample[]) => Math.max(...of.map((sample) => sample.longest))
  const rows = all.map(([name, samples]) => [
    name,
    short(median(samples.map(({ rate }) => rate)) / 1000),
    short(median(samples.map(({ frames }) => frames)) / (WINDOW / 1000)),
    `${share(samples, 'slow').toFixed(1)} %`,
    short(longest(samples)),
    `${share(samples, 'busy').toFixed(0)} %`,
  ])
  const bars: Bar[] = all
    .filter(([name]) => name !== 'idle')
    .flatMap(([name, samples]) => [
      { what: `frames over 25 ms, pipeline, ${name}`, value: share(samples, 'slow'), limit: 5, unit: ' %' },
      { what: `longest frame, pipeline, ${name}`, value: longest(samples), limit: 100, unit: ' ms' },
    ])
  // A digit more in a right-aligned figure is counted too, with a hundred-thousandth or so.
  bars.push({ what: 'layout shift, pipeline', value: shift, limit: 0.001, unit: '' })
  return {
    text: [
      `The pipeline desk with ${WORKERS} workers and ${RATE} tasks a second, in a browser: thousand tasks a second, frames a second, intervals over 25 ms (median),`,
      'the longest of all (ms), and CPU time of the page. Page, browser and engine share this machine.',
      table([['view', 'k/s', 'frames/s', '> 25 ms', 'longest', 'page CPU'], ...rows]),
      `Most layout shift of a window: ${shift.toFixed(5)}. made = collected + in flight + lost, at every look: ${adds ? 'yes' : 'NO'}.`,
    ].join('\n'),
    bars,
    data: { found, shift, adds },
  }
}
