import type { Page } from '@playwright/test'
import { Desk } from './desk.js'
import { median, short, spread, table, type Bar } from './figures.js'
import { Part } from './part.js'
import { using, type Report, type SuiteOptions } from './suite.js'

const ROWS = 1_000_000
const IMAGES = [500_000, 5_000_000]
/** Milliseconds that a page is watched after something large has come. */
const WATCH = 400
/** Milliseconds that the filter waits for more letters: part of what it takes. */
const TYPING = 120

/** Large messages and a million rows on the screen: what they hold up, and how long until one sees what one asked for. */
export async function radioLarge({ rounds }: SuiteOptions): Promise<Report> {
  const lacking = Desk.lacking()
  if (lacking !== undefined) return { text: `Radio, large: skipped, ${lacking}.`, bars: [], data: {} }
  const desk = await Desk.start()
  const sender = Part.node('large-sender')
  const took: Record<string, number[]> = {}
  const held: Record<string, number[]> = {}
  await using([desk, sender], async () => {
    const { page } = desk
    const view = await desk.view()
    const { port } = await sender.tell<{ port: number }>('open')
    await openSubscriber(page, port)
    let count = 0
    const came = async (more: number): Promise<void> => {
      count += more
      for (;;) {
        const { numbers } = await view.call('session.list')
        if ((numbers[0]?.in.messages ?? 0) >= count) return
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    for (let round = 0; round < rounds; round++)
      for (const bytes of IMAGES) {
        const name = `${bytes / 1e6} MB`
        await watch(page)
        await sender.tell('image', { bytes })
        await came(1)
        await page.waitForTimeout(WATCH)
        ;(held[`${name} arrives, its beginning in the table`] ??= []).push(await longest(page))
        await watch(page)
        ;(took[`${name} opened`] ??= []).push(await open(page))
        await page.waitForTimeout(WATCH)
        ;(held[`${name} opened`] ??= []).push(await longest(page))
        await watch(page)
        await page.getByRole('group', { name: 'Content of frame 2' }).press('End')
        await page.waitForTimeout(WATCH)
        ;(held[`${name} gone through`] ??= []).push(await longest(page))
        await page
          .getByRole('region', { name: /^Message #/ })
          .getByRole('button', { name: 'Close' })
          .click()
        await follow(page, count)
      }
    await watch(page)
    await sender.tell('rows', { count: ROWS })
    await came(ROWS)
    ;(held['a million rows arrive'] ??= []).push(await longest(page))
    for (let round = 0; round < rounds; round++) {
      await watch(page)
      const note = (name: string, ms: number): number => (took[name] ??= []).push(ms)
      for (const part of [0.1, 0.5, 0.9]) note('scroll to anywhere', await scroll(page, part))
      note('follow', await follow(page, count))
      note('filter by text, 10 pass', await filter(page, 'reverse', '10 of '))
      note('filter off', await filter(page, '', ''))
      note('filter by topic, 20,000 pass', await filter(page, 'topic:vehicle/7', '20,000 of '))
      note('filter by pattern, 10 pass', await filter(page, 're:R[a-z]{5}e', '10 of '))
      note('filter by a JSON number, 250 pass', await filter(page, '$.speed=39.99', '250 of '))
      note('filter off', await filter(page, '', ''))
      ;(held['scrolling and filtering a million rows'] ??= []).push(await longest(page))
    }
    await sender.tell('close')
  })
  // A flood takes all that there is of two cores, and the page waits for its turn: the soak says how smooth it is at a given rate.
  const flooded = 'a million rows arrive'
  const bars: Bar[] = [
    ...Object.entries(held)
      .filter(([name]) => name !== flooded)
      .map(([name, values]) => ({
        what: `longest task: ${name}`,
        value: Math.max(...values),
        limit: 100,
        unit: ' ms',
      })),
    ...Object.entries(took)
      .filter(([name]) => !name.endsWith('opened'))
      .map(([name, values]) => ({
        what: `until it is on the screen: ${name}`,
        value: median(values),
        limit: TYPING + (name.startsWith('filter by') ? 1000 : 100),
        unit: ' ms',
      })),
  ]
  return {
    text: [
      `Radio on the screen: binary messages of ${IMAGES.map((bytes) => `${bytes / 1e6} MB`).join(' and ')}, then ${ROWS} rows of 100 B, ms`,
      table([['', 'until it is shown'], ...Object.entries(took).map(([name, values]) => [name, spread(values)])]),
      table([
        ['', "the page's longest task"],
        ...Object.entries(held).map(([name, values]) => [name, short(Math.max(...values))]),
      ]),
      `A filter waits ${TYPING} ms for more letters: that is in its figures. Tasks below 50 ms count as none.`,
    ].join('\n'),
    bars,
    data: { took, held },
  }
}

async function openSubscriber(page: Page, port: number): Promise<void> {
  await page.getByRole('tab', { name: 'Radio', exact: true }).click()
  const button = page.getByRole('button', { name: 'Open subscriber', exact: true })
  const form = page.locator('form').filter({ has: button })
  await form.getByRole('textbox', { name: /: Address 1$/ }).fill(`tcp://127.0.0.1:${port}`)
  await button.click()
  await page.getByText('on air, 1 station').waitFor()
}

/** Begins to note the page's long tasks, anew. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    window.long = []
    window.watching ??= new PerformanceObserver((list) => window.long.push(...list.getEntries().map((entry) => entry.duration)))
    window.watching.observe({ type: 'longtask' })
  })()`)
}
/** Milliseconds; 0: there was none above 50. */
async function longest(page: Page): Promise<number> {
  return Number(await page.evaluate('Math.max(0, ...window.long)'))
}

/** Milliseconds from a change in the page until, at the end of a frame, `done` holds. */
async function timed(page: Page, change: string, done: string): Promise<number> {
  const script = `(async () => {
    const radio = document.querySelector('section[aria-label="Subscriber"]')
    const grid = radio.querySelector('[role=grid]')
    const rows = () => [...grid.querySelectorAll('[role=row][aria-rowindex]')]
    const drawn = () => rows().length > 0 && rows().every((row) => row.childElementCount > 1)
    const began = performance.now();
    ${change};
    const done = () => { ${done} };
    while (!done() && performance.now() - began < 20000) await new Promise(requestAnimationFrame)
    return performance.now() - began
  })()`
  return Number(await page.evaluate(script))
}
/** Until the newest message is read in the inspector. */
const open = (page: Page): Promise<number> =>
  timed(
    page,
    `const row = rows().at(-1); const n = Number(row.getAttribute('aria-rowindex')) - 1; row.click()`,
    `const content = radio.querySelector('[aria-label="Message #' + n + '"] [aria-label="Content of frame 2"]'); return /[0-9a-f]{8}/.test(content?.textContent ?? '')`,
  )
const scroll = (page: Page, part: number): Promise<number> =>
  timed(
    page,
    `grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * ${part}; const wanted = ${part} * ${ROWS}`,
    `return drawn() && Math.abs(Number(rows()[0].getAttribute('aria-rowindex')) - wanted) < ${ROWS / 100}`,
  )
/** Until the newest of `count` rows is drawn. */
const follow = (page: Page, count: number): Promise<number> =>
  timed(
    page,
    `[...radio.querySelectorAll('.filter button.btn')].find((button) => /Follow|new/.test(button.textContent))?.click()`,
    `return drawn() && Number(rows().at(-1).getAttribute('aria-rowindex')) === ${count} + 1`,
  )
const filter = (page: Page, text: string, says: string): Promise<number> =>
  timed(
    page,
    `const field = radio.querySelector('.filter input'); field.value = ${JSON.stringify(text)}; field.dispatchEvent(new Event('input', { bubbles: true }))`,
    says === ''
      ? `return radio.querySelector('.filter .of') === null && drawn()`
      : `const of = radio.querySelector('.filter .of')?.textContent ?? ''; return of.startsWith(${JSON.stringify(says)}) && !of.endsWith('…') && drawn()`,
  )
