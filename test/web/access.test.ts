import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { networkInterfaces } from 'node:os'
import { exchange, parse, request } from './raw.js'
import { handshake, startSite, type Site } from './fixture.js'

const tokenOf = (link: string): string => new URL(link).searchParams.get('token') ?? ''

describe('host (A1: DNS rebinding)', () => {
  let site: Site
  let cookie: string
  beforeAll(async () => {
    site = await startSite()
    cookie = await site.enter()
  })
  afterAll(() => site.close())

  it.each(['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST', 'LocalHost'])('takes %s with our port', async (name) => {
    expect((await site.get('/', `Host: ${name}:${site.port}`, cookie)).status).toBe(200)
  })

  const refused: [string, (port: number) => string[]][] = [
    ['another name', (port) => [`Host: evil.example:${port}`]],
    ['another name without a port', () => ['Host: evil.example']],
    ['no Host', () => []],
    ['an empty Host', () => ['Host: ']],
    ['no port', () => ['Host: 127.0.0.1']],
    ['another port', (port) => [`Host: 127.0.0.1:${port + 1}`]],
    ['a port that begins like ours', (port) => [`Host: 127.0.0.1:${port}0`]],
    ['a name that begins like ours', (port) => [`Host: localhost.evil:${port}`]],
    ['a name that ends like ours', (port) => [`Host: evil.localhost:${port}`]],
    ['a trailing dot', (port) => [`Host: localhost.:${port}`]],
    ['a user in front', (port) => [`Host: evil@127.0.0.1:${port}`]],
    ['another loopback address', (port) => [`Host: 127.0.0.2:${port}`]],
    ['the same address spelled otherwise', (port) => [`Host: 2130706433:${port}`]],
    ['two Hosts, ours first', (port) => [`Host: 127.0.0.1:${port}`, 'Host: evil.example']],
    ['two Hosts, ours last', (port) => ['Host: evil.example', `Host: 127.0.0.1:${port}`]],
    ['the same Host twice', (port) => [`Host: 127.0.0.1:${port}`, `hOsT: 127.0.0.1:${port}`]],
    ['two names in one', (port) => [`Host: 127.0.0.1:${port}, evil.example`]],
  ]
  const own = (): string => `http://127.0.0.1:${site.port}`

  it.each(refused)('refuses %s with 421 and no body, page and upgrade alike, cookie or not', async (_what, hosts) => {
    const lines = hosts(site.port)
    for (const answer of [
      await request(site.port, 'GET /', [...lines, cookie]),
      await request(site.port, 'GET /', lines),
      await request(site.port, `GET /?token=${tokenOf(site.link())}`, lines),
      await request(site.port, 'POST /', lines),
      await request(site.port, 'GET /port', [...lines, ...handshake(site, cookie).slice(1)]),
    ]) {
      expect(answer.status).toBe(421)
      expect(answer.body).toBe('')
    }
    expect(site.views).toHaveLength(0)
  })

  it.each(['http://evil.example/', 'http://127.0.0.1/', '*'])('refuses %s as a request target', async (target) => {
    const method = target === '*' ? 'OPTIONS' : 'GET'
    expect((await request(site.port, `${method} ${target}`, [`Host: ${site.host}`, cookie])).status).toBe(421)
  })

  it('refuses even our own address in absolute form', async () => {
    expect((await request(site.port, `GET ${own()}/`, [`Host: ${site.host}`, cookie])).status).toBe(421)
  })

  it('takes //evil/ as a path, which is not there', async () => {
    expect((await site.get('//evil.example/', cookie)).status).toBe(404)
  })

  it('refuses HTTP/1.0 without Host', async () => {
    expect(parse(await exchange(site.port, 'GET / HTTP/1.0\r\n\r\n')).status).toBe(421)
  })
})

describe('host, when told to listen on every address', () => {
  it('takes addresses of this machine, and still no names', async () => {
    const site = await startSite({}, '0.0.0.0')
    try {
      const cookie = await site.enter()
      const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
      for (const { address, family } of addresses)
        expect(
          (await site.get('/', `Host: ${family === 'IPv6' ? `[${address}]` : address}:${site.port}`, cookie)).status,
        ).toBe(200)
      for (const host of ['evil.example', '192.0.2.1', '[2001:db8::1]', '127.0.0.1:1'])
        expect((await site.get('/', `Host: ${host}:${site.port}`, cookie)).status).toBe(421)
      expect(site.origin).toBe(`http://127.0.0.1:${site.port}`)
    } finally {
      await site.close()
    }
  })
})

