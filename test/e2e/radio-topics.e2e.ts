import type { Locator } from '@playwright/test'
import { expect, needs, open, pane, rows, tab, test } from './fixture.js'
import type { PythonPeer } from './peer.js'

/** Has the peer publish, and says what it has sent by then, by topic. */
async function published(peer: PythonPeer): Promise<Record<string, number>> {
  const told = (): unknown[] => peer.said.filter((said) => 'sent' in said)
  const before = told().length
  peer.send('go')
  await expect.poll(() => told().length, { timeout: 45_000 }).toBe(before + 1)
  return (told().at(-1) as { sent: Record<string, number> }).sent
}
const sum = (sent: Record<string, number>): number => Object.values(sent).reduce((all, n) => all + n, 0)
const told = (n: number): string => n.toLocaleString('en-US')

/** Messages by topic, as the tree tells them: it draws what is in view, so it is gone through from top to bottom. */
async function counted(tree: Locator): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  await tree.press('Home')
  for (let before = ''; ;) {
    const titles = await tree
      .getByRole('treeitem')
      .evaluateAll((items) => items.map((item) => item.getAttribute('title') ?? ''))
    for (const title of titles) {
      const [, name, n] = /^(.+)\n([\d,]+) message/.exec(title) ?? []
      if (name !== undefined && n !== undefined) counts[name] = Number(n.replaceAll(',', ''))
    }
    if (titles.join() === before) return counts
    before = titles.join()
    await tree.press('PageDown')
    // Until the next page is drawn; at the end there is none.
    await tree.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  }
}

test.describe('a radio that hears much', () => {
  needs({ pyzmq: true })
  test.slow()

  test('200 topics of a pyzmq publisher at mixed rates: every one is there, with all its messages counted', async ({
    page,
    peer,
  }) => {
    const station = peer('mixed', '--bind', 'tcp://127.0.0.1:*', '--topics', '200')
    await tab(page, 'Radio')
    await open(page, 'subscriber', await station.ready())
    await station.subscribed('')
    const radio = pane(page, 'Subscriber')
    const sent = await published(station)
    await expect(radio.locator('.counters .big').first()).toHaveText(told(sum(sent)), { timeout: 30_000 })
    const tree = radio.getByRole('tree', { name: 'Topics by name' })
    await radio.getByRole('searchbox', { name: 'Search topics' }).fill('machine')
    await expect
      .poll(
        async () => {
          const counts = await counted(tree)
          return Object.fromEntries(Object.keys(sent).map((name) => [name, counts[name]]))
        },
        { timeout: 45_000 },
      )
      .toEqual(sent)
  })

  test('a hundred thousand rows: paused and followed as they come, gone through by key and scroll bar, filtered', async ({
    page,
    peer,
  }) => {
    // 58 or 59 messages a tick.
    const args = ['--topics', '200', '--ticks', '860', '--pause', '0']
    const station = peer('mixed', '--bind', 'tcp://127.0.0.1:*', ...args)
    await tab(page, 'Radio')
    await open(page, 'subscriber', await station.ready())
    await station.subscribed('')
    const radio = pane(page, 'Subscriber')
    const before = sum(await published(station))
    await expect(rows(radio).last()).toHaveAttribute('aria-rowindex', String(before + 1), { timeout: 30_000 })
    await radio.getByRole('button', { name: 'Pause', exact: true }).click()
    const sent = await published(station)
    const all = sum(sent)
    expect(all).toBeGreaterThan(100_000)
    await expect(radio.locator('.counters .big').first()).toHaveText(told(all), { timeout: 30_000 })
    // Nothing has moved; how many came meanwhile is said.
    await expect(rows(radio).last()).toHaveAttribute('aria-rowindex', String(before + 1))
    await radio.getByRole('button', { name: `${told(all - before)} new`, exact: true }).click()
    await expect(rows(radio).last()).toHaveAttribute('aria-rowindex', String(all + 1))

    const grid = radio.getByRole('grid')
    await grid.press('Home')
    await expect(rows(radio).first()).toContainText('"seq": 1,')
    await expect(rows(radio).first()).toHaveAttribute('aria-rowindex', '2')
    await grid.evaluate((element) => (element.scrollTop = (element.scrollHeight - element.clientHeight) / 2))
    await expect
      .poll(async () => Math.abs(Number(await rows(radio).first().getAttribute('aria-rowindex')) / all - 0.5))
      .toBeLessThan(0.01)
    for (const row of await rows(radio).all()) await expect(row).toContainText('plant/line')
    await grid.press('End')
    await expect(rows(radio).last()).toHaveAttribute('aria-rowindex', String(all + 1))

    const filter = radio.getByRole('textbox', { name: 'Filter messages' })
    for (const [typed, n] of [
      ['topic:plant/line7/machine/7', sent['plant/line7/machine/7']],
      ['topic:plant/line1/ re:seq.:.1,', 10],
      ['$.seq>1719', sent['plant/line0/machine/0'] === 1720 ? 20 : 0],
    ] as const) {
      await filter.fill(typed)
      await expect(radio.getByText(`${told(n ?? 0)} of ${told(all)} shown`, { exact: true })).toBeVisible()
    }
    await expect(rows(radio).last()).toContainText('"seq": 1720,')
  })

  test('binary messages of 500 kB and 5 MB stand in the table, open in the inspector, and can be read to their last byte', async ({
    page,
    peer,
  }) => {
    const station = peer('pub', '--bind', 'tcp://127.0.0.1:*')
    await tab(page, 'Radio')
    await open(page, 'subscriber', await station.ready())
    await station.subscribed('')
    const radio = pane(page, 'Subscriber')
    const image = (bytes: number): Uint8Array => {
      const content = new Uint8Array(bytes).map((_, i) => (i * 7) & 0xff)
      content.set([0xde, 0xad, 0xbe, 0xef], bytes - 4)
      return content
    }
    station.send('camera/small', image(500_000))
    station.send('camera/large', image(5_000_000))
    await expect(rows(radio)).toHaveCount(2)
    for (const [n, size] of [
      [0, '500 kB'],
      [1, '5.0 MB'],
    ] as const) {
      const row = rows(radio).nth(n)
      await expect(row).toContainText('00 07 0e 15')
      await row.click()
      const looked = radio.getByRole('region', { name: `Message #${n + 1}` })
      await expect(looked).toContainText(size)
      const content = looked.getByRole('group', { name: 'Content of frame 2' })
      await expect(content).toContainText('00 07 0e 15')
      // Only what is in view is drawn, from anywhere in it.
      await content.press('End')
      await expect(content).toContainText('de ad be ef')
      expect(await content.getByText(/^[0-9a-f]{8} /).count()).toBeLessThan(100)
    }
  })
})
