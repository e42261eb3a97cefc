import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, needs, open, tab, test } from './fixture.js'

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).include('.map-dialog').analyze()
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('; ')}`)
}

test.describe('the map', () => {
  needs({ pyzmq: true })

  test('has every session, the addresses where they meet, and whoever else is there; it leads to each, and is a list too', async ({
    page,
    peer,
  }) => {
    const map = page.getByRole('dialog', { name: 'Map of everything' })
    // Empty, it says what it is for.
    await page.getByRole('button', { name: 'Map of everything' }).click()
    await expect(map.getByRole('heading', { name: 'Nothing is open yet' })).toBeVisible()
    await page.keyboard.press('Escape')

    const address = await open(page, 'server', 'tcp://127.0.0.1:*')
    await open(page, 'client', address)
    const asker = peer('req', '--connect', address)
    await asker.ready()
    asker.send('who am I?')
    await expect(page.getByText('who am I?').first()).toBeVisible()
    // A publisher that is not ours.
    const station = peer('pub', '--bind', 'tcp://127.0.0.1:*')
    const far = await station.ready()
    await tab(page, 'Radio')
    await open(page, 'subscriber', far)
    await station.subscribed('')

    await page.keyboard.type('gm')
    const node = (name: RegExp) => map.locator('.svelte-flow__node').and(page.getByRole('group', { name }))
    // Two of ours meet at one address; the third is somebody, and nobody knows who.
    await expect(node(/^Server, server, listening · 2 peers/)).toBeVisible()
    await expect(node(new RegExp(`^${address}, this machine, we listen`))).toHaveCount(1)
    await expect(node(/^A peer connected, 1 client has asked, who: not known/)).toBeVisible()
    await expect(node(new RegExp(`^${far}, this machine, not ours`))).toBeVisible()
    await expect(node(/^A peer is there, who: not known/)).toBeVisible()
    await expect(map.locator('.svelte-flow__node')).toHaveCount(7)
    await expect(map.getByText('Sessions: 3 · addresses: 2 · others seen: 2')).toBeVisible()
    expect(await violations(page)).toEqual([])

    // Arrow keys go along; Enter goes there.
    await node(/^Client/).focus()
    await page.keyboard.press('ArrowRight')
    await expect(node(new RegExp(`^${address}`))).toBeFocused()
    await page.keyboard.press('ArrowRight')
    await expect(node(/^Server/)).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(map).toBeHidden()
    await expect(page.getByRole('tab', { name: 'Chat' })).toHaveAttribute('aria-selected', 'true')

    // The same as a list.
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill('map')
    await page.keyboard.press('Enter')
    await map.getByRole('radio', { name: 'List' }).click()
    const list = map.getByRole('list', { name: 'Map of everything' })
    await expect(list.getByRole('button', { name: new RegExp(`^${address} this machine`) })).toBeVisible()
    await expect(list.getByRole('button', { name: /^Server server · bind · listening · 2 peers/ })).toBeVisible()
    expect(await violations(page)).toEqual([])
    await list.getByRole('button', { name: /^Subscriber subscriber · connect/ }).click()
    await expect(map).toBeHidden()
    await expect(page.getByRole('tab', { name: 'Radio' })).toHaveAttribute('aria-selected', 'true')

    // A session's menu: another name, without closing anything.
    await page
      .getByRole('complementary')
      .getByRole('button', { name: /^Server/ })
      .press('Shift+F10')
    await page.getByRole('menuitem', { name: 'Rename…' }).click()
    const field = page.getByRole('dialog').getByRole('textbox', { name: 'Name' })
    await field.fill('Rig')
    await field.press('Enter')
    const renamed = page.getByRole('complementary').getByRole('button', { name: /^Rig/ })
    await expect(renamed).toHaveAccessibleName(/listening · 2 peers/)
    await renamed.click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Copy the address' }).click()
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(address)
    await renamed.click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Copy as code…' }).click()
    await expect(page.getByRole('dialog', { name: /Rig/ })).toBeVisible()
  })
})
