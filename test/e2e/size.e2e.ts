import { expect, needs, open, pane, rows, tab, test } from './fixture.js'

test.describe('much of it', () => {
  needs({ pyzmq: true })

  test('a message of 5 MB is opened, and only the lines in view are drawn', async ({ page, peer }) => {
    await tab(page, 'Pipeline')
    const push = peer('push', '--connect', await open(page, 'sink', 'tcp://127.0.0.1:*'))
    await push.ready()
    push.send(Array.from({ length: 400_000 }, (_, i) => `line ${i}`).join('\n'))
    const sink = pane(page, 'Sink')
    await rows(sink).first().click()
    const looked = sink.getByRole('region', { name: 'Message #1' })
    await expect(looked.getByText('line 0', { exact: true })).toBeVisible()
    expect(await looked.locator('.line').count()).toBeLessThan(80)
    await looked.getByRole('group', { name: 'Content of frame 1' }).press('End')
    await expect(looked.getByText('line 399999', { exact: true })).toBeVisible()
    await looked.getByRole('combobox', { name: 'Shown as' }).selectOption('Hex')
    await expect(looked.getByText(/^00000000 {2}6c 69 6e 65/)).toBeVisible()
  })

  test('thousands of rows: all are counted, few are drawn, and the first and the last can be reached', async ({
    page,
    peer,
  }) => {
    await tab(page, 'Pipeline')
    const push = peer('push', '--connect', await open(page, 'sink', 'tcp://127.0.0.1:*'))
    await push.ready()
    const many = 5000
    for (let i = 1; i <= many; i++) push.send(`number ${i}`)
    const sink = pane(page, 'Sink')
    await expect(sink.getByText('of 5,000')).toBeVisible()
    await expect(rows(sink).last()).toContainText('number 5000')
    expect(await rows(sink).count()).toBeLessThan(60)
    await sink.getByRole('grid').press('Home')
    await expect(rows(sink).first()).toContainText('number 1')
    await expect(sink.getByRole('grid')).toHaveAttribute('aria-rowcount', '5001')
  })
})
