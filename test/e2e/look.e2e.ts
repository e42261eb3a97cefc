import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, needs, pane, rows, tab, test } from './fixture.js'

needs()

const demos = { Chat: 'Demo client', Radio: 'Demo radio', Pipeline: 'Demo sink' } as const

/** @param rules those alone; all if left out */
async function violations(page: Page, rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page })
  const { violations: found } = await (rules === undefined ? axe : axe.withRules(rules)).analyze()
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} (${String(failureSummary)})`).join('; ')}`,
    )
}

for (const theme of ['Light', 'Dark'])
  test(`no serious accessibility faults in ${theme.toLowerCase()}, empty and busy, with what can be opened`, async ({
    page,
  }) => {
    // Nine times the whole page is gone through.
    test.slow()
    // A theme changes colours and nothing else: in the second one only they are looked at.
    const rules = theme === 'Light' ? undefined : ['color-contrast']
    await page.getByRole('button', { name: 'Theme' }).click()
    await page.getByRole('menuitemradio', { name: theme }).click()
    for (const desk of ['Chat', 'Radio', 'Pipeline'] as const) {
      await tab(page, desk)
      expect(await violations(page, rules), `${desk}, empty`).toEqual([])
      await page.getByRole('button', { name: 'Start the demo' }).click()
      const list = rows(pane(page, demos[desk]))
      await expect(list.first()).toBeVisible()
      await list.first().click()
      await expect(page.getByRole('region', { name: /^Message #/ })).toBeVisible()
      expect(await violations(page, rules), `${desk}, busy`).toEqual([])
    }
    await pane(page, demos.Pipeline)
      .getByTitle(/^Link state/)
      .click()
    await expect(page.getByRole('list', { name: 'What happened on the link' })).toBeVisible()
    expect(await violations(page, rules), 'link history').toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: `More actions for ${demos.Pipeline}` }).click()
    await page.getByRole('menuitem', { name: /Settings/ }).click()
    await page.getByText('Socket options').last().click()
    expect(await violations(page, rules), 'settings').toEqual([])
  })

/** Controls and headings that are cut off: outside of the window, or of what hides its overflow, and not to be scrolled to. */
function clipped(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    // Until its letters are there, other ones stand in, of another width.
    await document.fonts.ready
    const found: string[] = []
    for (const element of document.querySelectorAll<HTMLElement>(
      'button, input, textarea, summary, h1, h2, h3, dd, [role=tab]',
    )) {
      let box = element.getBoundingClientRect()
      if (box.width === 0 || box.height === 0 || getComputedStyle(element).visibility === 'hidden') continue
      if (element.closest('.unseen, [role=grid]') !== null) continue
      const name = `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent}`.trim().slice(0, 60)
      for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(parent)
        const around = parent.getBoundingClientRect()
        if (/auto|scroll/.test(overflowY)) {
          // It can be scrolled to; from here on the scrolled part itself has to be in view.
          if (!/auto|scroll/.test(overflowX) && (box.right > around.right + 1 || box.left < around.left - 1))
            found.push(`${name}: cut at the side`)
          box = around
        } else if (overflowY === 'hidden' || overflowX === 'hidden') {
          if (box.bottom > around.bottom + 1 || box.right > around.right + 1 || box.top < around.top - 1)
            found.push(`${name}: cut by ${parent.tagName}.${parent.className}`)
        }
      }
      if (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1 || box.top < -1)
        found.push(`${name}: outside of the window`)
      if (element.matches('button:not(.session)') && element.scrollWidth > element.clientWidth + 1)
        found.push(`${name}: its text is cut`)
    }
    return found
  })
}

for (const [language, item] of [
  ['English', 'English'],
  ['Chinese', '简体中文'],
] as const)
  test(`nothing is clipped at 900 × 600 in ${language}`, async ({ page }) => {
    await page.setViewportSize({ width: 900, height: 600 })
    for (const desk of ['Chat', 'Radio', 'Pipeline'] as const) {
      await page.getByRole('button', { name: 'Language' }).click()
      await page.getByRole('menuitemradio', { name: item }).click()
      await tab(page, desk)
      expect(await clipped(page), `${desk}, empty`).toEqual([])
      await page.getByRole('button', { name: /语言|Language/ }).click()
      await page.getByRole('menuitemradio', { name: 'English' }).click()
      await page.getByRole('button', { name: 'Start the demo' }).click()
      if (desk === 'Pipeline') await page.getByRole('button', { name: /^Sink .*collected/ }).click()
      const list = rows(pane(page, demos[desk]))
      await expect(list.first()).toBeVisible()
      await list.first().click()
      await page.getByRole('button', { name: 'Language' }).click()
      await page.getByRole('menuitemradio', { name: item }).click()
      expect(await clipped(page), `${desk}, busy`).toEqual([])
      await page.getByRole('button', { name: /语言|Language/ }).click()
      await page.getByRole('menuitemradio', { name: 'English' }).click()
    }
  })
