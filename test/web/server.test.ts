import { encode } from '@msgpack/msgpack'
import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { Fault } from '../../src-main/contract/index.js'
import { DEADLINE } from '../helpers/peer.js'
import { until, within } from '../helpers/until.js'
import { handshake, manifest, startSite, type Site } from './fixture.js'
import { exchange, parse, request } from './raw.js'
import { startWebServer } from '../../src-main/web/server.js'
import { nowhere } from './nowhere.js'

const sites: Site[] = []
const strays: (Socket | WebSocket)[] = []
afterEach(async () => {
  for (const stray of strays.splice(0)) {
    if (stray instanceof WebSocket) stray.terminate()
    else stray.destroy()
  }
  await Promise.all(sites.splice(0).map((site) => site.close()))
})

async function open(...args: Parameters<typeof startSite>): Promise<Site> {
  const site = await startSite(...args)
  sites.push(site)
  return site
}

async function view(site: Site, cookie: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${site.host}/port`, {
    origin: `http://${site.host}`,
    headers: { cookie: cookie.slice('Cookie: '.length) },
  })
  strays.push(socket)
  await once(socket, 'open')
  return socket
}

async function stray(site: Site): Promise<Socket> {
  const socket = connect(site.port, '127.0.0.1')
  strays.push(socket)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

describe('files (A5: path traversal)', () => {
  it('serves what the manifest has, with its type, and to HEAD without its body', async () => {
    const site = await open()
    const cookie = await site.enter()
    const page = await site.get('/?language=en', cookie)
    expect(page).toMatchObject({ status: 200, body: '<!doctype html><title>Socketeer</title>' })
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    const script = await site.get('/assets/app.js', cookie)
    expect(script).toMatchObject({ status: 200, body: 'export {}' })
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
    const head = await request(site.port, 'HEAD /', [`Host: ${site.host}`, cookie])
    expect([head.status, head.headers['content-length'], head.body]).toEqual([200, page.headers['content-length'], ''])
  })

  it.each(nowhere)('has nothing at %s', async (path) => {
    const site = await open()
    expect((await site.get(path, await site.enter())).status).toBe(404)
  })
})

describe('headers (A8)', () => {
  it('stand on every answer, whatever its status', async () => {
    const site = await open({ headerBytes: 4096, views: 0 })
    const hasty = await open({ headersTimeout: 200, checkInterval: 20 })
    const cookie = await site.enter()
    const host = `Host: ${site.host}`
    const cross = 'Sec-Fetch-Site: cross-site'
    const answers: Record<string, string> = {
      200: await exchange(site.port, `GET / HTTP/1.1\r\n${host}\r\n${cookie}\r\nConnection: close\r\n\r\n`),
      303: await exchange(
        site.port,
        `GET /${new URL(site.link()).search} HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`,
      ),
      400: await exchange(site.port, 'NONSENSE\r\n\r\n'),
      401: await exchange(site.port, `GET / HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`),
      403: await exchange(site.port, `GET / HTTP/1.1\r\n${host}\r\n${cross}\r\nConnection: close\r\n\r\n`),
      404: await exchange(site.port, `GET /no HTTP/1.1\r\n${host}\r\n${cookie}\r\nConnection: close\r\n\r\n`),
      405: await exchange(site.port, `POST / HTTP/1.1\r\n${host}\r\nContent-Length: 0\r\n\r\n`),
      408: await exchange(hasty.port, 'GET / HTTP/1.1\r\nHost: '),
      421: await exchange(site.port, 'GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'),
      431: await exchange(site.port, `GET / HTTP/1.1\r\n${host}\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`),
      503: await exchange(site.port, `GET /port HTTP/1.1\r\n${handshake(site, cookie).join('\r\n')}\r\n\r\n`),
    }
    for (const [status, text] of Object.entries(answers)) {
      const { status: got, headers } = parse(text)
      expect(String(got)).toBe(status)
      expect({ status, ...headers }).toMatchObject({
        status,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      })
      const policy = headers['content-security-policy'] ?? ''
      expect(policy).toMatch(/^default-src 'none'; /)
      for (const directive of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "script-src 'self';"])
        expect(policy).toContain(directive)
      expect(policy).not.toMatch(/unsafe|\*|https?:/)
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
      expect(headers).not.toHaveProperty('x-powered-by')
    }
    expect(parse(answers['200'] ?? '').headers['content-security-policy']).toContain(
      `connect-src 'self' ws://${site.host};`,
    )
    expect(parse(answers['503'] ?? '').body).toBe('0 windows are open, and there may be no more: close one.\n')
  })
})

