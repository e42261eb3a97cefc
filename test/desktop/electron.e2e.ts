import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type ElectronApplication, type Page } from '@playwright/test'
import { launchElectron, noElectron } from './drivers.js'

/*
 * What the stand-in cannot show: Chromium itself refusing what we told it to refuse. It runs wherever Electron does; nothing is
 * downloaded for it.
 */

let folder: string
let app: ElectronApplication
let page: Page

test.beforeEach(async () => {
  test.skip(noElectron !== undefined, noElectron)
  folder = await mkdtemp(join(tmpdir(), 'socketeer-electron-'))
  app = await launchElectron(folder)
  page = await app.firstWindow()
  await page.getByRole('tab', { name: 'Chat' }).waitFor()
})

test.afterEach(async () => {
  if (noElectron !== undefined) return
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

test('shows the three desks from app://socketeer/', async () => {
  expect(page.url()).toBe('app://socketeer/')
  for (const name of ['Chat', 'Radio', 'Pipeline']) await expect(page.getByRole('tab', { name })).toBeVisible()
})

test('gives the window the web preferences that it was made with', async () => {
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>
    }
    return contents.getLastWebPreferences()
  })
  expect(preferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  })
})

/**
 * Each is an expression of a page that was taken over; it must come out `false`, or `'refused'`. What the debugger runs may compile code whatever the page's
 * policy says, and so may all that it calls: that attempt is made when the debugger has left.
 */
const attempts: Record<string, string> = {
  'require something of Node': `typeof require !== 'undefined' || typeof process !== 'undefined'`,
  'reach more than the two functions': `Object.keys(window.socketeer).sort().join() !== 'onMessage,send'`,
  'compile code': `new Promise((resolve) => setTimeout(() => {
    try { resolve(new Function('return true')()) } catch { resolve('refused') }
  }))`,
  'run an inline script': `(() => {
    const script = document.createElement('script')
    try { script.textContent = 'window.ran = true' } catch { return 'refused' }
    document.body.append(script)
    return window.ran === true
  })()`,
  'open a window': `window.open('https://example.org/') !== null`,
  'fetch from this machine': `fetch('http://127.0.0.1:8155/').then(() => true, () => 'refused')`,
  'fetch a file': `fetch('file:///etc/passwd').then(() => true, () => 'refused')`,
  'fetch another host of our scheme': `fetch('app://evil/').then(() => true, () => 'refused')`,
  'open a WebSocket': `new Promise((resolve) => {
    try {
      const socket = new WebSocket('ws://127.0.0.1:8155/')
      socket.onopen = () => resolve(true)
      socket.onerror = () => resolve('refused')
    } catch { resolve('refused') }
  })`,
  'use the camera': `navigator.mediaDevices.getUserMedia({ video: true }).then(() => true, () => 'refused')`,
  'read the clipboard': `navigator.clipboard.readText().then(() => true, () => 'refused')`,
  'know where we are': `navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state === 'granted')`,
  'show notifications': `Notification.requestPermission().then((state) => state === 'granted')`,
  'give a frame the line': `new Promise((resolve) => {
    const frame = document.createElement('iframe')
    frame.onload = () => resolve(frame.contentWindow?.socketeer !== undefined)
    frame.onerror = () => resolve('refused')
    document.body.append(frame)
  })`,
}

test('a page that was taken over gets nowhere', async () => {
  for (const [attempt, expression] of Object.entries(attempts))
    await test.step(`it cannot ${attempt}`, async () => {
      expect.soft([false, 'refused'], attempt).toContain(await page.evaluate<unknown>(expression))
      expect.soft(app.windows(), attempt).toHaveLength(1)
    })
})

test('a page that navigates stays where it is, and keeps its line', async () => {
  await page.evaluate(`void (location.href = 'https://example.org/')`)
  await page.evaluate(`void (location.href = 'app://evil/')`)
  expect(page.url()).toBe('app://socketeer/')
  await page.getByRole('tab', { name: 'Radio' }).click()
  await expect(page.getByRole('tab', { name: 'Radio' })).toHaveAttribute('aria-selected', 'true')
})

test('quits with 0, within 2 s', async () => {
  const child = app.process()
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const began = performance.now()
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(performance.now() - began).toBeLessThan(2000)
})
