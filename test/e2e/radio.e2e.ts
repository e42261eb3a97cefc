import { encode } from '@msgpack/msgpack'
import { contentOf, expect, needs, open, pane, rows, tab, test, tuneIn } from './fixture.js'

test.describe('the radio desk, with pyzmq as its stations', () => {
  needs({ pyzmq: true })

  test('topics make a tree with their last values; what is muted or not heard alone leaves the table, and is still received', async ({
    page,
    peer,
  }) => {
    const { station, radio } = await tuneIn(page, peer)
    await expect(radio.getByText('on air, 1 station')).toBeVisible()
    await expect(radio.getByText(/^Tuned in at/)).toBeVisible()
    station.send('vehicle/speed', '13.42')
    station.send('vehicle/pose', encode({ x: 1.5, seq: 7 }))
    station.send('planner.state', 'CRUISE')
    const tree = radio.getByRole('tree', { name: 'Topics by name' })
    const item = (name: string) => tree.getByRole('treeitem').filter({ hasText: name })
    await expect(item('speed')).toContainText('13.42')
    await expect(item('speed')).toHaveAttribute('aria-level', '2')
    await expect(item('state')).toContainText('CRUISE')
    await expect(rows(radio)).toHaveCount(3)

    await item('vehicle').first().hover()
    await item('vehicle').first().getByRole('button', { name: 'Mute vehicle' }).click()
    await expect(rows(radio)).toHaveCount(1)
    await expect(radio.getByText('1 of 3 shown')).toBeVisible()
    station.send('vehicle/speed', '14')
    await expect(radio.getByText('1 of 4 shown')).toBeVisible()
    await radio.getByRole('button', { name: 'Hear all' }).click()
    await expect(rows(radio)).toHaveCount(4)

    await tree.press('Home')
    await tree.press('ArrowDown')
    await tree.press('ArrowDown')
    await tree.press('s')
    await expect(rows(radio)).toHaveCount(3)
    await radio.getByRole('button', { name: 'Hear all' }).click()
    await radio.getByRole('searchbox', { name: 'Search topics' }).fill('pose')
    await expect(tree.getByRole('treeitem')).toHaveCount(2)
  })

  test('the table is filtered as one types, by topic, text, pattern, size and a JSON condition', async ({
    page,
    peer,
  }) => {
    const { station, radio } = await tuneIn(page, peer)
    for (let i = 1; i <= 10; i++) station.send(i % 2 ? 'vehicle/pose' : 'vehicle/state', JSON.stringify({ seq: i }))
    await expect(rows(radio)).toHaveCount(10)
    const filter = radio.getByRole('textbox', { name: 'Filter messages' })
    for (const [typed, n] of [
      ['topic:vehicle/pose', 5],
      ['10}', 1],
      ['re:[1-3]}$', 3],
      ['size>=22', 5],
      ['$.seq>7', 3],
      ['topic:vehicle/state $.seq<=4', 2],
    ] as const) {
      await filter.fill(typed)
      await expect(radio.getByText(`${n} of 10 shown`)).toBeVisible()
      await expect(rows(radio)).toHaveCount(n)
    }
    await filter.fill('re:(')
    await expect(radio.getByRole('alert')).toContainText('(')
    await filter.fill('size>much')
    await expect(radio.getByRole('alert')).toContainText('size>much')

    await filter.fill('topic:vehicle/pose')
    await expect(rows(radio)).toHaveCount(5)
    await radio.getByRole('button', { name: /^Export/ }).click()
    const saved = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: 'JSON Lines' }).click()
    const text = await contentOf(await saved)
    expect(text.trim().split('\n')).toHaveLength(5)
    expect(text).not.toContain('vehicle/state')
  })

  test('several stations each have their state and a mute; one that is not there is still tried', async ({
    page,
    peer,
  }) => {
    const one = peer('pub', '--bind', 'tcp://127.0.0.1:*')
    const two = peer('pub', '--bind', 'tcp://127.0.0.1:*')
    await tab(page, 'Radio')
    const form = page
      .locator('form')
      .filter({ has: page.getByRole('button', { name: 'Open subscriber', exact: true }) })
    await form.getByRole('button', { name: 'Add an address' }).click()
    await form.getByRole('textbox', { name: 'Addresses: Address 2' }).fill(await two.ready())
    await form.getByRole('button', { name: 'Add an address' }).click()
    // Port 1 of this machine: nobody listens there.
    await form.getByRole('textbox', { name: 'Addresses: Address 3' }).fill('tcp://127.0.0.1:1')
    await open(page, 'subscriber', await one.ready())
    await Promise.all([one.subscribed(''), two.subscribed('')])
    const radio = pane(page, 'Subscriber')
    await expect(radio.getByText('on air, 2 stations')).toBeVisible()
    const stations = radio.getByRole('list', { name: 'Stations' }).getByRole('listitem')
    await expect(stations).toHaveCount(3)
    await expect(stations.nth(2)).toContainText('nobody there yet, trying on')
    one.send('a', 'from one')
    two.send('b', 'from two')
    await expect(rows(radio)).toHaveCount(2)
    await stations
      .nth(1)
      .getByRole('button', { name: /^Mute station/ })
      .click()
    await expect(rows(radio)).toHaveCount(1)
    await expect(rows(radio).first()).toContainText('from one')
    await stations
      .nth(1)
      .getByRole('button', { name: /^Mute station/ })
      .click()
    await expect(rows(radio)).toHaveCount(2)
  })

  test('without a sequence number loss is not known; with one, what is missing is counted and named', async ({
    page,
    peer,
  }) => {
    const { station, radio } = await tuneIn(page, peer)
    await radio.getByRole('button', { name: 'loss not known' }).click()
    await expect(page.getByText(/cannot be known: PUB\/SUB drops messages/)).toBeVisible()
    await page.keyboard.press('Escape')
    const send = (seq: number) => station.send('imu', JSON.stringify({ seq, t: Date.now() }))
    for (const seq of [1, 2, 3]) send(seq)
    await expect(rows(radio)).toHaveCount(3)
    await rows(radio).last().click()
    const looked = radio.getByRole('region', { name: /^Message #3/ })
    await looked.getByRole('treeitem').filter({ hasText: 'seq' }).click()
    await looked.getByRole('button', { name: 'Watch as sequence number' }).click()
    await expect(radio.getByRole('button', { name: 'no gap in 3' })).toBeVisible()
    await looked.getByRole('treeitem').last().click()
    await looked.getByRole('button', { name: "Sender's time" }).click()
    for (const seq of [4, 8, 8]) send(seq)
    const chip = radio.getByRole('button', { name: '3 of ' })
    await expect(chip).toBeVisible()
    await chip.click()
    const panel = page.getByRole('dialog', { name: 'Gap watch' })
    await expect(panel.getByText('5–7 missing')).toBeVisible()
    await expect(panel.getByText('8 came twice')).toBeVisible()
    await expect(panel.getByText(/^p50/)).toBeVisible()
    await panel.getByRole('button', { name: 'Stop watching' }).click()
    await expect(radio.getByRole('button', { name: 'loss not known' })).toBeVisible()
  })
})
