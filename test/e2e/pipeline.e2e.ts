import type { Locator, Page } from '@playwright/test'
import AxeBuilder from '@axe-core/playwright'
import { contentOf, expect, needs, test } from './fixture.js'

needs()

const graph = (page: Page): Locator => page.getByRole('region', { name: 'Graph of the pipeline' })
const node = (page: Page, name: string): Locator => graph(page).getByRole('group', { name, exact: true })
const side = (page: Page): Locator => page.getByRole('region', { name: 'Beside the graph' })
/** A figure of the audit's sum. */
const sum = (page: Page, word: string): Locator =>
  side(page)
    .locator('.sum dt')
    .filter({ hasText: new RegExp(`^${word}$`) })
    .locator('xpath=following-sibling::dd[1]')

/** Opens a stage from the desk's menu, on a free port where it binds; gives the address as bound. */
async function add(page: Page, role: 'Ventilator' | 'Worker' | 'Sink', fields: Record<string, string>): Promise<void> {
  await page.getByRole('button', { name: 'Add a node' }).click()
  await page.getByRole('menuitem', { name: `${role}…` }).click()
  const dialog = page.getByRole('dialog')
  for (const [name, value] of Object.entries(fields))
    await dialog.getByRole('textbox', { name, exact: true }).fill(value)
  await dialog.getByRole('button', { name: `Open ${role.toLowerCase()}` }).click()
  await expect(dialog).toHaveCount(0)
}
const entry = (page: Page, name: string): Locator =>
  page.getByRole('complementary').getByRole('button', { name: new RegExp(`^${name} `) })
