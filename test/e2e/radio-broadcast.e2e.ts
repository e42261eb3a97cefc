import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { expect, needs, open, pane, tab, test } from './fixture.js'
import type { PythonPeer } from './peer.js'

/** A pyzmq subscriber's messages so far, frames as text. */
const heard = (peer: PythonPeer): string[][] =>
  peer.said
    .filter((said) => 'got' in said)
    .map((said) => (said['got'] as string[]).map((frame) => Buffer.from(frame, 'base64').toString()))

async function publisher(page: Page): Promise<{ air: Locator; address: string }> {
  await tab(page, 'Radio')
  const address = await open(page, 'publisher', 'tcp://127.0.0.1:*')
  return { air: pane(page, 'Publisher'), address }
}
const way = (air: Locator, name: string) => air.getByRole('radio', { name, exact: true }).click()

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze()
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('; ')}`)
}

test.describe('a publisher that speaks by itself, heard by pyzmq', () => {
  needs({ pyzmq: true })

  /** A subscriber that is known to be heard. */
  async function listener(
    air: Locator,
    peer: (script: string, ...args: string[]) => PythonPeer,
    address: string,
    topic: string,
  ): Promise<PythonPeer> {
    const sub = peer('sub', '--connect', address, '--topic', topic)
    const wanted = air.getByRole('list', { name: 'Listeners ask for' })
    await expect(wanted.getByText(topic, { exact: true })).toBeVisible()
    return sub
  }

  test('on a timer: the message goes out as often as asked for, nobody listening or somebody', async ({
    page,
    peer,
  }) => {
    const { air, address } = await publisher(page)
    await expect(air.getByText('Nobody is listening')).toBeVisible()
    await way(air, 'Timer')
    await air.getByRole('textbox', { name: 'Topic' }).fill('tick')
    await air.getByRole('textbox', { name: 'Message', exact: true }).fill('[1, 2]')
    const timer = air.getByRole('form', { name: 'Timer' })
    await timer.getByRole('textbox', { name: 'every' }).fill('0')
    await expect(timer.getByRole('alert')).toContainText('Whole numbers only')
    await timer.getByRole('textbox', { name: 'every' }).fill('2')
    await timer.getByRole('button', { name: 'Start' }).click()
    const run = air.getByRole('group', { name: 'Timer' })
    await expect(run).toContainText('every 2 ms')
    await expect(air.getByText('Nobody is listening').first()).toBeVisible()
    await run.getByRole('button', { name: 'Stop' }).click()
    await expect(run).toContainText('stopped')

    const sub = await listener(air, peer, address, 'tick')
    await timer.getByRole('textbox', { name: 'times' }).fill('120')
    await timer.getByRole('button', { name: 'Start' }).click()
    await expect(run).toContainText('120 of 120 published')
    await expect.poll(() => heard(sub).length).toBe(120)
    expect(new Set(heard(sub).map((frames) => frames.join('|')))).toEqual(new Set(['tick|[1, 2]']))
    expect(await violations(page)).toEqual([])
  })

  test('a file line by line: each once and in order, what is no line left out and told; held up and going on', async ({
    page,
    peer,
  }) => {
    const { air, address } = await publisher(page)
    const sub = await listener(air, peer, address, 'log')
    await way(air, 'File')
    const form = air.getByRole('form', { name: 'File' })
    await expect(form.getByRole('button', { name: 'Start' })).toBeDisabled()
    await air.getByRole('textbox', { name: 'Topic' }).fill('log/a')
    const lines = Array.from({ length: 900 }, (_, i) => (i === 16 ? 'no json' : `{"n":${i}}`))
    await form
      .locator('input[type=file]')
      .setInputFiles({ name: 'drive.jsonl', mimeType: 'text/plain', buffer: Buffer.from(lines.join('\r\n')) })
    await expect(form).toContainText('drive.jsonl · 9.')
    await form.getByRole('combobox', { name: 'Lines are' }).selectOption('JSON')
    await form.getByRole('textbox', { name: 'Lines/s' }).fill('20')
    await form.getByRole('button', { name: 'Start' }).click()
    const run = air.getByRole('group', { name: 'drive.jsonl' })
    await expect(run).toContainText('1 line was left out, line 17: This is not JSON: at character 1')
    await run.getByRole('button', { name: 'Pause' }).click()
    await expect(run).toContainText('paused')
    expect(await violations(page)).toEqual([])
    const held = heard(sub).length
    await run.getByRole('button', { name: 'Go on' }).click()
    await expect.poll(() => heard(sub).length).toBeGreaterThan(held + 1)
    await run.getByRole('button', { name: 'Stop' }).click()
    await expect(run).toContainText('stopped')
    const before = Number(/(\d+) lines/.exec((await run.textContent()) ?? '')?.[1])
    await expect.poll(() => heard(sub).length).toBe(before)
    await form.getByRole('textbox', { name: 'Lines/s' }).fill('5000')
    await form.getByRole('button', { name: 'Start' }).click()
    await expect(run).toContainText('899 lines published')
    await expect(run).toContainText('all done')
    await expect.poll(() => heard(sub).length).toBe(before + 899)
    const said = lines.filter((line) => line !== 'no json').map((line) => ['log/a', line])
    expect(heard(sub)).toEqual([...said.slice(0, before), ...said])
  })

  test('a file paced by the times in its lines, dropped onto the form', async ({ page, peer }) => {
    const { air, address } = await publisher(page)
    const sub = await listener(air, peer, address, 't')
    await way(air, 'File')
    await air.getByRole('textbox', { name: 'Topic' }).fill('t')
    const form = air.getByRole('form', { name: 'File' })
    const data = await page.evaluateHandle(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['time;value\n10.0;a\n10.1;b\n10.3;c\n'], 'log.csv'))
      return transfer
    })
    await form.locator('.drop').dispatchEvent('drop', { dataTransfer: data })
    await expect(form).toContainText('log.csv · 32 B')
    await form.getByRole('combobox', { name: 'Pace' }).selectOption('times in the lines')
    await form.getByRole('textbox', { name: 'Time in' }).fill('0')
    await expect(form.getByRole('alert')).toContainText('a column from 1')
    await form.getByRole('textbox', { name: 'Time in' }).fill('1')
    await form.getByRole('checkbox', { name: 'First line names the columns' }).check()
    await form.getByRole('button', { name: 'Start' }).click()
    await expect(air.getByRole('group', { name: 'log.csv' })).toContainText('3 lines published')
    await expect.poll(() => heard(sub)).toEqual([['t', '10.0;a'], ['t', '10.1;b'], ['t', '10.3;c']]) // prettier-ignore
  })

  test('made-up signals: what is published is what is heard; too much is refused; stopped, it stops', async ({
    page,
    peer,
  }) => {
    const { air, address } = await publisher(page)
    await way(air, 'Generator')
    const form = air.getByRole('form', { name: 'Generator' })
    await form.getByRole('button', { name: '50 kHz' }).click()
    await expect(form).toContainText('50,000 of at most 50,000 a second')
    await form.getByRole('button', { name: 'Add a channel' }).click()
    await expect(form.getByRole('alert')).toContainText('50,100 messages a second are too many')
    await expect(form.getByRole('button', { name: 'Start' })).toBeDisabled()
    await form.getByRole('button', { name: 'A test rig' }).click()
    await expect(form.getByRole('textbox', { name: /^Topic of channel/ })).toHaveCount(4)
    expect(await violations(page)).toEqual([])
    await form.getByRole('button', { name: 'A vehicle' }).click()
    await form.getByRole('textbox', { name: 'Channel 1: per second' }).fill('200')
    const sub = await listener(air, peer, address, 'vehicle')
    await form.getByRole('button', { name: 'Start' }).click()
    const run = air.getByRole('group', { name: 'Generator' })
    await expect(run).toContainText('/s of 200/s')
    await expect.poll(() => heard(sub).length).toBeGreaterThan(100)
    await way(air, 'By hand')
    await run.getByRole('button', { name: 'Stop' }).click()
    await way(air, 'Generator')
    await expect(run).toContainText('stopped')
    const said = (await run.textContent()) ?? ''
    const number = (pattern: RegExp) => Number(pattern.exec(said)?.[1]?.replace(',', '') ?? 0)
    const sent = number(/([\d,]+) published/)
    await expect.poll(() => heard(sub).length).toBe(sent)
    // Each in its turn, and none twice; what a machine that was held up has left out is missing, and said.
    const numbers = heard(sub).map(([, json]) => (JSON.parse(json ?? '') as { n: number }).n)
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
    expect(numbers.at(-1)).toBeLessThanOrEqual(sent + number(/([\d,]+) left out/))
    expect(new Set(heard(sub).map(([topic]) => topic))).toEqual(new Set(['vehicle/state']))
  })
})

test('a file of 100 MB is neither read as a whole nor in the way', async ({ page }) => {
  needs()
  const folder = mkdtempSync(join(tmpdir(), 'socketeer-file-'))
  try {
    const file = openSync(join(folder, 'long.txt'), 'w')
    const piece = Buffer.from(`${'0123456789'.repeat(10).slice(0, 99)}\n`.repeat(10_000))
    for (let i = 0; i < 100; i++) writeSync(file, piece)
    closeSync(file)
    const { air } = await publisher(page)
    await way(air, 'File')
    const form = air.getByRole('form', { name: 'File' })
    await form.locator('input[type=file]').setInputFiles(join(folder, 'long.txt'))
    await form.getByRole('textbox', { name: 'Lines/s' }).fill('20000')
    // Bytes of the file that the page was ever given to hold.
    await page.evaluate(() => {
      const read = Blob.prototype.arrayBuffer
      const counts = { bytes: 0 }
      Object.assign(window, { counts })
      Blob.prototype.arrayBuffer = function (this: Blob) {
        counts.bytes += this.size
        return read.call(this)
      }
    })
    await form.getByRole('button', { name: 'Start' }).click()
    const run = air.getByRole('group', { name: 'long.txt' })
    await expect(run).toContainText(/[1-9]\d,\d{3} lines published · [1-9].* MB of 100 MB/)
    await run.getByRole('button', { name: 'Stop' }).click()
    await expect(run).toContainText('stopped')
    const sent = Number(/([\d,]+) lines/.exec((await run.textContent()) ?? '')?.[1]?.replaceAll(',', ''))
    const { bytes } = await page.evaluate(() => (window as unknown as { counts: { bytes: number } }).counts)
    expect(bytes).toBeLessThan(sent * 100 + 3 * 1024 * 1024)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
