import { expect, fetchDesks, needs, open, pane, rows, tab, test } from './fixture.js'

needs()

/** A server that echoes and a client connected to it; gives the client's pane. */
async function echo(page: Parameters<typeof open>[0]) {
  const server = page.locator('form').filter({ has: page.getByRole('button', { name: 'Open server', exact: true }) })
  await server.getByRole('radio', { name: 'echo' }).click()
  await open(page, 'client', await open(page, 'server', 'tcp://127.0.0.1:*'))
  return pane(page, 'Client')
}

/** Asks, and waits for the answer: two rows more. */
async function ask(client: ReturnType<typeof pane>, text: string) {
  const before = await rows(client).count()
  await client.getByRole('textbox', { name: 'Message' }).fill(text)
  await client.getByRole('button', { name: /^Ask/ }).click()
  await expect(rows(client)).toHaveCount(before + 2)
  await expect(client.getByText('last question answered')).toBeVisible()
}

test('the three desks are tabs with these names, in either language', async ({ page }) => {
  const names = () => page.getByRole('tab').allTextContents()
  expect(await names()).toEqual(['Chat', 'Radio', 'Pipeline'])
  await page.getByRole('button', { name: 'Language' }).click()
  await page.getByRole('menuitemradio', { name: '简体中文' }).click()
  await expect(page.getByRole('button', { name: '打开服务端' })).toBeVisible()
  expect(await names()).toEqual(['Chat', 'Radio', 'Pipeline'])
})

for (const [desk, side] of [
  ['Chat', 'Demo client'],
  ['Radio', 'Demo radio'],
  ['Pipeline', 'Demo sink'],
] as const)
  test(`${desk} starts a demo with one press, and traffic is seen`, async ({ page }) => {
    await tab(page, desk)
    await page.getByRole('button', { name: 'Start the demo' }).click()
    await expect(rows(pane(page, side)).nth(2)).toBeVisible()
    await expect(page.getByRole('button', { name: 'Start the demo' })).toHaveCount(0)
  })

test('a reload loses no row, no draft and no place', async ({ page }) => {
  const client = await echo(page)
  for (const text of ['one', 'two', 'three']) await ask(client, text)
  await client.getByRole('textbox', { name: 'Message' }).fill('not sent yet')
  await page.reload()
  await expect(rows(client)).toHaveCount(6)
  await expect(rows(client).nth(5)).toContainText('three')
  await expect(client.getByRole('textbox', { name: 'Message' })).toHaveValue('not sent yet')
})

