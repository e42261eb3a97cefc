import AxeBuilder from '@axe-core/playwright'
import { encode } from '@msgpack/msgpack'
import type { Locator, Page } from '@playwright/test'
import { expect, needs, open, pane, rows, tab, test } from './fixture.js'
import type { PythonPeer } from './peer.js'

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze()
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('; ')}`)
}

async function tuneIn(
  page: Page,
  peer: (script: string, ...args: string[]) => PythonPeer,
): Promise<{ station: PythonPeer; radio: Locator }> {
  const station = peer('pub', '--bind', 'tcp://127.0.0.1:*')
  await tab(page, 'Radio')
  await open(page, 'subscriber', await station.ready())
  await station.subscribed('')
  return { station, radio: pane(page, 'Subscriber') }
}
/** Looks at a row and waits until the inspector has it. */
async function look(radio: Locator, index: number, seq: number): Promise<Locator> {
  await rows(radio).nth(index).click()
  const looked = radio.getByRole('region', { name: `Message #${seq}` })
  await expect(looked.getByRole('button', { name: /^(Pin|Unpin) this message$/ })).toBeVisible()
  return looked
}

test.describe('messages beside each other, and numbers among their bytes', () => {
  needs({ pyzmq: true })

  test('one is pinned, another compared: values that changed, came and went, by colour and by sign', async ({
    page,
    peer,
  }) => {
    const { station, radio } = await tuneIn(page, peer)
    station.send('vehicle/state', JSON.stringify({ speed: 13.4, gear: 'D', old: 1, pose: { x: 1, y: 2 } }))
    station.send('vehicle/state', encode({ speed: 13.9, gear: 'D', pose: { x: 1, y: 2 }, fresh: [1] }))
    station.send('vehicle/state', 'one line\nand another')
    await expect(rows(radio)).toHaveCount(3)
    await look(radio, 0, 1)
    await radio.getByRole('grid').press('p')
    await expect(radio.getByRole('button', { name: 'Unpin this message' })).toBeVisible()
    const looked = await look(radio, 1, 2)
    await looked.getByRole('button', { name: 'Compare with #1' }).click()
    const dialog = page.getByRole('dialog', { name: 'Two messages' })
    await expect(dialog.getByText('3 differences')).toBeVisible()
    await expect(dialog.getByRole('combobox', { name: 'Frames' })).toContainText('Frame 2 · differs')
    const row = (text: string) => dialog.getByRole('row').filter({ hasText: text })
    await expect(row('speed').getByRole('rowheader')).toHaveText('≠changed')
    await expect(row('speed').locator('mark')).toHaveText(['4', '9'])
    await expect(row('old').getByRole('rowheader')).toHaveText('−only in the pinned one')
    await expect(row('fresh').getByRole('rowheader')).toHaveText('+only in the other one')
    expect(await violations(page)).toEqual([])
    await expect(row('gear')).toHaveCount(1)
    await dialog.getByRole('checkbox', { name: 'Only what differs' }).check()
    await expect(row('gear')).toHaveCount(0)
    await page.keyboard.press('n')
    await expect(dialog.getByText('1 of 3')).toBeVisible()

    await dialog.getByRole('radio', { name: 'Hex' }).click()
    await expect(dialog.getByRole('row').first().locator('mark').first()).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)

    await look(radio, 2, 3)
    await radio.getByRole('grid').press('d')
    await expect(dialog.getByRole('radio', { name: 'Text' })).toBeChecked()
    await expect(dialog.getByRole('row').last()).toContainText('and another')
    await dialog.getByRole('button', { name: 'Close' }).click()
    await look(radio, 0, 1)
    await radio.getByRole('button', { name: 'Unpin this message' }).click()
    await look(radio, 1, 2)
    await expect(radio.getByRole('button', { name: /^Compare with/ })).toHaveCount(0)
  })

  test('5 MB against 5 MB: the one byte that differs is found and gone to', async ({ page, peer }) => {
    const { station, radio } = await tuneIn(page, peer)
    const frame = Buffer.alloc(5_000_000, 0xab)
    station.send('blob', frame)
    frame[4_000_001] = 0xcd
    station.send('blob', frame)
    await expect(rows(radio)).toHaveCount(2)
    const first = await look(radio, 0, 1)
    await first.getByRole('button', { name: 'Pin this message' }).click()
    const second = await look(radio, 1, 2)
    await second.getByRole('button', { name: 'Compare with #1' }).click()
    const dialog = page.getByRole('dialog', { name: 'Two messages' })
    await expect(dialog.getByText('1 byte differs')).toBeVisible()
    await dialog.getByRole('button', { name: 'The next difference' }).click()
    await expect(dialog.getByRole('row').filter({ hasText: '3d0900' }).locator('mark')).toHaveText([
      'ab',
      '.',
      'cd',
      '.',
    ])
  })

  test('a sequence number and a time among the bytes are pointed at, and watched', async ({ page, peer }) => {
    const { station, radio } = await tuneIn(page, peer)
    const send = (seq: number) => {
      const frame = Buffer.alloc(16, 0xee)
      frame.writeUInt32BE(seq, 2)
      frame.writeDoubleLE(Date.now(), 8)
      station.send('imu', frame)
    }
    for (const seq of [255, 256, 257]) send(seq)
    await expect(rows(radio)).toHaveCount(3)
    const looked = await look(radio, 2, 3)
    const reader = looked.getByRole('group', { name: 'Number in the bytes' })
    await reader.getByRole('combobox', { name: 'Order of bytes' }).selectOption('big endian')
    // The third byte, where the number begins, is pressed in the hex.
    const line = looked.getByText(/^00000000 {2}ee ee/)
    await line.click({ position: { x: 12 + 16.5 * 7.2, y: 8 } })
    await expect(reader.getByRole('spinbutton', { name: 'Offset' })).toHaveValue('2')
    await expect(reader.getByRole('status', { name: 'Value' })).toHaveText('257')
    expect(await violations(page)).toEqual([])
    await reader.getByRole('button', { name: 'Watch as sequence number' }).click()
    await expect(radio.getByRole('button', { name: 'no gap in 3' })).toBeVisible()
    await reader.getByRole('spinbutton', { name: 'Offset' }).fill('8')
    await reader.getByRole('combobox', { name: 'Type' }).selectOption('f64')
    await reader.getByRole('combobox', { name: 'Order of bytes' }).selectOption('little endian')
    await reader.getByRole('button', { name: 'As sender' }).click()
    for (const seq of [258, 261]) send(seq)
    const chip = radio.getByRole('button', { name: '2 of 7 missing' })
    await expect(chip).toBeVisible()
    await chip.click()
    const panel = page.getByRole('dialog', { name: 'Gap watch' })
    await expect(panel.getByText('Counted by “u32 BE @ 2”.')).toBeVisible()
    await expect(panel.getByText('259–260 missing')).toBeVisible()
    await expect(panel.getByText(/^p50/)).toBeVisible()
  })

  test('a field of a layout is described by hand, and what it reads is shown before', async ({ page, peer }) => {
    const { station, radio } = await tuneIn(page, peer)
    const send = (seq: number) => station.send('imu', Buffer.from([9, 0, seq, 0, 0]))
    for (const seq of [1, 2]) send(seq)
    await expect(rows(radio)).toHaveCount(2)
    await radio.getByRole('button', { name: 'loss not known' }).click()
    const panel = page.getByRole('dialog', { name: 'Gap watch' })
    await expect(panel.getByText(/cannot be known/)).toBeVisible()
    await panel.getByRole('combobox', { name: 'Messages are' }).selectOption('Binary layout')
    await panel.getByRole('textbox', { name: 'Binary layout' }).fill('<H:kind B:seq z:x')
    await expect(panel.getByRole('alert')).toContainText('there is no type z')
    await panel.getByRole('textbox', { name: 'Binary layout' }).fill('<H:kind B:seq H:x')
    await panel.getByRole('combobox', { name: 'Field' }).selectOption('seq')
    const preview = panel.getByRole('table', { name: /^What stands there/ })
    await expect(preview.getByRole('row')).toHaveText([/#2imu2/, /#1imu1/])
    expect(await violations(page)).toEqual([])
    await panel.getByRole('button', { name: 'Watch', exact: true }).click()
    await page.keyboard.press('Escape')
    await expect(radio.getByRole('button', { name: 'no gap in 2' })).toBeVisible()
    send(5)
    await expect(radio.getByRole('button', { name: '2 of 5 missing' })).toBeVisible()
  })
})
