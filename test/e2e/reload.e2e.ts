import type { Page } from '@playwright/test'
import { until } from '../helpers/until.js'
import { contentOf, expect, needs, open, pane, rows, tab, test } from './fixture.js'

const RELOADS = 20

/** The numbers on the rows in view, top to bottom. */
async function inView(page: Page): Promise<number[]> {
  const texts = await rows(pane(page, 'Subscriber')).allTextContents()
  return texts.map((text) => Number(/number (\d+)/.exec(text)?.[1]))
}

test.describe('under load', () => {
  needs({ pyzmq: true })

  test('a page that is reloaded 20 times under 10,000 messages a second has each of them once', async ({
    page,
    peer,
  }) => {
    test.setTimeout(180_000)
    const station = peer('steady', '--bind', 'tcp://127.0.0.1:*', '--rate', '10000')
    const address = await station.ready()
    await tab(page, 'Radio')
    await open(page, 'subscriber', address)
    await station.subscribed('')
    const radio = pane(page, 'Subscriber')
    for (let i = 0; i < RELOADS; i++) {
      // Rows are there before what is in them has come. Read while they move: rows in view follow each other, none twice and none left out.
      const seen = await until(
        async () => {
          const numbers = await inView(page)
          return numbers.length > 1 && !numbers.some(Number.isNaN) ? numbers : undefined
        },
        { what: 'rows in view, with what is in them' },
      )
      expect(new Set(seen).size, `doubled in ${String(seen)}`).toBe(seen.length)
      await page.reload()
    }
    station.send('stop')
    const sent = await until(() => station.said.find((said) => 'sent' in said)?.['sent'] as number | undefined, {
      what: 'the publisher to say how many it sent',
    })
    expect(sent, 'it went on during all reloads').toBeGreaterThan(20_000)
    await expect(radio.getByRole('grid')).toHaveAttribute('aria-rowcount', String(sent + 1))
    await expect(rows(radio).last()).toContainText(`number ${sent}`)
    const last = await inView(page)
    expect(last).toEqual(last.map((_, at) => sent - last.length + 1 + at))

    await radio.getByRole('button', { name: /^Export/ }).click()
    const saved = page.waitForEvent('download', { timeout: 60_000 })
    await page.getByRole('menuitem', { name: 'JSON Lines' }).click()
    const numbers = [...(await contentOf(await saved)).matchAll(/number (\d+)/g)].map(([, n]) => Number(n))
    expect(numbers.length).toBe(sent)
    expect(numbers.findIndex((n, at) => n !== at + 1)).toBe(-1)
  })
})