describe('origin (A2: cross-origin WebSocket, A3: cross-site requests)', () => {
  let site: Site
  let cookie: string
  beforeAll(async () => {
    site = await startSite()
    cookie = await site.enter()
  })
  afterAll(() => site.close())

  const upgrade = (lines: readonly string[]) => request(site.port, 'GET /port', lines)

  it.each(['127.0.0.1', 'localhost', '[::1]'])('opens the port for our page at %s', async (name) => {
    const before = site.views.length
    const lines = handshake(site, cookie)
    lines[0] = `Host: ${name}:${site.port}`
    lines[1] = `Origin: http://${name}:${site.port}`
    // It stays open, so we close it: half a WebSocket frame is a protocol error.
    const answer = parse(await exchange(site.port, ['GET /port HTTP/1.1', ...lines, '', '\xff\xff'].join('\r\n')))
    expect(answer.status).toBe(101)
    expect(answer.headers['sec-websocket-extensions']).toBeUndefined()
    expect(site.views).toHaveLength(before + 1)
  })

  it.each([
    ['none', () => []],
    ['null', () => ['Origin: null']],
    ['empty', () => ['Origin: ']],
    ['another site', () => ['Origin: http://evil.example']],
    ['another port', (port: number) => [`Origin: http://127.0.0.1:${port + 1}`]],
    ['no port', () => ['Origin: http://127.0.0.1']],
    ['https', (port: number) => [`Origin: https://127.0.0.1:${port}`]],
    ['ours with more', (port: number) => [`Origin: http://127.0.0.1:${port}.evil.example`]],
    ['another of our names', (port: number) => [`Origin: http://localhost:${port}`]],
    ['two', (port: number) => [`Origin: http://127.0.0.1:${port}`, 'Origin: http://evil.example']],
  ])('refuses an upgrade whose origin is %s, with 403 and before anything else', async (_what, origin) => {
    const before = site.views.length
    const lines = handshake(site, cookie).filter((line) => !line.startsWith('Origin'))
    const answer = await upgrade([...lines, ...origin(site.port)])
    expect(answer.status).toBe(403)
    expect(answer.body).toMatch(/^Only the page that Socketeer itself serves/)
    expect(site.views).toHaveLength(before)
  })

  it.each(['cross-site', 'same-site', 'nonsense'])('refuses what a browser calls %s', async (value) => {
    const line = `Sec-Fetch-Site: ${value}`
    const token = tokenOf(site.link())
    for (const answer of [
      await site.get('/', cookie, line),
      await site.get('/assets/app.js', cookie, line),
      await site.get(`/?token=${token}`, line),
      await upgrade([...handshake(site, cookie), line]),
    ]) {
      expect(answer.status).toBe(403)
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
    // The link has not been used up by that.
    expect((await site.get(`/?token=${token}`, 'Sec-Fetch-Site: none')).status).toBe(303)
  })

  it.each(['same-origin', 'none'])('takes what a browser calls %s', async (value) => {
    expect((await site.get('/', cookie, `Sec-Fetch-Site: ${value}`)).status).toBe(200)
  })

  it('refuses a fetch from another origin, and never says that it may read', async () => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'PUT', 'DELETE']) {
      const answer = await request(
        site.port,
        `${method} /`,
        [
          `Host: ${site.host}`,
          'Origin: http://evil.example',
          'Access-Control-Request-Method: POST',
          'Content-Type: text/plain',
          'Content-Length: 2',
          cookie,
        ],
        '{}',
      )
      expect(answer.status).toBe(403)
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  it('changes nothing by any method but GET, and says which there are', async () => {
    for (const method of ['POST', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE']) {
      const answer = await request(site.port, `${method} /?token=${tokenOf(site.link())}`, [
        `Host: ${site.host}`,
        cookie,
      ])
      expect([method, answer.status, answer.headers['allow']]).toEqual([method, 405, 'GET, HEAD'])
    }
  })

  it('opens the port at /port only', async () => {
    for (const path of ['/', '/port/', '/port?x', '/%70ort', '/PORT'])
      expect((await request(site.port, `GET ${path}`, handshake(site, cookie))).status).toBe(404)
  })
})

describe('token (A4)', () => {
  let site: Site
  beforeEach(async () => {
    site = await startSite()
  })
  afterEach(() => site.close())

  it('is 32 random bytes, new for each link', () => {
    const tokens = Array.from({ length: 5 }, () => tokenOf(site.link()))
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    expect(new Set(tokens).size).toBe(5)
    expect(site.link().startsWith(`http://127.0.0.1:${site.port}/?token=`)).toBe(true)
  })

  it('is exchanged for a cookie that only our own page sends and no script reads', async () => {
    const token = tokenOf(site.link())
    const answer = await site.get(`/?token=${token}`)
    expect(answer.status).toBe(303)
    expect(answer.headers['location']).toBe('/')
    const [pair = '', ...attributes] = (answer.headers['set-cookie'] ?? '').split('; ')
    expect(attributes.sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict'])
    expect(pair).not.toContain(token)
    expect((await site.get('/', `Cookie: ${pair}`)).body).toContain('<title>Socketeer')
    expect((await site.get('/', `Cookie: a=b; ${pair}; c=d`)).status).toBe(200)
    expect((await site.get('/', `Cookie: ${pair.split('=')[0]}=stale; ${pair}`)).status).toBe(200)
  })

  it.each([
    ['/', /Open the link that Socketeer printed/],
    ['/?token=', /not one that this Socketeer has told/],
    ['/?token=wrong', /not one that this Socketeer has told/],
    ['/?token=TOKEN&token=TOKEN', /not one that this Socketeer has told/],
    ['/?token=TOKEN&token=x', /not one that this Socketeer has told/],
    ['/?token=TOKENx', /not one that this Socketeer has told/],
    ['/?token=TOKE', /not one that this Socketeer has told/],
    ['/?token=token', /not one that this Socketeer has told/],
    ['/?token[]=TOKEN', /Open the link/],
    ['/?TOKEN', /Open the link/],
    ['/index.html?token=TOKEN', /Open the link/],
    ['/assets/app.js', /Open the link/],
    ['/nothing', /Open the link/],
    ['/port', /Open the link/],
  ])('refuses %s in one sentence that says what would be right', async (path, words) => {
    const token = tokenOf(site.link())
    const answer = await site.get(path.replaceAll('TOKEN', token).replaceAll('TOKE', token.slice(0, -1)))
    expect(answer.status).toBe(401)
    expect(answer.body).toMatch(words)
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect((await site.get(`/?token=${token}`)).status).toBe(303)
  })

  it('opens one browser only, and says so to the next; the first may use the link again', async () => {
    const path = `/?token=${tokenOf(site.link())}`
    const first = await site.get(path)
    const cookie = `Cookie: ${first.headers['set-cookie']?.split(';')[0]}`
    const second = await site.get(path)
    expect(second.status).toBe(401)
    expect(second.body).toMatch(/^This link has been used: it opens one browser, once\./)
    const again = await site.get(path, cookie)
    expect([again.status, again.headers['location'], again.headers['set-cookie']]).toEqual([303, '/', undefined])
    // Another link is another matter.
    expect((await site.get(`/?token=${tokenOf(site.link())}`)).status).toBe(303)
  })

  it('is not used up by HEAD', async () => {
    const path = `/?token=${tokenOf(site.link())}`
    expect((await request(site.port, `HEAD ${path}`, [`Host: ${site.host}`])).status).toBe(401)
    expect((await site.get(path)).status).toBe(303)
  })

  it('dies in time if it was given a time', async () => {
    const now = performance.now()
    const path = `/?token=${tokenOf(site.link(60_000))}`
    const clock = vi.spyOn(performance, 'now').mockReturnValue(now + 61_000)
    try {
      expect((await site.get(path)).status).toBe(401)
    } finally {
      clock.mockRestore()
    }
  })

  it.each(['', 'Cookie: ', 'Cookie: socketeer=x', 'Cookie: NAME=', 'Cookie: NAME=wrong', 'Cookie: NAME'])(
    'no port without its cookie: %j',
    async (line) => {
      const [name = ''] = (await site.enter()).slice('Cookie: '.length).split('=')
      const lines = handshake(site, line.replace('NAME', name)).filter((each) => each !== '')
      const answer = await request(site.port, 'GET /port', lines)
      expect(answer.status).toBe(401)
      expect(answer.body).toMatch(/has not been let in/)
      expect(site.views).toHaveLength(0)
    },
  )

  it('gives no cookie that another start, or another port, would take', async () => {
    const other = await startSite()
    try {
      const [mine, theirs] = [await site.enter(), await other.enter()]
      expect(mine.split('=')[0]).not.toBe(theirs.split('=')[0])
      expect((await other.get('/', mine)).status).toBe(401)
      expect((await other.get('/', `${theirs.split('=')[0]}=${mine.split('=')[1]}`)).status).toBe(401)
    } finally {
      await other.close()
    }
  })

  it('lets nobody guess by the thousand, and a browser that is in go on', async () => {
    const cookie = await site.enter()
    const right = tokenOf(site.link())
    const statuses = new Map<number, number>()
    // The clock stands still: each second one more would be free. At a whole number: sums of others can be a hair off.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(Math.ceil(performance.now()))
    onTestFinished(() => clock.mockRestore())
    // Pipelined: ten thousand guesses on a few connections.
    const guesses = Array.from(
      { length: 500 },
      (_, i) => `GET /?token=guess${i} HTTP/1.1\r\nHost: ${site.host}\r\n\r\n`,
    )
    for (let i = 0; i < 20; i++) {
      const text = await exchange(site.port, `${guesses.join('')}GET / HTTP/1.0\r\n\r\n`)
      for (const [, status] of text.matchAll(/^HTTP\/1\.1 (\d+)/gm))
        statuses.set(Number(status), (statuses.get(Number(status)) ?? 0) + 1)
    }
    expect([...statuses.keys()].sort()).toEqual([401, 421, 429])
    expect((statuses.get(401) ?? 0) + (statuses.get(429) ?? 0)).toBe(10_000)
    expect(statuses.get(401)).toBe(20)
    const late = await site.get(`/?token=${right}`)
    expect(late.status).toBe(429)
    expect(late.body).toMatch(/^There were too many wrong tokens; try the link again in \d+ s\.\n$/)
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(0)
    expect((await site.get('/', cookie)).status).toBe(200)
  })
})
