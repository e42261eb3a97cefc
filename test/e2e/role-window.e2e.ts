import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, needs, open, pane, rows, test } from './fixture.js'

needs()

/** The session as the side bar of a workbench lists it. */
const listed = (page: Page, name: string) =>
  page.getByRole('complementary', { name: 'Sessions' }).getByRole('button', { name: new RegExp(`^${name}`) })

test('four tabs as server, client, worker and sink at once, opened by address', async ({ page }) => {
  const origin = new URL(page.url()).origin
  const windows: Record<string, Page> = {}
  for (const role of ['server', 'client', 'sink', 'worker']) {
    const tab = await page.context().newPage()
    await tab.goto(`${origin}/?role=${role}`)
    windows[role] = tab
  }
  const { server, client, sink, worker } = windows as { [name: string]: Page } & Record<
    'server' | 'client' | 'sink' | 'worker',
    Page
  >
  const asked = await open(server, 'server', 'tcp://127.0.0.1:*')
  await open(client, 'client', asked)
  await client.getByRole('textbox', { name: 'Message' }).fill('who is there?')
  await client.getByRole('button', { name: /^Ask/ }).click()
  await expect(server.getByText('who is there?').first()).toBeVisible()

  const collected = await open(sink, 'sink', 'tcp://127.0.0.1:*')
  await worker.getByRole('textbox', { name: /^Passes on to.*Address 1|Results.*Address 1/ }).fill(collected)
  await worker.getByRole('button', { name: 'Open worker' }).click()
  await expect(worker).toHaveURL(/role=worker&session=/)

  // The workbench lists them all, and knows that they have windows of their own.
  for (const name of ['Server', 'Client', 'Sink', 'Worker'])
    await expect(listed(page, name)).toHaveAccessibleName(/in a window of its own/)
  const { violations } = await new AxeBuilder({ page: client }).analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])

  // A reload stays what it was; closing the window closes the session, and its rows stay listed.
  await client.reload()
  await expect(client.getByText('who is there?').first()).toBeVisible()
  await server.close()
  // Only once it is sure that it does not come back.
  await expect(listed(page, 'Server')).toHaveAccessibleName(/closed/, { timeout: 60_000 })
  await expect(listed(page, 'Client')).not.toHaveAccessibleName(/closed/)
})

test('a session is torn off into a window, and taken back with all it has', async ({ page }) => {
  await page.getByRole('button', { name: 'Start the demo' }).click()
  const server = pane(page, 'Demo server')
  await expect(server.getByText(/hello \d+/).first()).toBeVisible()
  await listed(page, 'Demo server').click({ button: 'right' })
  const [apart] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('menuitem', { name: 'Open in a window of its own' }).click(),
  ])
  await expect(apart.getByText(/hello \d+/).first()).toBeVisible()
  await expect(apart).toHaveTitle(/^Demo server/)
  await expect(listed(page, 'Demo server')).toHaveAccessibleName(/in a window of its own/)
  expect(await apart.getByRole('tab').count()).toBe(0)

  await Promise.all([apart.waitForEvent('close'), apart.getByRole('button', { name: 'Back to the workbench' }).click()])
  await expect(listed(page, 'Demo server')).not.toHaveAccessibleName(/window of its own|closed/)

  // And by the palette, there and back.
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('combobox').fill('window server')
  await expect(page.getByRole('option').first()).toBeVisible()
  const [again] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('option', { name: /^Open in a window of its own: Demo server/ }).click(),
  ])
  await expect(again.getByText(/hello \d+/).first()).toBeVisible()
  await listed(page, 'Demo server').click({ button: 'right' })
  await Promise.all([
    again.waitForEvent('close'),
    page.getByRole('menuitem', { name: 'Take back from its window' }).click(),
  ])
  await expect(listed(page, 'Demo server')).not.toHaveAccessibleName(/window of its own|closed/)
})

test('closing a window asks first while messages wait to go out', async ({ page }) => {
  const tab = await page.context().newPage()
  await tab.goto(`${new URL(page.url()).origin}/?role=ventilator`)
  const send = tab.getByRole('button', { name: 'Open ventilator' })
  await tab
    .getByRole('textbox', { name: /: Address 1$/ })
    .first()
    .fill('tcp://127.0.0.1:*')
  await send.click()
  await tab.getByRole('textbox', { name: 'Message' }).fill('nobody is there yet')
  await tab.keyboard.press('Control+Enter')
  await expect(rows(pane(tab, 'Ventilator')).first()).toContainText('nobody is there yet')
  const asked = tab.waitForEvent('dialog')
  await tab.close({ runBeforeUnload: true })
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.accept()
})
