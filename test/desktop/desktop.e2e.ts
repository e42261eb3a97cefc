import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { XPublisher } from 'zeromq'
import { PROFILE_VERSION } from '../../src-main/contract/index.js'
import { until } from '../helpers/until.js'
import { expect, noBrowser, open, pane, rows, test } from '../e2e/fixture.js'
import { writeForeign } from '../recording/foreign.js'
import { realElectron, standIn, type DesktopApp } from './drivers.js'

/*
 * The desktop app from its start to its end, with the real Electron where it can be had and with the stand-in where Chromium can. What the latter does
 * not prove stands in test/electron/README.md.
 */

const listed = (page: Page, name: string) =>
  page.getByRole('complementary', { name: 'Sessions' }).getByRole('button', { name: new RegExp(`^${name}`) })

/** Speaks to whoever listens, a numbered message each time the event loop has come round, until it is told to stop. */
class Station {
  readonly #socket = new XPublisher({ linger: 0, sendHighWaterMark: 0 })
  #speaking = true
  #sent = 0
  #done: Promise<void> | undefined

  async bind(): Promise<string> {
    await this.#socket.bind('tcp://127.0.0.1:*')
    return this.#socket.lastEndpoint ?? ''
  }
  /** As soon as somebody has subscribed. */
  async begin(): Promise<void> {
    await this.#socket.receive()
    this.#done = (async () => {
      while (this.#speaking) {
        for (let n = 0; n < 10; n++) await this.#socket.send(`number ${++this.#sent}`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })()
  }
  /** How many it has sent. */
  get sent(): number {
    return this.#sent
  }
  async stop(): Promise<number> {
    this.#speaking = false
    await this.#done
    return this.#sent
  }
  close(): void {
    this.#socket.close()
  }
}

for (const driver of [realElectron, standIn]) {
  const lacking = driver.lacking ?? (driver === standIn && noBrowser ? 'there is no Chromium' : undefined)

  test(`the desktop app from start to end (${driver.name})`, async ({ system }) => {
    test.skip(lacking !== undefined, lacking)
    test.setTimeout(180_000)
    console.log(`driver of the desktop suite: ${driver.name}`)
    const app = await driver.start(() => Promise.resolve(system))
    const station = new Station()
    const folder = await mkdtemp(join(tmpdir(), 'socketeer-files-'))
    try {
      const recording = join(folder, 'drive.mcap')
      await writeForeign(recording, 4)
      await walk(app, station, await workspaceIn(folder), recording)
    } finally {
      station.close()
      await rm(folder, { recursive: true, force: true })
      // Chromium reports what it refuses, and one thing is there to be refused.
      const errors = (await app.remove()).filter((error) => !error.includes("'TrustedScript' assignment"))
      expect(errors).toEqual([])
    }
  })
}

/** A workspace file that would reach beyond this machine. */
async function workspaceIn(folder: string): Promise<string> {
  const file = join(folder, 'lab.socketeer.json')
  const far = { role: 'subscriber', name: 'far', endpoints: [{ method: 'connect', address: 'tcp://192.0.2.1:5000' }] }
  await writeFile(file, JSON.stringify({ kind: 'socketeer-workspace', version: PROFILE_VERSION, sessions: [far] }))
  return file
}

async function walk(app: DesktopApp, station: Station, file: string, recording: string): Promise<void> {
  const bench = await app.window('')
  const address = await station.bind()

  await test.step('starts with the three desks', async () => {
    for (const name of ['Chat', 'Pipeline', 'Radio']) {
      await bench.getByRole('tab', { name, exact: true }).click()
      await expect(bench.getByRole('tab', { name, exact: true })).toHaveAttribute('aria-selected', 'true')
    }
    expect(await app.count()).toBe(1)
    // Later than what drives the page, which may compile code whatever the page's policy says.
    const compiles = `new Promise((said) => setTimeout(() => {
      try { said(new Function('return true')()) } catch { said('refused') }
    }))`
    expect(await app.read('', compiles)).toBe('refused')
  })

  await test.step('opens a new window of a role from the menu', async () => {
    await app.choose('File', 'New window as…', 'Sink')
    const sink = await app.window('role=sink')
    await open(sink, 'sink', 'tcp://127.0.0.1:*')
    await expect(sink).toHaveURL(/role=sink&session=/)
    await expect(listed(bench, 'Sink')).toHaveAccessibleName(/in a window of its own/)
    await app.close(sink)
    await expect(listed(bench, 'Sink')).toHaveAccessibleName(/closed/)
  })

  await test.step('loses no message when the page is reloaded under traffic', async () => {
    await open(bench, 'subscriber', address)
    await station.begin()
    for (let i = 0; i < 3; i++) {
      const before = station.sent
      await expect(rows(pane(bench, 'Subscriber')).first()).toBeVisible()
      await until(() => station.sent > before + 500, { what: 'traffic' })
      await bench.reload()
    }
    const sent = await station.stop()
    await expect(pane(bench, 'Subscriber').getByRole('grid')).toHaveAttribute('aria-rowcount', String(sent + 1))
    await expect(rows(pane(bench, 'Subscriber')).last()).toContainText(`number ${sent}`)
  })
  const rowCount = String(station.sent + 1)

  await test.step('tears a session off and takes it back', async () => {
    await listed(bench, 'Subscriber').click({ button: 'right' })
    await bench.getByRole('menuitem', { name: 'Open in a window of its own' }).click()
    const apart = await app.window('role=subscriber&session=')
    await expect(pane(apart, 'Subscriber').getByRole('grid')).toHaveAttribute('aria-rowcount', rowCount)
    await expect(listed(bench, 'Subscriber')).toHaveAccessibleName(/in a window of its own/)
    await Promise.all([
      apart.waitForEvent('close'),
      apart.getByRole('button', { name: 'Back to the workbench' }).click(),
    ])
    await expect(listed(bench, 'Subscriber')).not.toHaveAccessibleName(/window of its own|closed/)
    expect(await app.count()).toBe(1)
  })

  await test.step('asks in its page what becomes of a workspace file, and does what is chosen from its menu', async () => {
    await app.handOver(file)
    const asked = bench.getByRole('dialog', { name: 'Open “lab.socketeer.json”?' })
    await expect(asked.getByText('It brings 1 session')).toBeVisible()
    await expect(asked.getByRole('checkbox', { name: /^far/ })).not.toBeChecked()
    await bench.keyboard.press('Escape')
    await app.choose('View', 'Map of everything')
    await expect(bench.getByRole('dialog', { name: /^Map/ })).toBeVisible()
    await bench.keyboard.press('Escape')
    await expect(listed(bench, 'far')).toHaveCount(0)
  })

  await test.step('shows a recording that the system hands over, and forgets it again', async () => {
    await bench.getByRole('tab', { name: 'Chat', exact: true }).click()
    await app.handOver(recording)
    await expect(rows(pane(bench, 'drive.mcap'))).toHaveCount(4)
    await expect(bench.getByRole('tab', { name: 'Radio', exact: true })).toHaveAttribute('aria-selected', 'true')
    await listed(bench, 'drive.mcap').click({ button: 'right' })
    await bench.getByRole('menuitem', { name: 'Forget' }).click()
    await expect(listed(bench, 'drive.mcap')).toHaveCount(0)
    await expect(pane(bench, 'Subscriber').getByRole('grid')).toHaveAttribute('aria-rowcount', rowCount)
  })

  await test.step('brings a window back whose renderer crashed, with every row', async () => {
    await app.crash(bench)
    const grid = `document.querySelector('section[aria-label="Subscriber"] [role=grid]')?.getAttribute('aria-rowcount')`
    await expect.poll(() => app.read('', grid).catch(() => undefined)).toBe(rowCount)
    expect(await app.count()).toBe(1)
    // What was forgotten is, though the page that would have said so in the end is gone.
    await expect.poll(() => app.read('', `document.querySelector('aside').innerText`)).not.toContain('drive.mcap')
  })

  await test.step('asks before a link opens anything', async () => {
    const link = `socketeer://sub/${address}?topic=number%201`
    await app.press(0)
    await app.handOver(link)
    await until(async () => (await app.asked()).length === 1, { what: 'the question' })
    expect((await app.asked())[0]).toMatchObject({
      detail: expect.stringContaining(address),
    })
    expect(await app.count()).toBe(1)
    await app.press(1)
    await app.handOver(link)
    const opened = await app.window('session=')
    await expect(pane(opened, 'Subscriber').locator('.address').first()).toContainText(address)
    await app.close(opened)
    await until(async () => (await app.count()) === 1, { what: 'the window to close' })
  })

  await test.step('does not quit while the person would rather keep what is queued, and then does', async () => {
    await app.choose('File', 'New window as…', 'Ventilator')
    const queue = await app.window('role=ventilator')
    await open(queue, 'ventilator', 'tcp://127.0.0.1:*')
    await queue.getByRole('textbox', { name: 'Message' }).fill('nobody is there yet')
    await queue.keyboard.press('Control+Enter')
    await expect(rows(pane(queue, 'Ventilator')).first()).toContainText('nobody is there yet')
    const before = (await app.asked()).length
    await app.press(0)
    await app.quit()
    await until(async () => (await app.asked()).length > before, { what: 'the question' })
    expect((await app.asked()).at(-1)).toMatchObject({ buttons: ['Stay', 'Close all the same'] })
    await expect(rows(pane(queue, 'Ventilator')).first()).toContainText('nobody is there yet')
    await app.press(1)
    await app.quit()
    expect(await app.ended).toBe(0)
  })
}
