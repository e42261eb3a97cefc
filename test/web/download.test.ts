import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { Fault } from '../../src-main/contract/index.js'
import { startSite, type Site } from './fixture.js'
import { request } from './raw.js'

const sites: Site[] = []
afterEach(async () => {
  await Promise.all(sites.splice(0).map((site) => site.close()))
})

async function open(...args: Parameters<typeof startSite>): Promise<Site> {
  const site = await startSite(...args)
  sites.push(site)
  return site
}

describe('downloads of recordings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'socketeer-downloads-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const name = 'trip "1" (二).mcap'
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251))
  const asked: string[] = []
  async function openWithFiles() {
    writeFileSync(join(folder, 'a.mcap'), content)
    asked.length = 0
    return open({}, '127.0.0.1', (wanted) => {
      asked.push(wanted)
      return wanted === 'busy.mcap'
        ? Promise.reject(new Fault('RECORDING_BUSY', 'It is being written.'))
        : wanted === 'gone.mcap'
          ? Promise.resolve({ path: join(folder, wanted), bytes: 10 })
          : Promise.resolve({ path: join(folder, 'a.mcap'), bytes: content.byteLength })
    })
  }

  it('are the bytes of the file, as a download, for whoever was let in', async () => {
    const site = await openWithFiles()
    const path = `/recordings/${encodeURIComponent('trip (二).mcap')}`
    expect((await site.get(path)).status).toBe(401)
    expect(asked).toEqual([])
    const cookie = await site.enter()
    const { status, headers, body } = await site.get(path, cookie)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(content.byteLength),
      'content-disposition': "attachment; filename*=UTF-8''trip%20%28%E4%BA%8C%29.mcap",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    expect(Buffer.from(body, 'latin1').equals(content)).toBe(true)
    const head = await request(site.port, `HEAD ${path}`, [`Host: ${site.host}`, cookie])
    expect([head.status, head.body]).toEqual([200, ''])
    expect((await request(site.port, `POST ${path}`, [`Host: ${site.host}`, cookie])).status).toBe(405)
  })

  it.each([
    '..%2f..%2fetc%2fpasswd',
    '..%5c..%5cboot.ini',
    '%2e%2e/a.mcap',
    'x/../a.mcap',
    '.hidden.mcap',
    'a.txt',
    '',
    '%',
    '%00.mcap',
    encodeURIComponent(name),
  ])('are never asked for under a name that is none (“%s”)', async (wanted) => {
    const site = await openWithFiles()
    expect((await site.get(`/recordings/${wanted}`, await site.enter())).status).toBe(404)
    expect(asked).toEqual([])
  })

  it('say why one is not to be had, and are cut off when the file has gone', async () => {
    const site = await openWithFiles()
    const cookie = await site.enter()
    expect(await site.get('/recordings/busy.mcap', cookie)).toMatchObject({
      status: 409,
      body: 'It is being written.\n',
    })
    expect((await site.get('/recordings/gone.mcap', cookie)).body).toBe('')
    expect((await site.get('/recordings/a.mcap', cookie)).status).toBe(200)
  })
})
