import { readFile } from 'node:fs/promises'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { drop } from './drop.js'
import { expect, fetchDesks, needs, open, test } from './fixture.js'

needs()

const listed = (page: Page, name: string) =>
  page.getByRole('complementary', { name: 'Sessions' }).getByRole('button', { name: new RegExp(`^${name}`) })

const command = async (page: Page, query: string): Promise<void> => {
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog', { name: 'Commands' }).getByRole('combobox').fill(query)
  await page.keyboard.press('Enter')
}

test('a workspace is saved, changed and opened again; nothing opens that was not ticked', async ({ page }) => {
  await open(page, 'server', 'tcp://127.0.0.1:*')
  const download = page.waitForEvent('download')
  await page.keyboard.press('Control+s')
  const file = await download
  expect(file.suggestedFilename()).toMatch(/^workspace-[\d-]+\.socketeer\.json$/)
  const text = await readFile(await file.path(), 'utf8')
  const workspace = JSON.parse(text) as { sessions: object[]; layout: { desk: string } }
  workspace.layout.desk = 'radio'
  workspace.sessions.push(
    { role: 'subscriber', name: 'far', endpoints: [{ method: 'connect', address: 'tcp://192.0.2.1:5000' }] },
    { role: 'sink', name: 'path', endpoints: [{ method: 'bind', address: 'ipc:///tmp/socketeer-never.sock' }] },
  )

  await listed(page, 'Server').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Forget' }).click()
  await drop(page, 'lab.socketeer.json', JSON.stringify(workspace))
  const dialog = page.getByRole('dialog', { name: 'Open “lab.socketeer.json”?' })
  await expect(dialog.getByText('It brings 3 sessions')).toBeVisible()
  await expect(dialog.getByRole('checkbox', { name: /^Server/ })).toBeChecked()
  for (const [name, why] of [
    ['far', 'beyond this machine'],
    ['path', 'a file on this machine'],
  ] as const) {
    await expect(dialog.getByRole('checkbox', { name: new RegExp(`^${name}`) })).not.toBeChecked()
    await expect(dialog.getByText(why)).toBeVisible()
  }
  await dialog.getByRole('checkbox', { name: /^far/ }).check()
  await expect(dialog.getByText(/reaches beyond this machine/)).toBeVisible()
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
  await dialog.getByRole('checkbox', { name: /^far/ }).uncheck()
  await dialog.getByRole('button', { name: 'Open, with 1 session’s sockets' }).click()
  await expect(listed(page, 'Server')).toHaveAccessibleName(/listening/)
  await expect(page.getByRole('tab', { name: 'Radio', exact: true })).toHaveAttribute('aria-selected', 'true')
  for (const name of ['far', 'path']) await expect(listed(page, name)).toHaveAccessibleName(/closed/)

  // It is offered again, and a broken one gets one sentence.
  await command(page, 'open again lab')
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await drop(page, 'cut.socketeer.json', text.slice(0, 40))
  await expect(page.getByText(/^This is no workspace that Socketeer can open: it is not JSON/)).toBeVisible()
})

test('at the next start it is asked once what becomes of open sockets, and the answer can be kept', async ({
  app,
  page,
}) => {
  await open(page, 'server', 'tcp://127.0.0.1:*')
  await fetchDesks(page)
  await app.stop()
  await app.start()
  await page.goto(app.url)
  const bar = page.getByRole('region', { name: 'Sessions of the last run' })
  await expect(bar).toContainText('1 session was open when Socketeer last ended: Server (tcp://127.0.0.1:*)')
  await expect(listed(page, 'Server')).toHaveAccessibleName(/closed/)
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
  await bar.getByRole('checkbox', { name: 'Always so' }).check()
  await bar.getByRole('button', { name: 'Reopen' }).click()
  await expect(bar).toBeHidden()
  await expect(listed(page, 'Server')).toHaveAccessibleName(/listening/)

  await fetchDesks(page)
  await app.stop()
  await app.start()
  await page.goto(app.url)
  await expect(listed(page, 'Server')).toHaveAccessibleName(/listening/)
  await expect(bar).toBeHidden()
})
