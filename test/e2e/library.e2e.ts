import { readFile } from 'node:fs/promises'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, needs, open, pane, rows, tab, test } from './fixture.js'

/** Serious accessibility faults on the page as it is. */
async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('; ')}`)
}

test.describe('the message library', () => {
  needs({ pyzmq: true })

  test('a message is kept, sent with its variables, deleted and had back', async ({ page, peer }) => {
    await tab(page, 'Pipeline')
    const address = await open(page, 'ventilator', 'tcp://127.0.0.1:*')
    const pull = peer('pull', '--connect', address)
    await pull.ready()
    const out = pane(page, 'Ventilator')
    const field = out.getByRole('textbox', { name: 'Message' })
    await field.fill('{"go": {{speed}}}')
    await field.press('Control+Shift+k')
    const library = page.getByRole('dialog')
    await library.getByRole('button', { name: 'Save what is written' }).click()
    await library.getByRole('textbox', { name: 'Name' }).fill('drive')
    expect(await faults(page)).toEqual([])
    await library.getByRole('combobox', { name: 'Folder' }).fill('vehicle')
    await library.getByRole('combobox', { name: 'Shortcut' }).selectOption('Alt 1')
    await library.getByRole('button', { name: /^Save/ }).click()
    await expect(library.getByRole('heading', { name: 'vehicle' })).toBeVisible()

    expect(await faults(page)).toEqual([])
    await library.getByRole('button', { name: 'Send drive' }).click()
    await library.getByRole('textbox', { name: 'speed' }).fill('13.4')
    expect(await faults(page)).toEqual([])
    await library.getByRole('button', { name: /^Send/ }).click()
    await pull.got('{"go": 13.4}')
    await expect(library.getByText('drive was sent.')).toBeVisible()

    await library.getByRole('button', { name: 'Delete drive' }).click()
    await expect(library.getByText('No messages yet.')).toBeVisible()
    await library.getByRole('button', { name: 'Undo' }).click()
    await page.keyboard.press('Escape')
    await expect(library).toHaveCount(0)
    await expect(field).toHaveValue('{"go": {{speed}}}')

    // The shortcut asks with what was given last.
    await field.press('Alt+1')
    await expect(library.getByRole('textbox', { name: 'speed' })).toHaveValue('13.4')
    await page.keyboard.press('Control+Enter')
    await expect(rows(out)).toHaveCount(2)
    await page.keyboard.press('Escape')

    // It is on every desk, and after a reload.
    await page.reload()
    await tab(page, 'Chat')
    await open(page, 'client', 'tcp://127.0.0.1:9')
    const client = pane(page, 'Client')
    await client.getByRole('button', { name: 'Message library' }).click()
    await library.getByRole('searchbox').fill('veh')
    await library.getByRole('button', { name: /^drive/ }).click()
    await library.getByRole('textbox', { name: 'speed' }).press('Enter')
    await expect(client.getByRole('textbox', { name: 'Message' })).toHaveValue('{"go": 13.4}')
  })

  test('goes out as a file and comes in again, and a bad file gets one sentence', async ({ page }) => {
    await open(page, 'client', 'tcp://127.0.0.1:9')
    const client = pane(page, 'Client')
    await client.getByRole('textbox', { name: 'Message' }).fill('ping')
    await client.getByRole('button', { name: 'Message library' }).click()
    const library = page.getByRole('dialog')
    await library.getByRole('button', { name: 'Save what is written' }).click()
    await library.getByRole('textbox', { name: 'Name' }).fill('ping')
    await library.getByRole('button', { name: /^Save/ }).click()
    const downloading = page.waitForEvent('download')
    await library.getByRole('button', { name: 'Export' }).click()
    const text = await readFile(await (await downloading).path(), 'utf8')
    expect(JSON.parse(text)).toMatchObject({ kind: 'socketeer-library', version: 1, messages: [{ name: 'ping' }] })

    const take = (name: string, content: string) =>
      library
        .locator('input[type=file]')
        .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) })
    await library.getByRole('button', { name: 'Delete ping' }).click()
    await take('messages.json', text)
    await expect(library.getByRole('button', { name: 'Send ping' })).toBeVisible()
    await take('messages.json', text)
    await expect(library.getByText('0 messages imported, 1 were here already.')).toBeVisible()
    await take('bad.json', text.replace('"frames": [', '"frames": [7, '))
    await expect(library.getByRole('alert')).toHaveText(
      'bad.json, at messages[1].frames[1]: expected string, found 7. Nothing was imported.',
    )
  })

  test('a session is copied as code, in each language', async ({ page }) => {
    await open(page, 'client', 'tcp://127.0.0.1:9')
    const client = pane(page, 'Client')
    await client.getByRole('textbox', { name: 'Message' }).fill('where to?')
    await client.getByRole('button', { name: /^More/ }).click()
    await page.getByRole('menuitem', { name: 'Copy as code' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByText('b"where to?"')).toBeVisible()
    expect(await faults(page)).toEqual([])
    await dialog.getByRole('radio', { name: 'JavaScript' }).click()
    await dialog.getByRole('checkbox').uncheck()
    await dialog.getByRole('button', { name: 'Copy the code' }).click()
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
    await expect.poll(clipboard).toContain("import { Request } from 'zeromq'")
    expect(await clipboard()).toContain("['hello']")
    await dialog.getByRole('radio', { name: 'C++' }).click()
    await expect(dialog.getByText('#include <zmq.hpp>')).toBeVisible()
  })
})
