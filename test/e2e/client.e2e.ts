import type { Locator, Page } from '@playwright/test'
import { readRecord } from '../../src-main/cli/record.js'
import { until } from '../helpers/until.js'
import { contentOf, expect, needs, open, pane, rows, test } from './fixture.js'

const field = (client: Locator): Locator => client.getByRole('textbox', { name: 'Message', exact: true })

async function say(client: Locator, text: string): Promise<void> {
  await field(client).fill(text)
  await field(client).press('Control+Enter')
  await expect(field(client)).toHaveValue('')
}
async function ask(client: Locator, ...texts: string[]): Promise<void> {
  const count = async () => Number(await client.getByRole('grid').getAttribute('aria-rowcount'))
  for (const text of texts) {
    // Just after asking, the page may say for a moment still what it said of the question before.
    const before = await count()
    await say(client, text)
    await expect.poll(count).toBeGreaterThanOrEqual(before + 2)
    await expect(client.getByText('last question answered')).toBeVisible()
  }
}
/** A client of `address` whose deadline and tries are these. */
async function patient(page: Page, address: string, deadline: number, tries: number): Promise<Locator> {
  const form = page.locator('form').filter({ has: page.getByRole('button', { name: 'Open client', exact: true }) })
  await form.getByLabel('Wait for the answer (ms)').fill(String(deadline))
  await form.getByLabel('Tries').fill(String(tries))
  await open(page, 'client', address)
  return pane(page, 'Client')
}
async function exported(client: Locator, format: string): Promise<{ name: string; text: string }> {
  const page = client.page()
  await client.getByRole('button', { name: 'Export', exact: true }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: format }).click(),
  ])
  return { name: download.suggestedFilename(), text: await contentOf(download) }
}

