import { expect, needs, test } from './fixture.js'

needs()

/** Each by its title, and what must stand in its last words. */
const scenarios = [
  ['The first one takes it all', /Each did between/],
  ['In turn is not by load', /In turn .*, by demand/],
  ['An idle sink goes away', /collected, 0 lost/],
  ['A worker is killed', /collected, 0 lost/],
  ['A busy sink is killed', /collected, 0 lost/],
  ['The high-water mark', /collected, 0 lost/],
] as const

for (const [title, last] of scenarios)
  test(`scenario: ${title}`, async ({ page }) => {
    await page.getByRole('tab', { name: 'Pipeline' }).click()
    await page.getByRole('button', { name: new RegExp(`^${title}`) }).click()
    const side = page.getByRole('region', { name: 'Beside the graph' })
    await expect(side.getByRole('heading', { name: title })).toBeVisible()
    await expect(side.locator('.chip')).toHaveText('done', { timeout: 45_000 })
    await expect(side.getByRole('listitem').last()).toContainText(last)
    // Every step is done and has its words; no figure is missing in them.
    for (const step of await side.getByRole('listitem').allTextContents()) {
      expect(step.trim()).not.toBe('')
      expect(step).not.toMatch(/undefined|NaN/)
    }
    await side.getByRole('button', { name: 'Clear away' }).click()
    await expect(page.getByRole('button', { name: 'Build', exact: true })).toBeVisible()
  })