async function addressOf(page: Page, name: string): Promise<string> {
  await expect(entry(page, name)).toContainText(/127\.0\.0\.1:\d+/)
  return `tcp://${/127\.0\.0\.1:\d+/.exec((await entry(page, name).textContent()) ?? '')?.[0] ?? ''}`
}
/** So many workers have come to the ventilator. */
async function reached(page: Page, workers: number): Promise<void> {
  await expect(entry(page, 'Ventilator')).toHaveAccessibleName(new RegExp(`listening · ${workers} peers?\\b`))
}
/** A ventilator, `workers` workers in one session, and a sink, on free ports. */
async function pipeline(page: Page, workers: number, delay: number): Promise<void> {
  await page.getByRole('tab', { name: 'Pipeline' }).click()
  await add(page, 'Sink', { 'Addresses: Address 1': 'tcp://127.0.0.1:*' })
  await add(page, 'Ventilator', { 'Addresses: Address 1': 'tcp://127.0.0.1:*' })
  const [from, to] = [await addressOf(page, 'Ventilator'), await addressOf(page, 'Sink')]
  await add(page, 'Worker', {
    'Tasks come from: Address 1': from,
    'Results go to: Address 1': to,
    'Simulated work per task (ms)': String(delay),
  })
  await expect(node(page, 'Worker')).toBeVisible()
  if (workers > 1) {
    await node(page, 'Worker').click()
    await side(page).getByRole('textbox', { name: 'Workers Each' }).fill(String(workers))
    await side(page).getByRole('button', { name: 'Apply' }).click()
    await expect(side(page).getByRole('button', { name: 'Apply' })).toBeDisabled()
    await side(page).getByRole('radio', { name: 'Audit' }).click()
  }
  await reached(page, workers)
}
async function work(page: Page, count: number): Promise<void> {
  await page.getByRole('button', { name: 'Make work' }).first().click()
  await page.getByRole('radio', { name: 'Generate' }).click()
  await page.getByRole('textbox', { name: /^How many/ }).fill(String(count))
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
}
async function serious(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ html }) => html.slice(0, 300))
          .join('; ')}`,
    )
}

test('a pipeline is drawn, its work adds up, and can be taken away as CSV, JSON and SVG', async ({ page }) => {
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  await page.reload()
  await pipeline(page, 3, 1)
  for (const name of ['Ventilator', 'Worker 1', 'Worker 2', 'Worker 3', 'Sink'])
    await expect(node(page, name)).toBeVisible()
  await work(page, 300)
  await expect(sum(page, 'collected')).toHaveText('300')
  await expect(sum(page, 'made')).toHaveText('300')
  await expect(sum(page, 'lost')).toHaveText('0')
  await expect(side(page).getByRole('img', { name: 'adds up' })).toBeVisible()
  await expect(node(page, 'Sink')).toContainText('300 collected')
  await expect(page.getByRole('application', { name: 'Who worked when: 3 of 3 lanes' })).toBeVisible()

  await page.getByRole('radio', { name: 'Tasks', exact: true }).click()
  await page.getByRole('combobox', { name: 'Which tasks' }).selectOption('collected')
  await expect(page.getByRole('grid', { name: 'Tasks of the run' })).toHaveAttribute('aria-rowcount', '301')
  expect(await serious(page)).toEqual([])

  const take = async (item: string): Promise<string> => {
    await page.getByRole('button', { name: 'Export' }).click()
    const saved = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: item }).click()
    return await contentOf(await saved)
  }
  expect((await take('Tasks as CSV')).trim().split('\n')).toHaveLength(301)
  expect(JSON.parse(await take('Figures as JSON'))).toMatchObject({ counts: { made: 300, collected: 300, lost: 0 } })
  const svg = await take('Graph as SVG')
  expect(svg).toContain('<svg xmlns="http://www.w3.org/2000/svg"')
  expect(svg).toContain('Worker 3')
})

test('with the keyboard: to a node, its panel, killing one worker and opening it again', async ({ page }) => {
  await pipeline(page, 2, 0)
  await node(page, 'Worker 2').focus()
  await page.keyboard.press('Enter')
  await expect(side(page).getByRole('heading', { name: 'Worker 2' })).toBeVisible()
  await node(page, 'Worker 2').focus()
  await page.keyboard.press('k')
  const state = (name: string): Locator => node(page, name).locator('.state')
  await expect(state('Worker 2')).toHaveText('crashed')
  await expect(state('Worker 1')).toHaveText('open')
  await page.keyboard.press('o')
  await expect(state('Worker 2')).toHaveText('open')
  await side(page).getByRole('radio', { name: 'Messages' }).click()
  await expect(side(page).getByRole('region', { name: 'Worker' })).toBeVisible()
})

test('tasks typed and from a file; pause, resume and stop', async ({ page }) => {
  await pipeline(page, 1, 0)
  await page.getByRole('button', { name: 'Make work' }).first().click()
  await page.getByRole('radio', { name: 'Type or paste' }).click()
  await page.getByRole('textbox', { name: 'Tasks' }).fill('one\ntwo\n\nthree')
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(sum(page, 'collected')).toHaveText('3')
  await expect(page.getByText('3 of 3', { exact: true })).toBeVisible()

  await page.getByRole('button', { name: 'Make work' }).first().click()
  await page.getByRole('radio', { name: 'File' }).click()
  await page.getByLabel('Choose a file').setInputFiles({
    name: 'jobs.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('a,b\n1,x\n2,y\n'),
  })
  await expect(page.getByRole('radio', { name: 'CSV' })).toHaveAttribute('aria-checked', 'true')
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(sum(page, 'made')).toHaveText('2')
  await expect(sum(page, 'collected')).toHaveText('2')

  await work(page, 0)
  await page.getByRole('button', { name: 'Pause' }).first().click()
  await page.getByRole('button', { name: 'Resume' }).first().click()
  await page.getByRole('button', { name: 'Stop making work' }).click()
  await expect(page.getByText('done', { exact: true })).toBeVisible()
})

test('a paused sink says how much waits for it in ZeroMQ, connection by connection, and takes it when it goes on', async ({
  page,
}) => {
  await pipeline(page, 2, 0)
  await node(page, 'Sink').click()
  const waits = side(page).locator('dt', { hasText: 'Waiting at its socket' }).locator('xpath=following-sibling::dd[1]')
  await expect(waits).toHaveText('0')
  await side(page).getByRole('button', { name: 'Pause' }).click()
  await expect(node(page, 'Sink').locator('.state')).toHaveText('paused')
  await work(page, 40)
  await node(page, 'Sink').click()
  await expect(waits).toHaveText('40')
  await expect(node(page, 'Sink')).toContainText('40 waiting')
  await expect(side(page).locator('dt', { hasText: /^tcp:\/\/127\.0\.0\.1:\d+$/ })).toHaveCount(2)
  await side(page).getByRole('button', { name: 'Resume' }).click()
  await expect(waits).toHaveText('0')
  await expect(node(page, 'Sink')).toContainText('40 collected')
})

test('two hundred workers are one group that opens; nothing serious for axe in either theme', async ({ page }) => {
  await pipeline(page, 200, 0)
  const group = node(page, 'Worker × 200')
  await expect(group).toBeVisible()
  await group.getByRole('button', { name: 'Show each worker' }).click()
  await expect(group.getByRole('group', { name: 'Workers of the group' }).getByRole('button')).toHaveCount(200)
  expect(await serious(page)).toEqual([])
  await group.getByRole('group', { name: 'Workers of the group' }).getByRole('button').nth(16).click()
  await expect(side(page).getByRole('heading', { name: 'Worker 17' })).toBeVisible()
  await page.getByRole('button', { name: 'Theme' }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await group.getByRole('button', { name: 'Show as squares' }).click()
  expect(await serious(page)).toEqual([])
})

test('a node that was dragged stays there after a reload; the life of a task is read by key', async ({ page }) => {
  await pipeline(page, 1, 1)
  await work(page, 20)
  await expect(sum(page, 'collected')).toHaveText('20')
  const lanes = page.getByRole('application', { name: 'Who worked when: 1 of 1 lanes' })
  await lanes.press('ArrowLeft')
  await expect(page.getByRole('status').filter({ hasText: /Task \d+ .*collected/ })).toBeVisible()

  const place = () => node(page, 'Sink').evaluate((element) => element.style.transform)
  const before = await place()
  await node(page, 'Sink').focus()
  await page.keyboard.press('Enter')
  const box = await node(page, 'Sink').boundingBox()
  if (box === null) throw new Error('the sink is not there')
  await page.mouse.move(box.x + 30, box.y + 30)
  await page.mouse.down()
  await page.mouse.move(box.x + 10, box.y + 110, { steps: 5 })
  await page.mouse.up()
  const after = await place()
  expect(after).not.toBe(before)
  // The profile is written a moment after.
  await expect
    .poll(async () => {
      await page.reload()
      await node(page, 'Sink').waitFor()
      return await place()
    })
    .toBe(after)
})

test.describe('with a worker of pyzmq', () => {
  needs({ pyzmq: true })

  test('it appears as a peer, of which is said that it is not known; what it did is audited', async ({
    page,
    peer,
  }) => {
    await pipeline(page, 1, 0)
    const [from, to] = [await addressOf(page, 'Ventilator'), await addressOf(page, 'Sink')]
    const worker = peer('worker', '--connect', from, '--connect', to)
    await worker.ready()
    const stranger = graph(page).getByRole('group', { name: /^Peer/ }).first()
    await expect(stranger).toBeVisible()
    await stranger.focus()
    await page.keyboard.press('Enter')
    await expect(side(page)).toContainText('A program that is not ours')
    await side(page).getByRole('radio', { name: 'Audit' }).click()
    // It was seen as soon as one of its two connections was there.
    await reached(page, 2)
    await work(page, 100)
    await expect(sum(page, 'collected')).toHaveText('100')
    await expect(side(page)).toContainText('tasks were done by workers that are not ours')
  })
})
