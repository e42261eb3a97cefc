import type { Page } from '@playwright/test'
import { Desk, framesOf, type Frames } from './desk.js'
import { median, short, table, type Bar } from './figures.js'
import { Part } from './part.js'
import { using, type Report, type SuiteOptions } from './suite.js'

const TOPICS = 10_000
/** Messages a second: each topic changes once. */
const RATE = 10_000
/** Milliseconds before a window and of a window. */
const WARM = 500
const WINDOW = 2000
/** How the topics are looked at. */
const looks = ['still', 'scrolling', 'scrolling, by rate'] as const

/** A subscriber's 10,000 topics, all of them changing, in a browser: how smooth the page stays while a person scrolls, beside an idle one. */
export async function radioDesk({ rounds }: SuiteOptions): Promise<Report> {
  const lacking = Desk.lacking()
  if (lacking !== undefined) return { text: `Radio desk: skipped, ${lacking}.`, bars: [], data: {} }
  const found: Record<string, Frames[]> = { idle: [] }
  const desk = await Desk.start()
  const sender = Part.node('topics-sender')
  await using([desk, sender], async () => {
    const { page } = desk
    await openSubscriber(page, (await sender.tell<{ port: number }>('open')).port)
    await sender.tell('start', { topics: TOPICS, rate: RATE })
    await page.locator('.topics header .faint', { hasText: TOPICS.toLocaleString('en') }).waitFor({ timeout: 60_000 })
    for (let round = 0; round < rounds; round++) {
      found['idle']?.push(await framesOf(desk.idle, WINDOW))
      for (const look of looks) {
        await page
          .getByRole('combobox', { name: 'Order of the topics' })
          .selectOption(look.endsWith('rate') ? 'by rate' : 'by name')
        await scroll(page, look !== 'still')
        await new Promise((resolve) => setTimeout(resolve, WARM))
        ;(found[look] ??= []).push(await framesOf(page, WINDOW))
      }
    }
    await sender.tell('close')
  })
  return report(found)
}

async function openSubscriber(page: Page, port: number): Promise<void> {
  await page.getByRole('tab', { name: 'Radio', exact: true }).click()
  const button = page.getByRole('button', { name: 'Open subscriber', exact: true })
  const form = page.locator('form').filter({ has: button })
  await form.getByRole('textbox', { name: /: Address 1$/ }).fill(`tcp://127.0.0.1:${port}`)
  await button.click()
  await page.getByRole('tree').waitFor()
}

/** Has the tree scroll by some rows with each frame, to its end and back, or stand still. */
async function scroll(page: Page, on: boolean): Promise<void> {
  await page.evaluate((moving) => {
    // The page's own: this file is Node's.
    const here = globalThis as unknown as {
      scrolling?: boolean
      document: { querySelector(of: string): { scrollTop: number; scrollHeight: number; clientHeight: number } | null }
      requestAnimationFrame: (call: () => void) => void
    }
    const was = here.scrolling
    here.scrolling = moving
    if (!moving || was === true) return
    let by = 90
    const step = (): void => {
      const tree = here.document.querySelector('.topic-window')
      if (here.scrolling !== true || tree === null) return
      if (tree.scrollTop + tree.clientHeight >= tree.scrollHeight - 1) by = -90
      if (tree.scrollTop <= 0) by = 90
      tree.scrollTop += by
      here.requestAnimationFrame(step)
    }
    here.requestAnimationFrame(step)
  }, on)
}

function report(found: Record<string, Frames[]>): Report {
  const all = Object.entries(found)
  const share = (of: readonly Frames[], what: 'slow' | 'busy') => median(of.map((sample) => sample[what])) * 100
  const longest = (of: readonly Frames[]) => median(of.map((sample) => sample.longest))
  const rows = all.map(([name, samples]) => [
    name,
    short(median(samples.map(({ frames }) => frames)) / (WINDOW / 1000)),
    `${share(samples, 'slow').toFixed(1)} %`,
    short(longest(samples)),
    `${share(samples, 'busy').toFixed(0)} %`,
  ])
  const bars: Bar[] = all
    .filter(([name]) => name.startsWith('scrolling'))
    .flatMap(([name, samples]) => [
      { what: `frames over 25 ms, ${name}`, value: share(samples, 'slow'), limit: 5, unit: ' %' },
      { what: `longest frame, ${name}`, value: longest(samples), limit: 100, unit: ' ms' },
    ])
  return {
    text: [
      `${TOPICS} topics that change once a second, in a browser: frames a second, intervals over 25 ms, the longest (medians; ms), and CPU time of the page.`,
      table([['topics', 'frames/s', '> 25 ms', 'longest', 'page CPU'], ...rows]),
    ].join('\n'),
    bars,
    data: found,
  }
}