test.describe('a client talks to pyzmq', () => {
  needs({ pyzmq: true })

  test('and is told what happened when the server is killed, and goes on by itself', async ({ page, peer }) => {
    const first = peer('rep', '--bind', 'tcp://127.0.0.1:*', '--mute')
    const address = await first.ready()
    const client = await patient(page, address, 5_000, 1)
    await expect(client.getByText('up', { exact: true })).toBeVisible()
    await say(client, 'still there?')
    await first.got('still there?')
    await first.kill()

    await expect(client.getByText('server gone: goes on when it is back')).toBeVisible()
    await expect(client.getByText(/the server is gone \(connection closed\) · trying again every 200 ms/)).toBeVisible()
    await expect(rows(client).last()).toContainText('waits for the server to come back')
    await field(client).fill('typed while it was gone')
    await expect(client.getByRole('button', { name: /^Ask/ })).toBeDisabled()
    // Longer than the one try that it has: each refusal takes twice as long as the one before, and they are counted in the history of the link.
    await client.getByTitle(/^Link state/).click()
    await expect(page.getByText(/× (?:[5-9]|\d\d)/)).toBeVisible()
    await page.keyboard.press('Escape')

    const second = peer('rep', '--bind', address)
    await second.got('still there?')
    await expect(client.getByText(/the server is back after \d.* · going on/)).toBeVisible()
    await expect(rows(client)).toHaveCount(2)
    await expect(rows(client).last()).toContainText('re:still there?')
    await expect(client.getByText('your turn to ask · last question answered')).toBeVisible()
    await expect(field(client)).toHaveValue('typed while it was gone')
    expect(second.said.filter((said) => 'got' in said)).toHaveLength(1)
  })

  test('waits in words, keeps what is typed meanwhile through a reload, and can stop waiting', async ({
    page,
    peer,
  }) => {
    const server = peer('rep', '--bind', 'tcp://127.0.0.1:*', '--mute')
    const client = await patient(page, await server.ready(), 60_000, 3)
    await say(client, 'hello?')
    await expect(client.getByText(/^waiting .* of 1 min · try 1 of 3$/)).toBeVisible()
    await field(client).fill('next question')
    await page.reload()
    await expect(client.getByText(/^waiting .* of 1 min · try 1 of 3$/)).toBeVisible()
    await expect(field(client)).toHaveValue('next question')
    await client.getByRole('button', { name: 'Stop waiting' }).click()
    await expect(client.getByText('your turn to ask · last question cancelled')).toBeVisible()
    await expect(rows(client).first()).toContainText('cancelled')
    await field(client).press('ArrowUp')
    await expect(field(client)).toHaveValue('hello?')
    await field(client).press('ArrowDown')
    await expect(field(client)).toHaveValue('next question')
  })

  test('says that there was no reply once all tries are spent', async ({ page, peer }) => {
    const server = peer('rep', '--bind', 'tcp://127.0.0.1:*', '--mute')
    const client = await patient(page, await server.ready(), 50, 2)
    await say(client, 'anybody?')
    await expect(client.getByText('your turn to ask · last question had no reply')).toBeVisible()
    await expect(rows(client).first()).toContainText('no reply')
  })

  test('finds as one types, by text and by pattern, shows only what was found, and copies it', async ({
    page,
    peer,
  }) => {
    const server = peer('rep', '--bind', 'tcp://127.0.0.1:*')
    await open(page, 'client', await server.ready())
    const client = pane(page, 'Client')
    await ask(client, 'alpha 1', 'BETA 2', 'alpha 3', 'gamma')
    await client.getByRole('grid').focus()
    await page.keyboard.press('Control+f')
    const find = client.getByRole('textbox', { name: 'Find in the conversation' })
    await expect(find).toBeFocused()
    await find.fill('Alpha')
    await expect(client.getByText('– of 4')).toBeVisible()
    await find.press('Shift+Enter')
    await expect(client.getByText('4 of 4')).toBeVisible()
    await find.press('Enter')
    await expect(client.getByText('1 of 4')).toBeVisible()
    await client.getByRole('checkbox', { name: 'only matches' }).check()
    await expect(rows(client)).toHaveCount(4)
    await expect(client.locator('mark')).toHaveCount(4)

    await client.getByRole('button', { name: 'Regular expression (RE2)' }).click()
    await find.fill('^re:(beta|BETA) \\d$')
    await expect(rows(client)).toHaveCount(1)
    await find.fill('(')
    await expect(client.getByRole('alert')).toContainText('missing closing )')
    await find.fill('nothing like it')
    await expect(client.getByText('no match')).toBeVisible()
    await expect(client.getByText('Nothing matches.')).toBeVisible()
    await find.press('Escape')
    await expect(rows(client)).toHaveCount(8)

    for (const [how, wanted] of [
      ['Copy as Text', 're:BETA 2'],
      ['Copy as Hex', Buffer.from('re:BETA 2').toString('hex')],
      ['Copy as Base64', Buffer.from('re:BETA 2').toString('base64')],
    ] as const) {
      await rows(client).nth(3).hover()
      await client.getByRole('button', { name: 'Actions for message #4' }).click()
      await page.getByRole('menuitem', { name: how }).click()
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(wanted)
    }
    await rows(client).nth(3).hover()
    await client.getByRole('button', { name: 'Actions for message #4' }).click()
    await page.getByRole('menuitem', { name: 'Copy as JSON' }).click()
    // What was copied before is still there for a moment, and is no JSON.
    const copied = await until(async () => readRecord(await page.evaluate(() => navigator.clipboard.readText())), {
      what: 'JSON in the clipboard',
    })
    expect(copied.map(String)).toEqual([String(Buffer.from('re:BETA 2').join())])
  })

  test('exports the conversation, or what is shown of it, byte for byte', async ({ page, peer }) => {
    const server = peer('rep', '--bind', 'tcp://127.0.0.1:*')
    await open(page, 'client', await server.ready())
    const client = pane(page, 'Client')
    await ask(client, 'plain')
    await client.getByRole('combobox', { name: 'Format' }).selectOption('Hex')
    await ask(client, '00 ff fe')
    const jsonl = await exported(client, 'JSON Lines')
    expect(jsonl.name).toBe('Client.jsonl')
    const lines = jsonl.text.trimEnd().split('\n')
    expect(lines.map((line) => readRecord(line).map((frame) => Buffer.from(frame).toString('latin1')))).toEqual([
      ['plain'],
      ['re:plain'],
      ['\u0000\u00ff\u00fe'],
      ['re:\u0000\u00ff\u00fe'],
    ])
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { seq: 1, direction: 'out', progress: 'answered' },
      { seq: 2, direction: 'in', answers: 1 },
      { seq: 3 },
      { seq: 4, answers: 3 },
    ])
    await client.getByRole('button', { name: 'Find in the conversation' }).click()
    await client.getByRole('textbox', { name: 'Find in the conversation' }).fill('plain')
    await client.getByRole('checkbox', { name: 'only matches' }).check()
    await expect(rows(client)).toHaveCount(2)
    const csv = await exported(client, 'CSV')
    expect(csv.text.trimEnd().split('\r\n')).toHaveLength(3)
    expect((await exported(client, 'Markdown')).text).toContain('```\nre:plain\n```')
  })

  test('asks again what was asked, and the table is one press away and remembered', async ({ page, peer }) => {
    const server = peer('rep', '--bind', 'tcp://127.0.0.1:*')
    await open(page, 'client', await server.ready())
    const client = pane(page, 'Client')
    await ask(client, 'once more')
    await rows(client).first().hover()
    await client.getByRole('button', { name: 'Actions for message #1' }).click()
    await page.getByRole('menuitem', { name: 'Ask again' }).click()
    await expect(rows(client)).toHaveCount(4)
    await expect(rows(client).nth(2)).toContainText('once more')
    await expect(rows(client).nth(3)).toContainText('re:once more')

    await client.getByRole('radio', { name: 'table' }).click()
    await expect(client.getByRole('columnheader', { name: 'Content' })).toBeVisible()
    await page.reload()
    await expect(client.getByRole('columnheader', { name: 'Content' })).toBeVisible()
    await client.getByRole('radio', { name: 'talk' }).click()
    await expect(rows(client)).toHaveCount(4)
  })

  test('repeats a question, draws the round trips, and thousands of messages are walked to both ends', async ({
    page,
    peer,
  }) => {
    const server = peer('rep', '--bind', 'tcp://127.0.0.1:*')
    await open(page, 'client', await server.ready())
    const client = pane(page, 'Client')
    await ask(client, 'the very first')
    await field(client).fill('tick')
    await client.getByRole('button', { name: 'Repeat…' }).click()
    const panel = client.getByRole('region', { name: 'Repeat the message' })
    await panel.getByLabel('times').fill('x')
    await expect(panel.getByRole('alert')).toBeVisible()
    await panel.getByLabel('times').fill('1500')
    await panel.getByRole('button', { name: 'Start' }).click()
    await expect(panel.getByText('1,500 of 1,500')).toBeVisible({ timeout: 30_000 })
    await expect(panel.getByRole('img', { name: /Round trips, 1,500 measured: p50/ })).toBeVisible()
    await expect(field(client)).toHaveValue('tick')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('button', { name: 'Export the histogram as CSV' }).click(),
    ])
    const [head, ...buckets] = (await contentOf(download)).trimEnd().split('\r\n')
    expect(head).toBe('from_ms,to_ms,count')
    expect(buckets.reduce((sum, line) => sum + Number(line.split(',')[2]), 0)).toBe(1500)
    await panel.getByRole('button', { name: 'Close the repeat panel' }).click()

    const grid = client.getByRole('grid')
    await expect(client.getByText(/–3,002 of 3,002/)).toBeVisible()
    await grid.focus()
    await page.keyboard.press('Home')
    await expect(rows(client).first()).toContainText('the very first')
    await expect(client.getByRole('region', { name: 'Message #1', exact: true })).toBeVisible()
    await page.keyboard.press('Escape')
    await grid.focus()
    for (let i = 0; i < 4; i++) await page.keyboard.press('PageDown')
    await expect(client.getByText('the very first')).toHaveCount(0)
    // The browser tells of the bar with the next frame; what moves the talk before that does not put it back.
    await grid.evaluate((element) => {
      element.scrollTop = (element.scrollHeight - element.clientHeight) / 2
      element.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown', bubbles: true }))
    })
    await expect(client.getByText(/1,[45]\d\d–1,[45]\d\d of 3,002/)).toBeVisible()
    await ask(client, 'the last')
    await expect(client.getByText('following')).toBeVisible()
    await panelRepeat(client, 0)
    await grid.hover()
    await page.mouse.wheel(0, -900)
    await expect(client.getByRole('button', { name: /\d new/ })).toBeVisible()
    await client.getByRole('button', { name: /\d new/ }).click()
    await expect(client.getByText('following')).toBeVisible()
  })

  test('stops a repetition without end', async ({ page, peer }) => {
    const server = peer('rep', '--bind', 'tcp://127.0.0.1:*')
    await open(page, 'client', await server.ready())
    const client = pane(page, 'Client')
    await field(client).fill('tick')
    await panelRepeat(client, 0)
    const panel = client.getByRole('region', { name: 'Repeat the message' })
    await expect(panel.getByText(/\d+ so far/)).toBeVisible()
    await panel.getByRole('button', { name: 'Stop' }).click()
    await expect(panel.getByText('stopped')).toBeVisible()
    await expect(client.getByText(/^your turn to ask/)).toBeVisible()
    await ask(client, 'and on by hand')
  })
})

async function panelRepeat(client: Locator, times: number): Promise<void> {
  await client.getByRole('button', { name: 'Repeat…' }).click()
  const panel = client.getByRole('region', { name: 'Repeat the message' })
  await panel.getByLabel('times').fill(String(times))
  await panel.getByRole('button', { name: 'Start' }).click()
}
