import { readFileSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { expect, needs, open, pane, rows, test } from './fixture.js'
import type { PythonPeer } from './peer.js'

//   crowd.py: many REQ clients ──▶ a server in the page

/** What a crowd says at its end. */
const done = (crowd: PythonPeer) => () => crowd.said.find((said) => 'crowd' in said)?.['crowd']
const clients = (of: Locator) => of.getByRole('listbox', { name: 'Clients' })
const option = (of: Locator, name: string) => clients(of).getByRole('option').filter({ hasText: name })

async function serious(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} (${failureSummary})`).join('; ')}`,
    )
}

/** Opens the rules and adds one: when the question contains this, answer that. */
async function addRule(page: Page, name: string, contains: string, answer: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Add a rule' }).first().click()
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill(name)
  await dialog.getByRole('textbox', { name: 'contains' }).fill(contains)
  await dialog.getByRole('textbox', { name: 'fixed text' }).fill(answer)
}
const ruleNames = (page: Page) => page.getByRole('list', { name: 'Rules in the order' }).locator('b').allTextContents()

test.describe('the server’s side of Chat, with pyzmq clients', () => {
  needs({ pyzmq: true })

  test('each client has its own talk, its turn and a name that a person gives it', async ({ page, peer }) => {
    const address = await open(page, 'server', 'tcp://127.0.0.1:*')
    const server = pane(page, 'Server')
    await expect(server.getByText('Nobody has asked yet.')).toBeVisible()
    const crowd = peer('crowd', '--connect', address, '--clients', '3', '--requests', '2', '--named', '--prefix', 're:')
    await expect(server.getByRole('status').filter({ hasText: 'your turn to answer · 3 waiting' })).toBeVisible()
    await expect(clients(server).getByRole('option')).toHaveCount(4)
    await expect(option(server, 'client-2')).toContainText(/1\s*waiting\s*asked .+ ago/)

    await option(server, 'client-2').click()
    await expect(rows(server)).toHaveCount(1)
    await expect(rows(server)).toContainText('client 2 question 1')
    await page.keyboard.press('F2')
    await page.keyboard.type('控制台')
    await page.keyboard.press('Enter')
    await expect(option(server, '控制台')).toBeVisible()

    // The oldest question of the picked client is the one that is answered.
    const field = server.getByRole('textbox', { name: 'Message' })
    for (const n of [1, 2]) {
      await expect(rows(server).last()).toContainText(`client 2 question ${n}`)
      await expect(server.getByText('To 控制台: #')).toBeVisible()
      await field.fill(`re:client 2 question ${n}`)
      await field.press('Control+Enter')
      await expect(rows(server).nth(2 * n - 1)).toContainText(`re:client 2 question ${n}`)
    }
    await expect(option(server, '控制台')).toContainText(/answered .+ ago/)
    await expect(option(server, 'client-1')).toContainText('asked')

    // They stand in the order of arrival, which is the crowd's own affair: whoever is above, if anybody.
    const names = await clients(server).getByRole('option').allTextContents()
    const above = /client-(\d)/.exec(names[names.findIndex((name) => name.includes('控制台')) - 1] ?? '')?.[1]
    await clients(server).press('ArrowUp')
    await expect(rows(server)).toHaveCount(above === undefined ? 6 : 1)
    if (above !== undefined) await expect(rows(server)).toContainText(`client ${above} question 1`)
    await page.keyboard.press('Escape')
    await expect(rows(server)).toHaveCount(6)
    expect(await serious(page)).toEqual([])
    await page.reload()
    await expect(option(server, '控制台')).toBeVisible()
    expect(done(crowd)()).toBeUndefined()
  })

  test('rules are drafted, tried on a sample, put in force, and named where they answered', async ({ page, peer }) => {
    const address = await open(page, 'server', 'tcp://127.0.0.1:*')
    const server = pane(page, 'Server')
    await server.getByRole('button', { name: 'Rules' }).click()
    const dialog = page.getByRole('dialog')
    expect(await serious(page)).toEqual([])

    await addRule(page, 'plan', 'plan', '')
    await dialog.getByRole('radio', { name: 'template' }).click()
    await dialog.getByRole('button', { name: /\{\{json\.path\}\}/ }).click()
    await page.keyboard.type('cmd')
    await expect(dialog.getByRole('textbox', { name: 'template' })).toHaveValue('{{json.cmd}}')
    await dialog.getByRole('radio', { name: 'regular expression' }).click()
    await dialog.getByRole('textbox', { name: 'regular expression' }).fill('pl(an')
    await expect(dialog.getByRole('alert')).toContainText('missing closing )')
    await expect(dialog.getByText('to be mended')).toBeVisible()
    await expect(dialog.getByRole('button', { name: 'Put in force' })).toBeDisabled()
    expect(await serious(page)).toEqual([])
    await dialog.getByRole('textbox', { name: 'regular expression' }).fill('pl(an)')
    await dialog.getByRole('radio', { name: 'fixed', exact: true }).click()
    await dialog.getByRole('textbox', { name: 'Delay (ms)' }).fill('20')

    await addRule(page, 'question', 'question', 'found')
    await dialog.getByRole('textbox', { name: 'Try on a sample' }).fill('{"cmd":"plan a question"}')
    const verdict = dialog.getByRole('region', { name: 'Try on a sample' }).getByRole('status')
    await expect(verdict).toHaveText(/rule “plan”\s*answers after 20 ms\s*plan a question/)
    await expect(dialog.getByText('matches too late')).toBeVisible()
    const items = dialog.getByRole('list', { name: 'Rules in the order' }).getByRole('listitem')
    // In another order, another rule answers.
    await items.nth(1).getByRole('button').press('Alt+ArrowUp')
    await expect(verdict).toHaveText(/rule “question”\s*answers at once\s*found/)
    expect(await ruleNames(page)).toEqual(['question', 'plan'])
    await items.nth(1).dragTo(items.nth(0))
    await expect.poll(() => ruleNames(page)).toEqual(['plan', 'question'])

    await dialog.getByRole('button', { name: 'Delete' }).click()
    expect(await ruleNames(page)).toHaveLength(1)
    await dialog.getByRole('button', { name: 'Undo' }).click()
    expect(await ruleNames(page)).toEqual(['plan', 'question'])
    await dialog.getByRole('switch', { name: 'plan is on' }).click()

    await dialog.getByRole('button', { name: 'Put in force' }).click()
    await expect(dialog.getByText('1 rule in force')).toBeVisible()
    await page.keyboard.press('Escape')
    const crowd = peer('crowd', '--connect', address, '--clients', '4', '--requests', '5', '--text', 'question')
    await expect.poll(done(crowd)).toMatchObject({ answered: 20 })
    await expect(rows(server).last()).toContainText('rule “question”')
    await server.getByRole('button', { name: 'Rules · 1 on' }).click()
    await expect(items.nth(1)).toContainText('20')
  })

  test('rules go out as a file and come back, and a file that is none is told so', async ({ page }) => {
    await open(page, 'server', 'tcp://127.0.0.1:*')
    await pane(page, 'Server').getByRole('button', { name: 'Rules' }).click()
    await addRule(page, 'one', 'a', '1')
    await addRule(page, 'two', 'b', '2')
    const dialog = page.getByRole('dialog').first()
    const download = page.waitForEvent('download')
    await dialog.getByRole('button', { name: 'Export' }).click()
    const file = await (await download).path()
    const document = JSON.parse(readFileSync(file, 'utf8')) as { kind: string; rules: object[] }
    expect(document).toMatchObject({ kind: 'socketeer-rules', rules: [{ name: 'one' }, { name: 'two' }] })

    // A set by name outlives the page.
    await dialog.getByRole('button', { name: 'Saved sets' }).click()
    await page.getByRole('textbox', { name: 'Name for these rules' }).fill('stub')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(page.getByRole('button', { name: 'Load stub' })).toBeVisible()
    await page.reload()
    await pane(page, 'Server').getByRole('button', { name: 'Rules' }).click()
    expect(await ruleNames(page)).toEqual([])
    await page.getByRole('button', { name: 'Saved sets' }).click()
    await page.getByRole('button', { name: 'Load stub' }).click()
    await expect.poll(() => ruleNames(page)).toEqual(['one', 'two'])

    const input = page.locator('input[type=file][accept*=json]').last()
    const give = (text: string) =>
      input.setInputFiles({ name: 'theirs.json', mimeType: 'application/json', buffer: Buffer.from(text) })
    await give('{"kind":"socketeer-rules","version":1,"rules":[{"id":"x","match":{"kind":"magic"}}]}')
    await expect(page.getByRole('alert')).toContainText('theirs.json: rules[1].match.kind should be')
    expect(await ruleNames(page)).toEqual(['one', 'two'])
    await give(JSON.stringify({ ...document, rules: [...document.rules].reverse() }))
    await expect.poll(() => ruleNames(page)).toEqual(['two', 'one'])
  })

  test('the wall offers to acknowledge, shows who wrote what, and says what it does not show', async ({
    page,
    peer,
  }) => {
    const address = await open(page, 'server', 'tcp://127.0.0.1:*')
    const server = pane(page, 'Server')
    await server.getByRole('button', { name: 'Wall' }).click()
    const wall = server.getByRole('region', { name: 'Wall' })
    await expect(wall).toContainText('You answer by hand.')
    const crowd = peer('crowd', '--connect', address, '--clients', '30', '--requests', '100000', '--named')
    await expect(wall).toContainText('30 clients wait')
    await wall.getByRole('textbox', { name: 'Fixed answer' }).fill('seen')
    await wall.getByRole('button', { name: 'Acknowledge all' }).click()
    await expect(wall).toContainText('each is acknowledged with “seen”')
    await expect(
      wall
        .locator('.flyer')
        .filter({ hasText: /client-\d+/ })
        .first(),
    ).toBeVisible()
    await expect(wall).toContainText(/[\d,]+ not shown: a sample/)
    expect(await wall.locator('.flyer').count()).toBeLessThanOrEqual(120)
    expect(await serious(page)).toEqual([])

    await wall.getByRole('button', { name: 'Hold' }).click()
    await expect(wall).toContainText('held: what comes is only counted')
    const moving = await wall.locator('.flyer').count()
    const missed = async () => Number(/([\d,]+) not shown/.exec(await wall.innerText())?.[1]?.replaceAll(',', ''))
    const before = await missed()
    await expect.poll(missed).toBeGreaterThan(before)
    expect(await wall.locator('.flyer').count()).toBe(moving)
    await wall.getByRole('button', { name: 'Go on' }).click()

    await page.emulateMedia({ reducedMotion: 'reduce' })
    await expect(wall.getByRole('list', { name: 'Wall' }).getByRole('listitem').first()).toContainText(
      /client-\d+\s*client \d+ question/,
    )
    await expect(wall.locator('.flyer')).toHaveCount(0)
    expect(await serious(page)).toEqual([])
    await crowd.kill()
  })

  test('50 clients at once, with the desk open: 20,000 answers, each to its own question, and the counts say so', async ({
    page,
    peer,
  }) => {
    const address = await open(page, 'server', 'tcp://127.0.0.1:*')
    const server = pane(page, 'Server')
    await server.getByRole('combobox', { name: 'Answers' }).selectOption('echo')
    await expect(server.getByText('answered by itself')).toBeVisible()
    const crowd = peer('crowd', '--connect', address, '--clients', '50', '--requests', '400')
    await expect.poll(done(crowd), { timeout: 60_000 }).toMatchObject({ answered: 20_000, crossed: 0 })
    await expect(server.locator('dl div').filter({ hasText: 'In' }).locator('dd').first()).toHaveText('20,000')
    await expect(server.locator('dl div').filter({ hasText: 'Out' }).locator('dd').first()).toHaveText('20,000')
    await expect(server.getByText(/of 50$/)).toBeVisible()
    await option(server, 'client 1 ·').click()
    await expect(server.getByText(/of 800\b/)).toBeVisible()
    await expect(rows(server).last()).toContainText(/client \d+ question 400/)
  })
})
