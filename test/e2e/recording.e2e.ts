import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { drop } from './drop.js'
import { expect, needs, pane, rows, seriousIn, showRecordings, test, tuneIn } from './fixture.js'

needs({ pyzmq: true })

test('what pyzmq publishes is recorded from the header, opened, looked at, and heard again by pyzmq', async ({
  page,
  peer,
  app,
}) => {
  const { station, radio } = await tuneIn(page, peer)
  const dialog = await showRecordings(page)
  await expect(dialog.getByText(/^No recording yet/)).toBeVisible()
  expect(await seriousIn(page)).toEqual([])

  // A name that no file can have is refused with a sentence, and nothing is recorded.
  await dialog.getByRole('textbox', { name: 'Name' }).fill('a/b')
  await dialog.getByRole('button', { name: 'Record', exact: true }).click()
  await expect(dialog.getByRole('alert')).toContainText('“a/b” cannot be the name of a file')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('drive')
  await dialog.getByRole('button', { name: 'Record', exact: true }).click()
  await expect(dialog.getByRole('list', { name: 'What is being recorded' })).toContainText('drive.mcap')
  await page.keyboard.press('Escape')

  for (const text of ['one', 'two', 'three']) station.send('speed', text)
  await expect(rows(radio)).toHaveCount(3)
  const header = page.getByRole('banner')
  await expect(header.getByText('3 saved')).toBeVisible()
  await header.getByRole('button', { name: 'Stop recording' }).click()
  await expect(header.getByText('3 saved')).toHaveCount(0)
  expect(existsSync(join(app.folder, 'recordings', 'drive.mcap'))).toBe(true)

  await showRecordings(page)
  // The longest name that there can be is cut, and pushes nothing aside.
  const long = `${'a long and rainy afternoon '.repeat(4)}.mcap`
  copyFileSync(join(app.folder, 'recordings', 'drive.mcap'), join(app.folder, 'recordings', long))
  await page.keyboard.press('Escape')
  await showRecordings(page)
  await expect(dialog.getByRole('button', { name: `Open ${long}` })).toBeVisible()
  expect(await dialog.locator('.body').evaluate((body) => body.scrollWidth - body.clientWidth)).toBe(0)
  await dialog.getByRole('button', { name: 'Delete drive.mcap' }).click()
  await expect(dialog.getByText('Deleted drive.mcap.')).toBeVisible()
  await dialog.getByRole('button', { name: 'Undo' }).click()
  await dialog.getByRole('button', { name: 'Open drive.mcap' }).click()
  await expect(dialog).toHaveCount(0)
  const recorded = pane(page, 'subscriber')
  await expect(rows(recorded)).toHaveCount(3)
  await expect(rows(recorded).nth(1)).toContainText('two')
  await expect(recorded.getByRole('button', { name: 'Reopen' })).toHaveCount(0)

  // Beyond this machine it asks first, and names the address.
  const address = recorded.getByRole('textbox', { name: 'Replay to' })
  await address.fill('tcp://192.0.2.1:5000')
  await recorded.getByRole('combobox', { name: 'Bind or connect' }).selectOption('connect')
  await recorded.getByRole('button', { name: 'Replay', exact: true }).click()
  await expect(recorded.getByRole('alertdialog')).toContainText('tcp://192.0.2.1:5000')
  await recorded.getByRole('button', { name: 'Cancel' }).click()

  const listener = peer('sub', '--bind', 'tcp://127.0.0.1:*')
  await address.fill(await listener.ready())
  await recorded.getByRole('combobox', { name: 'Speed' }).selectOption('0')
  await recorded.getByRole('button', { name: 'Replay', exact: true }).click()
  for (const text of ['one', 'two', 'three']) await listener.got('speed', text)
  await expect(recorded.getByRole('status').filter({ hasText: 'done' })).toContainText('3 sent')
  expect(await seriousIn(page)).toEqual([])
  await recorded.getByRole('button', { name: 'End', exact: true }).click()
  await expect(recorded.getByRole('button', { name: 'Replay', exact: true })).toBeVisible()

  // What was recorded, beside the session as it goes on: what came since is only there.
  await showRecordings(page)
  await dialog.getByText('Compare two').click()
  await dialog.getByRole('combobox', { name: 'First', exact: true }).selectOption('file drive.mcap')
  await dialog.getByRole('combobox', { name: 'Second', exact: true }).selectOption({ label: 'Subscriber' })
  const compare = dialog.getByRole('button', { name: 'Compare', exact: true })
  await compare.click()
  await expect(dialog.getByRole('status')).toContainText('The same: 3 messages')
  await page.keyboard.press('Escape')
  const sessions = page.getByRole('complementary', { name: 'Sessions' })
  await sessions.getByRole('button', { name: /^Subscriber/ }).click()
  station.send('speed', 'four')
  await expect(rows(radio)).toHaveCount(4)
  await showRecordings(page)
  await compare.click()
  await expect(dialog.getByRole('status')).toContainText(
    '3 the same · 0 changed · 0 missing in the second · 1 only in the second',
  )
  await dialog.getByRole('button', { name: 'Second: show message 4' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(radio.getByRole('row', { selected: true })).toContainText('four')

  // A file that is dropped on the window is taken in and opened; what only has the name of a recording is not.
  const bytes = readFileSync(join(app.folder, 'recordings', 'drive.mcap'))
  await drop(page, 'elsewhere.mcap', bytes)
  await expect(dialog).toHaveCount(0)
  await expect(sessions.getByRole('button', { name: /elsewhere\.mcap/ })).toHaveAttribute('aria-current', 'true')
  await expect(rows(recorded)).toHaveCount(3)
  expect(readFileSync(join(app.folder, 'recordings', 'elsewhere.mcap'))).toEqual(bytes)
  await drop(page, 'broken.mcap', bytes.subarray(0, 5))
  await expect(dialog.getByRole('alert')).toContainText('it is not an MCAP file')
  expect(existsSync(join(app.folder, 'recordings', 'broken.mcap'))).toBe(false)
})
