import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentOf, expect, needs, pane, rows, seriousIn, showRecordings, test, tuneIn } from './fixture.js'

needs({ pyzmq: true })

test('a recording begins with its trigger; a part is replayed under another name, exported, and compared with all', async ({
  page,
  peer,
  app,
}) => {
  const { station, radio } = await tuneIn(page, peer)
  const dialog = await showRecordings(page)
  await dialog.getByRole('textbox', { name: 'Name' }).fill('gears')
  await dialog.getByText('More: time, end, files, trigger').click()
  await dialog.getByLabel('New file after (MiB)').fill('many')
  const record = dialog.getByRole('button', { name: 'Record', exact: true })
  await record.click()
  await expect(dialog.getByRole('alert')).toContainText('New file after (MiB): “many” is not a number')

  await dialog.getByLabel('New file after (MiB)').fill('10')
  await dialog.getByLabel('Record around').selectOption('a topic')
  await record.click()
  await expect(dialog.getByRole('alert')).toContainText('nothing to look for')
  await dialog.getByLabel('Topic begins with').fill('gear')
  await dialog.getByLabel('Seconds after').fill('600')
  await record.click()
  await expect(dialog.getByRole('alert')).toHaveCount(0)
  await expect(dialog.getByRole('list', { name: 'What is being recorded' })).toContainText('waits for its trigger')
  await page.keyboard.press('Escape')

  for (const [topic, text] of ['speed 1', 'gear 2', 'speed 3', 'gear 4'].map((each) => each.split(' ')))
    station.send(topic ?? '', text ?? '')
  const header = page.getByRole('banner')
  await expect(rows(radio)).toHaveCount(4)
  await expect(header.getByText('3 saved')).toBeVisible()
  await header.getByRole('button', { name: 'Stop recording' }).click()
  await showRecordings(page)
  await dialog.getByRole('button', { name: 'Open gears.mcap' }).click()
  await expect(dialog).toHaveCount(0)
  const recorded = pane(page, 'subscriber')
  await expect(rows(recorded)).toHaveCount(3)

  // Marks move by keys, and the first stops at the other.
  const from = recorded.getByRole('slider', { name: 'From this mark' })
  const until = recorded.getByRole('slider', { name: 'Until this mark' })
  await until.press('Home')
  await from.press('End')
  await expect(from).toHaveValue('0')
  await until.press('End')

  const listener = peer('sub', '--bind', 'tcp://127.0.0.1:*')
  await recorded.getByRole('textbox', { name: 'Replay to' }).fill(await listener.ready())
  await recorded.getByRole('combobox', { name: 'Bind or connect' }).selectOption('connect')
  await recorded.getByText('Part: topics and names').click()
  await recorded.getByLabel(/^Only topics/).fill('gear')
  await recorded.getByLabel(/^Other names/).fill('gear')
  await recorded.getByRole('button', { name: 'Replay', exact: true }).click()
  await expect(recorded.getByRole('alert')).toContainText('“gear” is no new name')
  await recorded.getByLabel(/^Other names/).fill('gear => transmission')
  await recorded.getByRole('button', { name: 'Replay', exact: true }).click()
  await expect(recorded.getByRole('status').filter({ hasText: 'done' })).toContainText('2 sent')
  for (const text of ['2', '4']) await listener.got('transmission', text)
  await recorded.getByRole('button', { name: 'End', exact: true }).click()

  // What is marked goes into files of its own: as text that is fetched, and as a recording.
  const written = recorded.getByRole('status').filter({ hasText: 'in the recordings folder' })
  for (const [format, name] of [
    ['JSON Lines', 'gears part.jsonl'],
    ['MCAP', 'gears part.mcap'],
  ] as const) {
    await recorded.getByRole('button', { name: 'Export…' }).click()
    await page.getByRole('menuitem', { name: format }).click()
    await expect(written).toContainText(`${name}: 2 messages`)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      written.getByRole('link', { name: `Download ${name}` }).click(),
    ])
    expect(download.suggestedFilename()).toBe(name)
    const content = await contentOf(download)
    if (format === 'JSON Lines')
      expect(
        content
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown),
      ).toMatchObject([{ frames: [{ text: 'gear' }, { text: '2' }] }, { frames: [{ text: 'gear' }, { text: '4' }] }])
  }
  await showRecordings(page)
  await dialog.getByRole('button', { name: 'Rename gears part.mcap' }).click()
  await dialog.getByRole('textbox', { name: 'Rename gears part.mcap' }).fill('gears')
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('alert')).toContainText('gears.mcap exists already')
  await dialog.getByRole('textbox', { name: 'Rename gears part.mcap' }).fill('only gears')
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('button', { name: 'Open only gears.mcap' })).toBeVisible()

  // A file from elsewhere is taken in beside the one that has its name; what is no recording is not.
  await dialog
    .getByLabel('Add a file…')
    .setInputFiles({ name: 'only gears.mcap', mimeType: '', buffer: Buffer.from('no recording at all') })
  await expect(dialog.getByRole('alert')).toContainText('it is not an MCAP file')
  await dialog.getByRole('button', { name: 'Dismiss' }).click()
  const again = join(app.folder, 'recordings', 'only gears.mcap')
  await dialog.getByLabel('Add a file…').setInputFiles(again)
  await expect(dialog).toHaveCount(0)
  await expect(rows(recorded)).toHaveCount(2)
  expect(readFileSync(join(app.folder, 'recordings', 'only gears (2).mcap'))).toEqual(readFileSync(again))

  // Both beside each other: one message is not in the part, and a click leads to it.
  await showRecordings(page)
  await dialog.getByText('Compare two').click()
  await dialog.getByRole('combobox', { name: 'First', exact: true }).selectOption('file gears.mcap')
  await dialog.getByRole('combobox', { name: 'Second', exact: true }).selectOption({ label: 'only gears.mcap' })
  await dialog.getByRole('button', { name: 'Compare', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('2 the same · 0 changed · 1 missing in the second')
  await expect(dialog.getByRole('row', { name: /^speed/ })).toContainText('1')
  expect(await seriousIn(page)).toEqual([])
  await dialog.getByRole('button', { name: 'First: show message 2' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(rows(recorded)).toHaveCount(3)
  await expect(recorded.getByRole('row', { selected: true })).toContainText('3')
})
