import { chromium, type Browser } from '@playwright/test'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findChromium } from '../../build/scripts/find.mjs'
import { startSite, type Site } from './fixture.js'

const executablePath = findChromium()
/** In CI a missing browser is a failure: there the test runs, and fails. */
const runs = executablePath !== undefined || process.env['CI'] === 'true'

let site: Site
let hostile: Server
let browser: Browser

/** Tries everything that a page can do to another address; what came of it is in `window.results`. */
const script = (target: string): string => `
  const target = ${JSON.stringify(target)}
  const tries = {
    fetch: () => fetch(target + '/', { credentials: 'include' }).then(() => 'READ', () => 'blocked'),
    blind: () => fetch(target + '/', { credentials: 'include', mode: 'no-cors' }).then((r) => r.type === 'opaque' ? 'blocked' : 'READ', () => 'blocked'),
    post: () => fetch(target + '/', { method: 'POST', credentials: 'include', mode: 'no-cors', body: '{}' }).then((r) => r.type === 'opaque' ? 'blocked' : 'READ', () => 'blocked'),
    json: () => fetch(target + '/', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }).then(() => 'READ', () => 'blocked'),
    socket: () => new Promise((resolve) => {
      const socket = new WebSocket(target.replace('http', 'ws') + '/port')
      socket.onopen = () => resolve('OPENED')
      socket.onerror = () => resolve('blocked')
    }),
    image: () => element('img', { src: target + '/assets/app.js' }),
    script: () => element('script', { src: target + '/assets/app.js' }),
    style: () => element('link', { rel: 'stylesheet', href: target + '/assets/app.js' }),
    frame: () => new Promise((resolve) => {
      const frame = Object.assign(document.createElement('iframe'), { src: target + '/', name: 'inside' })
      frame.onload = () => { try { resolve(frame.contentDocument ? 'READ' : 'blocked') } catch { resolve('blocked') } }
      document.body.append(frame)
    }),
    form: () => new Promise((resolve) => {
      const frame = Object.assign(document.createElement('iframe'), { name: 'posted' })
      const form = Object.assign(document.createElement('form'), { action: target + '/', method: 'post', target: 'posted', enctype: 'text/plain' })
      document.body.append(frame, form)
      frame.onload = () => resolve('blocked')
      form.submit()
    }),
  }
  function element(tag, properties) {
    return new Promise((resolve) => {
      const made = Object.assign(document.createElement(tag), properties)
      made.onload = () => resolve('LOADED')
      made.onerror = () => resolve('blocked')
      document.body.append(made)
    })
  }
  window.results = Promise.all(Object.entries(tries).map(async ([name, run]) => [name, await run()])).then(Object.fromEntries)
`

beforeAll(async () => {
  if (!runs) return
  site = await startSite()
  hostile = createServer((request, response) => {
    const isScript = request.url === '/attack.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    response.end(
      isScript
        ? script(site.origin)
        : `<!doctype html><a href="${site.origin}/">a link</a><script src="/attack.js"></script>`,
    )
  }).listen(0, '127.0.0.1')
  await once(hostile, 'listening')
  browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
}, 60_000)
afterAll(async () => {
  if (!runs) return
  await browser.close()
  hostile.closeAllConnections()
  hostile.close()
  await site.close()
})

// On 127.0.0.1 another port is the same site to a browser, which sends our SameSite cookie; on localhost it is another.
it.skipIf(!runs).each(['127.0.0.1', 'localhost'])(
  'a page of another port, on %s, can do nothing to us in a browser that is let in (A10; skipped without Chromium)',
  async (name) => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(site.link())
    expect(await page.title()).toBe('Socketeer')

    const statuses: number[] = []
    context.on('response', (response) => {
      if (response.url().startsWith(site.origin)) statuses.push(response.status())
    })
    await page.goto(`http://${name}:${(hostile.address() as AddressInfo).port}/`)
    const results = await page.evaluate<Record<string, string>>('window.results')
    expect(Object.keys(results)).toHaveLength(10)
    for (const [what, result] of Object.entries(results)) expect([what, result]).toEqual([what, 'blocked'])
    await page.getByRole('link').click()
    await page.getByText('Another site led here').waitFor()
    // The frame, the form and the link; what the browser itself kept from the page is not listed.
    expect(statuses.length).toBeGreaterThanOrEqual(3)
    for (const status of statuses) expect([403, 405]).toContain(status)
    expect(site.views).toEqual([])

    // The person goes on as before.
    await page.goto(`${site.origin}/`)
    expect(await page.title()).toBe('Socketeer')
    await context.close()
  },
  60_000,
)
