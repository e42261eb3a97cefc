import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Desktop } from '../electron/launch.js'
import { until } from '../helpers/until.js'

describe('while developing', () => {
  let server: Server
  let origin: string
  let desktop: Desktop
  beforeAll(async () => {
    server = createServer((_request, response) => response.end('<!doctype html>')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    desktop = await Desktop.open({ env: { ELECTRON_RENDERER_URL: origin } })
  })
  afterAll(async () => {
    await desktop.remove()
    server.close()
  })

  it("shows the page of electron-vite's server, which alone has the line", async () => {
    expect(await desktop.do('windows')).toMatchObject([{ url: origin }])
    await desktop.listen()
    await desktop.do('showElsewhere', 1, 'app://socketeer/')
    await desktop.do('ipc', 1, 'main', 'open')
    await until(() => desktop.errors.includes('it came from another page'), { what: 'the refusal' })
    expect(desktop.frames()).toHaveLength(1)
  })

  it('lets the page load from that server, and from nowhere else', async () => {
    expect(await desktop.do('fetch', `${origin}/main.ts`)).toMatchObject({ status: 200 })
    for (const url of ['http://127.0.0.1:1/', 'https://example.org/', 'http://127.0.0.1.evil/', 'app://socketeer/'])
      expect((await desktop.do('fetch', url)).status, url).not.toBe(200)
  })
})