describe('HTTP limits (A7)', () => {
  it('ends a connection that says nothing, or says it too slowly', async () => {
    const site = await open({ headersTimeout: 100, requestTimeout: 200, checkInterval: 20 })
    const silent = await stray(site)
    const slow = await stray(site)
    slow.write('GET / HTTP/1.1\r\nHost: ')
    const body = await stray(site)
    body.write(`POST / HTTP/1.1\r\nHost: ${site.host}\r\nContent-Length: 10\r\n\r\nab`)
    await Promise.all(
      [silent, slow, body].map((socket) => within(once(socket.resume(), 'close'), DEADLINE, 'the connection to end')),
    )
  })

  it('ends a connection that is kept but not used', async () => {
    const site = await open({ keepAliveTimeout: 50 })
    const socket = await stray(site)
    socket.write(`GET / HTTP/1.1\r\nHost: ${site.host}\r\n\r\n`)
    await within(once(socket.resume(), 'close'), DEADLINE, 'the connection to end')
  })

  it('takes no more connections than it may', async () => {
    const site = await open({ connections: 3 })
    const first = await stray(site)
    await stray(site)
    await stray(site)
    const fourth = connect(site.port, '127.0.0.1')
    strays.push(fourth)
    fourth.on('error', () => undefined)
    await within(once(fourth.resume(), 'close'), DEADLINE, 'the fourth connection to be refused')
    first.destroy()
    await until(async () => (await exchange(site.port, 'GET / HTTP/1.0\r\n\r\n')).startsWith('HTTP/1.1 421'), {
      what: 'room again',
    })
  })

  it('refuses a head of 100 kB without keeping it', async () => {
    const site = await open()
    const answer = parse(
      await exchange(site.port, `GET / HTTP/1.1\r\nHost: ${site.host}\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`),
    )
    expect(answer.status).toBe(431)
  })

  it('answers pipelined requests one by one, in order', async () => {
    const site = await open()
    const cookie = await site.enter()
    const one = (path: string, more = ''): string =>
      `GET ${path} HTTP/1.1\r\nHost: ${site.host}\r\n${cookie}\r\n${more}\r\n`
    const text = await exchange(site.port, one('/') + one('/no') + one('/assets/app.js', 'Connection: close\r\n'))
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '404', '200'])
  })

  it('listens on loopback only unless told otherwise', async () => {
    const site = await open()
    const outside = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4')
    // 127.0.0.2 is another address of this machine on Linux; the outside one, where there is one, is the real question.
    for (const address of [outside?.address, process.platform === 'linux' ? '127.0.0.2' : undefined]) {
      if (address === undefined) continue
      const socket = connect(site.port, address)
      strays.push(socket)
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
      expect(error.code).toBe('ECONNREFUSED')
    }
  })
})

describe('views (A6: WebSocket abuse)', () => {
  it('lets in as many as it may, refuses the next with 503, and has room again when one goes', async () => {
    const site = await open({ views: 2 })
    const cookie = await site.enter()
    const first = await view(site, cookie)
    await view(site, cookie)
    const refused = await request(site.port, 'GET /port', handshake(site, cookie))
    expect(refused.status).toBe(503)
    expect(refused.body).toMatch(/^2 windows are open/)
    first.close()
    await until(async () => (await view(site, cookie).catch(() => undefined)) !== undefined, { what: 'room again' })
    expect(site.views).toHaveLength(3)
  })

  it('fits one message frame of the default limit and refuses what is larger, which is said', async () => {
    const site = await open()
    const cookie = await site.enter()
    const large = await view(site, cookie)
    const heard: unknown[] = []
    site.views[0]?.onMessage((frame) => heard.push(frame))
    large.send(
      encode({
        kind: 'call',
        id: 1,
        name: 'session.send',
        args: { id: 'a', frames: [new Uint8Array(64 * 1024 * 1024)] },
      }),
    )
    await until(() => heard.length === 1, { what: '64 MiB to arrive', deadline: 15_000 })

    const small = await open({ messageBytes: 1000 })
    const socket = await view(small, await small.enter())
    socket.send(Buffer.alloc(1001))
    const [code] = (await once(socket, 'close')) as [number]
    expect(code).toBe(1009)
    expect(small.told.map((fault) => fault.message)).toEqual([
      'A browser window was disconnected because Max payload size exceeded; it comes back by itself.',
    ])
  })

  it('bounds a message in fragments as one', async () => {
    const site = await open({ messageBytes: 1000 })
    const socket = await view(site, await site.enter())
    const closed = once(socket, 'close') as Promise<[number]>
    socket.send(Buffer.alloc(600), { fin: false })
    socket.send(Buffer.alloc(600), { fin: false })
    expect((await closed)[0]).toBe(1009)
  })

  it('gives up a view that answers no ping, and keeps one that does', async () => {
    const site = await open({ pingInterval: 1000 })
    const cookie = await site.enter()
    const alive = await view(site, cookie)
    const dead = new WebSocket(`ws://${site.host}/port`, {
      origin: `http://${site.host}`,
      headers: { cookie: cookie.slice('Cookie: '.length) },
      autoPong: false,
    })
    strays.push(dead)
    let pings = 0
    alive.on('ping', () => pings++)
    await within(once(dead, 'close'), DEADLINE, 'the dead view to be given up')
    await until(() => pings > 1, { what: 'pings' })
    expect(alive.readyState).toBe(WebSocket.OPEN)
  })

  it('says goodbye when it closes, and waits for nobody', async () => {
    const site = await startSite({ closeTimeout: 100 })
    const cookie = await site.enter()
    const polite = await view(site, cookie)
    const deaf = await view(site, cookie)
    deaf.pause()
    const idle = await stray(site)
    const goodbye = once(polite, 'close') as Promise<[number, Buffer]>
    await Promise.all([within(site.close(), 10_000, 'the server to close'), once(idle.resume(), 'close')])
    const [code, reason] = await goodbye
    expect([code, String(reason)]).toEqual([1001, 'Socketeer has stopped'])
  })
})

describe('an address that cannot be had', () => {
  const download = () => Promise.reject(new Error('there are no files'))
  const nobody = { manifest, download, connected: () => undefined, tell: () => undefined }

  it('is refused with a sentence that says what would be right', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    try {
      const error: unknown = await startWebServer({ ...nobody, host: '127.0.0.1', port }).catch(
        (thrown: unknown) => thrown,
      )
      expect(error).toBeInstanceOf(Fault)
      expect(error).toMatchObject({
        code: 'EADDRINUSE',
        message: `Port ${port} of 127.0.0.1 is in use by another program; choose another with --port N, or any free one with --port 0.`,
      })
    } finally {
      taken.close()
    }
    await expect(startWebServer({ ...nobody, host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
      message: '192.0.2.1 is not an address of this machine; leave --host out to serve this machine only.',
    })
  })
})