test('language and theme change at once and lose no draft', async ({ page }) => {
  const client = await echo(page)
  await ask(client, 'hello')
  const field = client.getByRole('textbox', { name: 'Message' })
  await field.fill('a draft\nof two lines')
  const mark = await page.evaluate(() => ((window as { mark?: number }).mark = Math.random()))

  await page.getByRole('button', { name: 'Theme' }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.getByRole('button', { name: 'Language' }).click()
  await page.getByRole('menuitemradio', { name: '简体中文' }).click()
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')

  const zh = pane(page, '客户端')
  await expect(zh.getByText('轮到你提问')).toBeVisible()
  await expect(zh.getByRole('textbox', { name: '消息' })).toHaveValue('a draft\nof two lines')
  await expect(rows(zh).nth(1)).toContainText('收')
  expect(await page.evaluate(() => (window as { mark?: number }).mark)).toBe(mark)

  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await expect(page.getByRole('button', { name: '语言' })).toBeVisible()
})

for (const [address, sentence] of [
  ['tcp://127.0.0.1:99999', /99999.*65535/],
  ['http://localhost:80', /http:\/\/.*tcp:\/\//],
  ['tcp://127.0.0.1', /port is missing/],
  ['', /missing/],
] as const)
  test(`the address “${address}” is refused with a sentence as one types`, async ({ page }) => {
    const form = page.locator('form').filter({ has: page.getByRole('button', { name: 'Open client', exact: true }) })
    const field = form.getByRole('textbox', { name: 'Addresses: Address 1' })
    await field.fill(address)
    await expect(form.getByRole('status').filter({ hasText: sentence })).toBeVisible()
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await form.getByRole('button', { name: 'Open client' }).click()
    await expect(field).toHaveValue(address)
    await expect(page.getByText('none yet')).toHaveCount(3)
  })

test('a port in use: the pane says so, and its settings can be mended', async ({ page }) => {
  const address = await open(page, 'server', 'tcp://127.0.0.1:*')
  await page.getByRole('button', { name: 'More actions for Server' }).click()
  await page.getByRole('menuitem', { name: /New session/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Addresses: Address 1' }).fill(address)
  await dialog.getByRole('textbox', { name: /^Name/ }).fill('Second')
  await dialog.getByRole('button', { name: 'Open server' }).click()

  const second = pane(page, 'Second')
  await expect(second.getByRole('alert')).toContainText('is in use by another program')
  await second.getByRole('button', { name: 'More actions for Second' }).click()
  await page.getByRole('menuitem', { name: /Settings/ }).click()
  await dialog.getByRole('textbox', { name: 'Addresses: Address 1' }).fill('tcp://127.0.0.1:*')
  await dialog.getByRole('button', { name: 'Reopen with these' }).click()
  await expect(second.getByText(/^listening/)).toBeVisible()
  await expect(second.getByRole('alert')).toHaveCount(0)
})

test('a second send of a strict client fails with EFSM, says what that means, and keeps the text', async ({ page }) => {
  const address = await open(page, 'server', 'tcp://127.0.0.1:*')
  await page.getByRole('checkbox', { name: /^Strict/ }).check()
  await open(page, 'client', address)
  const client = pane(page, 'Client')
  await expect(client.getByText('up', { exact: true })).toBeVisible()
  const field = client.getByRole('textbox', { name: 'Message' })
  await field.fill('first')
  await field.press('Control+Enter')
  await expect(client.getByText(/^waiting .* strict/)).toBeVisible()
  await field.fill('second')
  await field.press('Control+Enter')
  await expect(client.getByRole('alert')).toContainText('EFSM')
  await expect(client.getByRole('alert')).toContainText('What this means')
  await expect(field).toHaveValue('second')
})

test('what was forgotten comes back with undo, open as it was', async ({ page }) => {
  const client = await echo(page)
  await ask(client, 'keep me')
  await client.getByRole('button', { name: 'More actions for Client' }).click()
  await page.getByRole('menuitem', { name: 'Forget' }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(rows(client).nth(1)).toContainText('keep me')
  await expect(client.getByRole('button', { name: 'Close', exact: true })).toBeVisible()

  // The page goes while that could still be undone: the session goes with it.
  await client.getByRole('button', { name: 'More actions for Client' }).click()
  await page.getByRole('menuitem', { name: 'Forget' }).click()
  await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible()
  await expect(client).toHaveCount(0)
  await page.reload()
  await expect(pane(page, 'Server')).toBeVisible()
  await expect(client).toHaveCount(0)
})

test('hostile text is shown, not obeyed', async ({ page }) => {
  const client = await echo(page)
  await ask(client, '<img src=x onerror=alert(1)>\u202egnp.exe\u200b')
  const row = rows(client).nth(1)
  await expect(row).toContainText('<img src=x onerror=alert(1)>⟨U+202E⟩gnp.exe⟨U+200B⟩')
  await row.click()
  await expect(client.getByRole('region', { name: /^Message/ })).toContainText('⟨U+202E⟩')
  expect(await page.locator('img').count()).toBe(0)
})

test('the list is worked with the keyboard, and Escape closes what Enter opened', async ({ page }) => {
  const client = await echo(page)
  for (const text of ['one', 'two']) await ask(client, text)
  await client.getByRole('grid').focus()
  await page.keyboard.press('Home')
  const looked = client.getByRole('region', { name: 'Message #1' })
  await expect(looked).toContainText('one')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(client.getByRole('region', { name: 'Message #3' })).toContainText('two')
  await page.keyboard.press('Escape')
  await expect(client.getByRole('region', { name: /^Message/ })).toHaveCount(0)
})

test('↑ brings back what was sent, ↓ what was being written', async ({ page }) => {
  const client = await echo(page)
  await ask(client, 'sent before')
  const field = client.getByRole('textbox', { name: 'Message' })
  await field.fill('being written')
  await field.press('Home')
  await field.press('ArrowUp')
  await expect(field).toHaveValue('sent before')
  await field.press('ArrowDown')
  await expect(field).toHaveValue('being written')
})

test('a line that is lost comes back by itself, with everything on the page in its place', async ({ page, app }) => {
  // It would ask the next engine for more, which does not know it yet.
  await fetchDesks(page)
  const client = await echo(page)
  await ask(client, 'before')
  await client.getByRole('textbox', { name: 'Message' }).fill('a draft')
  const { port } = app
  await app.stop()
  await expect(page.getByText('The line to the engine is lost')).toBeVisible()
  await expect(rows(client)).toHaveCount(2)
  await expect(client.getByRole('textbox', { name: 'Message' })).toHaveValue('a draft')
  // Another engine has another token: after a visit with it, the page that stayed open finds the line again.
  await app.start(port)
  const visit = await page.context().newPage()
  await visit.goto(app.url)
  await expect(page.getByText('The line to the engine is lost')).toHaveCount(0)
})
