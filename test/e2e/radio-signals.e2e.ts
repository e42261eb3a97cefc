import { encode } from '@msgpack/msgpack'
import type { Download, Locator } from '@playwright/test'
import { expect, needs, open, pane, rows, seriousIn, tab, test } from './fixture.js'

async function textOf(file: Download): Promise<string> {
  const stream = await file.createReadStream()
  let text = ''
  for await (const part of stream) text += String(part)
  return text
}
const topic = (radio: Locator, name: string): Locator =>
  radio.getByRole('tree', { name: 'Topics by name' }).getByRole('treeitem').filter({ hasText: name })
async function plotTopic(radio: Locator, name: string): Promise<void> {
  await topic(radio, name).hover()
  await topic(radio, name)
    .getByRole('button', { name: `Plot ${name}` })
    .click()
}
const card = (radio: Locator, name: string): Locator => radio.getByRole('region', { name, exact: true })
const lines = (of: Locator): Locator => of.getByRole('list', { name: 'Signals drawn' }).getByRole('listitem')

/** However slow the machine: what was sent at the beginning stays in view. */
const wide = (of: Locator): Promise<unknown> =>
  of.getByRole('combobox', { name: 'Stretch of time' }).first().selectOption({ label: '300 s' })

test.describe('signals of the radio, with pyzmq as its stations', () => {
  needs({ pyzmq: true })

  test('several plots of several signals: moved by menu and keys, read at one cursor, zoomed in step, saved each, and kept', async ({
    page,
    peer,
  }) => {
    const station = peer('pub', '--bind', 'tcp://127.0.0.1:*')
    await tab(page, 'Radio')
    await open(page, 'subscriber', await station.ready())
    await station.subscribed('')
    const radio = pane(page, 'Subscriber')
    for (let i = 1; i <= 50; i++) station.send('car/pose', encode({ seq: i, x: i === 25 ? 900 : i / 10, y: -i }))
    await expect(radio.getByText('of 50')).toBeVisible()
    await rows(radio).last().click()
    const looked = radio.getByRole('region', { name: /^Message #50/ })
    for (const name of ['x', 'y']) {
      await looked
        .getByRole('treeitem')
        .filter({ hasText: new RegExp(`^\\s*${name}\\s*:`) })
        .click()
      await looked.getByRole('button', { name: 'Plot', exact: true }).click()
      await expect(looked.getByText('plotted')).toBeVisible()
    }
    await looked.getByRole('button', { name: 'Close' }).click()

    const signals = radio.getByRole('region', { name: 'Signals' })
    const [one, two] = [card(radio, 'Plot 1'), card(radio, 'Plot 2')]
    await expect(lines(one)).toHaveCount(2)
    await wide(radio)
    // The single spike among them is drawn and counted.
    const x = lines(radio).filter({ hasText: 'car/pose x' })
    for (const fact of ['0.1', '900', '50', '20.5'])
      await expect(x.locator('dd').getByText(fact, { exact: true })).toBeVisible()

    await one.getByRole('button', { name: 'Signal car/pose y: move or remove' }).click()
    await page.getByRole('menuitem', { name: 'Move to a new plot' }).click()
    await expect(lines(two)).toHaveText(/car\/pose y/)
    await two.getByRole('button', { name: /^Signal car/ }).press('Alt+ArrowUp')
    await expect(lines(one)).toHaveCount(2)
    await one.getByRole('button', { name: /^Signal car\/pose y/ }).press('Alt+ArrowDown')
    await expect(lines(two)).toHaveCount(1)

    await one.getByRole('button', { name: 'Pause the plot' }).click()
    await expect(signals.getByText('standing still')).toHaveCount(2)
    const plot = one.getByRole('img', { name: /^Plot of/ })
    await plot.hover()
    // The same moment in both: y is -10 x there.
    const at = async (name: string) => Number(await radio.getByLabel(`Value of car/pose ${name}`).textContent())
    await expect(radio.getByLabel('Value of car/pose x')).toHaveClass(/pointed/)
    await expect.poll(async () => Math.round((await at('y')) + (await at('x')) * 10)).toBe(0)
    await page.mouse.move(0, 0)
    // In step: what one shows, the other does. In the middle of 300 s there is nothing.
    await plot.focus()
    for (let i = 0; i < 4; i++) await plot.press('+')
    await expect(signals.getByText('no points here')).toHaveCount(2)
    await two.getByRole('button', { name: 'Follow again' }).click()
    await expect(signals.getByText('following')).toHaveCount(2)

    const saved = page.waitForEvent('download')
    await two.getByRole('button', { name: 'Actions for Plot 2' }).click()
    await page.getByRole('menuitem', { name: 'Save what is drawn as CSV' }).click()
    const csv = (await textOf(await saved)).trim().split('\r\n')
    expect([csv.length, csv[0], csv[1]?.split(',').at(-1)]).toEqual([51, 'time,seconds,car/pose y', '-1'])
    const picture = page.waitForEvent('download')
    await one.getByRole('button', { name: 'Actions for Plot 1' }).click()
    await page.getByRole('menuitem', { name: 'Save the picture as PNG' }).click()
    expect((await picture).suggestedFilename()).toMatch(/Plot 1\.png$/)
    await radio.getByRole('button', { name: /^Export/ }).click()
    const table = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: 'CSV' }).click()
    expect((await textOf(await table)).split('\r\n')[0]).toContain(',station,')

    await two.getByRole('button', { name: 'Actions for Plot 2' }).click()
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    await two.or(signals).getByRole('textbox', { name: 'Name of the plot' }).fill('lateral')
    await page.keyboard.press('Enter')
    await expect(lines(card(radio, 'lateral'))).toHaveCount(1)
    await one.getByRole('button', { name: 'Actions for Plot 1' }).click()
    await page.getByRole('menuitem', { name: 'Remove the plot and its signals' }).click()
    await expect(one).toHaveCount(0)
    await signals.getByRole('button', { name: 'Undo' }).click()
    await expect(lines(one)).toHaveCount(1)

    await page.reload()
    await expect(lines(card(radio, 'lateral'))).toHaveText(/car\/pose y/)
    await expect(lines(one)).toHaveText(/50/)
    expect(await seriousIn(page)).toEqual([])
  })

  test('a topic becomes a signal: a number at once, several by picking, bytes by a layout or a .proto file', async ({
    page,
    peer,
  }) => {
    const station = peer('pub', '--bind', 'tcp://127.0.0.1:*')
    await tab(page, 'Radio')
    await open(page, 'subscriber', await station.ready())
    await station.subscribed('')
    const radio = pane(page, 'Subscriber')
    const raw = Buffer.alloc(14)
    raw.writeDoubleLE(12.5, 0)
    raw.writeFloatLE(0.5, 8)
    raw.writeUInt16LE(7, 12)
    // double speed = 1; int32 gear = 2
    const state = Buffer.concat([Buffer.from([0x09]), raw.subarray(0, 8), Buffer.from([0x10, 0x03])])
    station.send('speed', '13.5')
    station.send('battery', JSON.stringify({ cells: [3.7, 3.6], name: 'front' }))
    station.send('imu', raw)
    station.send('state', state)
    await expect(rows(radio)).toHaveCount(4)

    await plotTopic(radio, 'speed')
    await expect(lines(radio)).toHaveText(/^\s*speed/)
    await wide(radio)
    const tree = radio.getByRole('tree', { name: 'Topics by name' })
    await topic(radio, 'battery').click()
    await tree.press('p')
    const picker = page.getByRole('dialog', { name: 'Plot numbers of a topic' })
    const numbers = picker.getByRole('list', { name: 'Numbers in the message' }).getByRole('listitem')
    await expect(numbers).toHaveText([/cells\[0\].*3\.7/, /cells\[1\].*3\.6/])
    await numbers.nth(1).getByRole('checkbox').check()
    await picker.getByRole('combobox', { name: 'into' }).selectOption('a new plot')
    await picker.getByRole('button', { name: 'Plot 1 number', exact: true }).click()
    await expect(lines(card(radio, 'Plot 2'))).toHaveText(/battery cells\[1\]/)

    await plotTopic(radio, 'imu')
    await expect(picker.getByText(/^No number shows by itself/)).toBeVisible()
    await picker.getByRole('radio', { name: 'binary layout' }).click()
    const layout = picker.getByRole('textbox', { name: 'Layout' })
    await layout.fill('<d:speed Z:what')
    await expect(picker.getByRole('alert')).toContainText('character 10: there is no type Z')
    await layout.fill('<d:speed f:yaw H:n d:more')
    await expect(picker.getByRole('alert')).toContainText('The layout needs 22 bytes')
    await layout.fill('<d:speed f:yaw')
    await expect(numbers).toHaveText([/speed.*d @ 0.*12\.5/, /yaw.*f @ 8.*0\.5/])
    await expect(picker.getByText('2 bytes more than the layout describes')).toBeVisible()
    await picker.getByRole('combobox', { name: 'Order of bytes' }).selectOption({ index: 1 })
    await expect(layout).toHaveValue('>d:speed f:yaw')
    await layout.fill('<d:speed f:yaw H:n')
    // Live: the newest message is the one that is looked at.
    raw.writeUInt16LE(9, 12)
    station.send('imu', raw)
    await expect(numbers.nth(2)).toHaveText(/n.*H @ 12.*9/)
    await numbers.nth(2).getByRole('checkbox').check()
    expect(await seriousIn(page)).toEqual([])
    await picker.getByRole('button', { name: 'Plot 1 number', exact: true }).click()
    const n = lines(radio).filter({ hasText: 'imu n' })
    await expect(n).toContainText('points 2')

    await topic(radio, 'state').click()
    await radio.getByRole('button', { name: 'Describe…' }).click()
    await picker.getByRole('radio', { name: 'Protobuf' }).click()
    const proto = (text: string) => ({ name: 'car.proto', mimeType: 'text/plain', buffer: Buffer.from(text) })
    await picker.locator('input[type=file]').setInputFiles(proto('message {'))
    await expect(picker.getByRole('alert')).toContainText('The .proto file cannot be read')
    await picker
      .locator('input[type=file]')
      .setInputFiles(
        proto('syntax = "proto3"; package car; message Other {} message State { double speed = 1; int32 gear = 2; }'),
      )
    await picker.getByRole('combobox', { name: 'Message type' }).selectOption('car.State')
    await expect(numbers).toHaveText([/speed.*12\.5/, /gear.*3/])
    await numbers.nth(0).getByRole('checkbox').check()
    await numbers.nth(1).getByRole('checkbox').check()
    await picker.getByRole('button', { name: 'Plot 2 numbers' }).click()
    await expect(radio.getByText('5 of 64 signals')).toBeVisible()
    await expect(lines(radio).filter({ hasText: 'state gear' })).toContainText('points 1')
  })

  test('presets keep stations, topics, signals and plots under a name; in a small window plots and messages take turns', async ({
    page,
    peer,
  }) => {
    const [one, two] = [peer('pub', '--bind', 'tcp://127.0.0.1:*'), peer('pub', '--bind', 'tcp://127.0.0.1:*')]
    await tab(page, 'Radio')
    await open(page, 'subscriber', await one.ready())
    await one.subscribed('')
    const radio = pane(page, 'Subscriber')
    one.send('speed', '13.5')
    await expect(rows(radio)).toHaveCount(1)
    await plotTopic(radio, 'speed')
    await expect(lines(radio)).toHaveCount(1)

    const presets = page.getByRole('dialog', { name: 'Presets' })
    const button = (name: string) => radio.getByRole('button', { name, exact: true })
    await button('Presets').click()
    await expect(presets.getByText(/^No preset yet/)).toBeVisible()
    await presets.getByRole('textbox', { name: 'Name of the preset' }).fill('rig')
    await presets.getByRole('button', { name: 'Save' }).click()
    await expect(presets.getByRole('button', { name: 'Tune to rig' })).toContainText(
      '1 station · all topics · 1 signal · as it is now',
    )
    await page.keyboard.press('Escape')
    await expect(button('rig')).toBeVisible()

    await radio.getByRole('textbox', { name: 'Topic' }).fill('lidar/')
    await radio.getByRole('button', { name: 'Subscribe', exact: true }).click()
    await one.subscribed('lidar/')
    await lines(radio).getByRole('button').click()
    await page.getByRole('menuitem', { name: 'Remove speed' }).click()
    await expect(lines(radio)).toHaveCount(0)
    await button('Presets').click()
    await presets.getByRole('button', { name: 'Tune to rig' }).click()
    await expect(lines(radio)).toHaveText(/speed/)
    await expect(radio.getByRole('list', { name: 'Topics', exact: true }).getByRole('listitem')).toHaveCount(1)
    await expect(radio.getByText('Tuned to rig.')).toBeVisible()
    await button('Back to before').click()
    await expect(radio.getByRole('list', { name: 'Topics', exact: true }).getByRole('listitem')).toHaveCount(2)

    // Another subscriber, elsewhere, tuned to the same: it listens to the first station from now on.
    await page.getByRole('button', { name: 'Close', exact: true }).first().click()
    await button('Presets').click()
    await presets.getByRole('button', { name: 'Rename rig' }).click()
    await presets.getByRole('textbox', { name: 'Name of the preset' }).first().fill('test rig')
    await page.keyboard.press('Enter')
    await presets.getByRole('button', { name: 'Delete test rig' }).click()
    await expect(presets.getByText(/^No preset yet/)).toBeVisible()
    await presets.getByRole('button', { name: 'Undo' }).click()
    await presets.getByRole('button', { name: 'Tune to test rig' }).click()
    await expect(radio.getByText('on air, 1 station')).toBeVisible()
    await expect(lines(radio)).toHaveText(/speed/)
    await two.ready()

    await page.setViewportSize({ width: 900, height: 600 })
    await expect(radio.getByRole('radio', { name: 'Messages' })).toBeChecked()
    await expect(rows(radio)).toHaveCount(1)
    await expect(lines(radio)).toHaveCount(0)
    await radio.getByRole('radio', { name: 'Plots 1' }).click()
    await expect(lines(radio)).toBeInViewport({ ratio: 1 })
    await expect(radio.getByRole('img', { name: /^Plot of/ })).toBeInViewport({ ratio: 1 })
    await radio.getByRole('button', { name: 'Broadcast' }).click()
    await expect(radio.getByRole('img', { name: /^Plot of/ })).toBeInViewport({ ratio: 1 })
    expect(await seriousIn(page)).toEqual([])
  })
})
