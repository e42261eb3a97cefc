import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, needs, open, pane, rows, Served, test } from './fixture.js'

needs()

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze()
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('; ')}`)
}

test('the tour comes with the first run, blocks nothing, and does not come again once it was walked', async ({
  system,
}) => {
  const app = new Served()
  app.forget()
  await app.start()
  const context = await system.newContext({
    viewport: { width: 900, height: 600 },
    locale: 'en-US',
    reducedMotion: 'reduce',
  })
  try {
    const page = await context.newPage()
    await page.goto(app.url)
    const tour = page.getByRole('dialog', { name: 'Tour' })
    await expect(tour.getByRole('heading', { name: 'Three desks' })).toBeVisible()
    expect(await violations(page)).toEqual([])
    // What lies beside it can be used meanwhile, and nothing took the focus.
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY')
    await page.getByRole('tab', { name: 'Radio' }).click()
    await expect(page.getByRole('tab', { name: 'Radio' })).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.type('gc')
    await expect(page.getByRole('tab', { name: 'Chat' })).toHaveAttribute('aria-selected', 'true')

    // By keyboard: the card is the first stop of Tab.
    await tour.getByRole('button', { name: 'Next' }).focus()
    for (const title of ['No peer at hand?', 'All that is open', 'Everything by its name', 'How it works']) {
      await page.keyboard.press('Enter')
      await expect(tour.getByRole('heading', { name: title })).toBeVisible()
      const box = await tour.boundingBox()
      expect(box !== null && box.x >= 0 && box.y >= 0 && box.x + box.width <= 900 && box.y + box.height <= 600).toBe(
        true,
      )
    }
    await page.keyboard.press('Enter')
    await expect(tour).toBeHidden()
    await page.reload()
    await expect(page.getByRole('button', { name: 'Start the demo' })).toBeVisible()
    await expect(tour).toBeHidden()

    // It can be had again, and left.
    await page.keyboard.press('F1')
    await page.getByRole('dialog', { name: 'Help' }).getByRole('button', { name: 'Take the tour' }).click()
    await expect(tour.getByRole('button', { name: 'Next' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(tour).toBeHidden()
  } finally {
    await context.close()
    await app.remove()
  }
})

test('help has each pattern with a drawing that can be stopped, in both languages, and starts its demo', async ({
  page,
}) => {
  await page.keyboard.press('F1')
  const help = page.getByRole('dialog', { name: 'Help' })
  await expect(help.getByRole('heading', { name: 'Request–reply: one question, one answer' })).toBeVisible()
  // It goes by itself until it is stopped, and then step by step.
  await help.getByRole('button', { name: 'Pause' }).click()
  await help.getByRole('button', { name: 'Next step' }).focus()
  const step = help.getByText(/^\d of 5$/)
  const before = Number((await step.textContent())?.[0])
  await page.keyboard.press('Enter')
  await expect(step).toHaveText(`${(before % 5) + 1} of 5`)
  expect(await violations(page)).toEqual([])
  await help.getByRole('tab', { name: /^Publish–subscribe/ }).click()
  await expect(help.getByText(/the slow joiner\.$/)).toBeVisible()
  await help.getByRole('tab', { name: 'The words on the screen' }).click()
  await expect(help.getByText('Whether it was sent, arrived or was read is not known.')).toBeVisible()
  await help.getByRole('tab', { name: /^Pipeline/ }).click()
  await help.getByRole('button', { name: 'Start the demo' }).click()
  await expect(help).toBeHidden()
  await page.getByRole('radio', { name: 'Panes' }).click()
  await expect(rows(pane(page, 'Demo sink')).first()).toBeVisible()

  // Calm where that is wanted: nothing moves until it is asked to.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.keyboard.press('Control+,')
  await page.getByRole('combobox', { name: 'Language' }).selectOption('简体中文')
  await page.keyboard.press('Escape')
  await page.keyboard.press('F1')
  const chinese = page.getByRole('dialog', { name: '帮助' })
  await expect(chinese.getByRole('heading', { name: '流水线：轮流分派任务' })).toBeVisible()
  await expect(chinese.getByRole('button', { name: '播放' })).toBeVisible()
  await expect(chinese.getByText('1 / 5')).toBeVisible()
})

test('About says what runs here, and copies it without a word of what was said', async ({ page }) => {
  const address = await open(page, 'server', 'tcp://127.0.0.1:*')
  await open(page, 'client', address)
  await pane(page, 'Client').getByRole('textbox', { name: 'Message' }).fill('the secret of the house')
  await page.getByRole('button', { name: /^Ask/ }).click()
  await expect(rows(pane(page, 'Server'))).toHaveCount(1)
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('combobox').fill('about')
  await page.keyboard.press('Enter')
  const about = page.getByRole('dialog', { name: 'About Socketeer' })
  for (const name of ['Socketeer', 'Node.js', 'zeromq.js', 'libzmq'])
    await expect(about.getByRole('term').filter({ hasText: new RegExp(`^${name}$`) })).toBeVisible()
  expect(await violations(page)).toEqual([])
  await about.getByRole('button', { name: 'Copy diagnostics' }).click()
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
  await expect.poll(clipboard).toMatch(/^versions: +socketeer \d.*libzmq \d/m)
  const text = await clipboard()
  expect(text).toMatch(/2\. client, open\n.*out 1 messages 23 bytes/)
  expect(text).toMatch(/bind tcp, this machine: listening, peers 1/)
  for (const secret of ['secret', address, new URL(page.url()).host]) expect(text).not.toContain(secret)
})
