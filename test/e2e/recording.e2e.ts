import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, needs, open, pane, rows, seriousIn, tab, test } from './fixture.js'

needs({ pyzmq: true })

test('what pyzmq publishes is recorded from the header, opened, looked at, and heard again by pyzmq', async ({
  page,
  peer,
  app,
}) => {
  const station = peer('pub', '--bind', 'tcp://127.0.0.1:*')
  await tab(page, 'Radio')
  await open(page, 'subscriber', await station.ready())
  await station.subscribed('')
  const dialog = page.getByRole('dialog', { name: 'Recordings' })
  await page.getByRole('button', { name: 'Recordings', exact: true }).click()
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
  const subscriber = pane(page, 'Subscriber')
  await expect(rows(subscriber)).toHaveCount(3)
  const header = page.getByRole('banner')
  await expect(header.getByText('3 saved')).toBeVisible()
  await header.getByRole('button', { name: 'Stop recording' }).click()
  await expect(header.getByText('3 saved')).toHaveCount(0)
  expect(existsSync(join(app.folder, 'recordings', 'drive.mcap'))).toBe(true)

  await page.getByRole('button', { name: 'Recordings', exact: true }).click()
  await dialog.getByRole('button', { name: 'Delete drive.mcap' }).click()
  await expect(dialog.getByText('drive.mcap was deleted.')).toBeVisible()
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
})
