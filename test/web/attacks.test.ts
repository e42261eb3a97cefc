import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { layCable, noCable } from '../helpers/namespaces.js'
import { DEADLINE, type LineProcess } from '../helpers/peer.js'
import { startServe } from '../helpers/serve.js'
import { until, within } from '../helpers/until.js'
import { startSite, type Site } from './fixture.js'
import { request } from './raw.js'

// What many or patient attackers do to browser mode, from this machine and from beside it. The rest of A1 to A10 is in the other files of this folder: SECURITY.md lists them.

const strays: WebSocket[] = []
const sites: Site[] = []
let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'socketeer-attacks-'))
})
afterEach(async () => {
  await rm(directory, { recursive: true, force: true })
  for (const stray of strays.splice(0)) stray.terminate()
  await Promise.all(sites.splice(0).map((site) => site.close()))
})

async function open(limits: Parameters<typeof startSite>[0] = {}): Promise<Site> {
  const site = await startSite(limits)
  sites.push(site)
  return site
}

function view(site: Site, cookie: string): WebSocket {
  const socket = new WebSocket(`ws://${site.host}/port`, {
    origin: `http://${site.host}`,
    headers: { cookie: cookie.slice('Cookie: '.length) },
  })
  strays.push(socket)
  socket.on('error', () => undefined)
  return socket
}

/** Whether it was let in, once that is decided. */
function comesIn(socket: WebSocket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('open', () => resolve(true))
    socket.once('close', () => resolve(false))
  })
}

describe('views (A6: WebSocket abuse)', () => {
  it('a flood of fragments, empty or of a byte, ends its own line and no other', async () => {
    const site = await open()
    const cookie = await site.enter()
    const good = view(site, cookie)
    await once(good, 'open')
    for (const size of [0, 1]) {
      const flood = view(site, cookie)
      await once(flood, 'open')
      const closed = once(flood, 'close') as Promise<[number]>
      for (let n = 0; n < 20_000 && flood.readyState === WebSocket.OPEN; n++)
        flood.send(Buffer.alloc(size), { fin: false })
      expect((await within(closed, DEADLINE, 'the line to end'))[0]).toBe(1008)
    }
    expect(site.told.map(({ code }) => code)).toEqual(['VIEW_DROPPED', 'VIEW_DROPPED'])
    expect(good.readyState).toBe(WebSocket.OPEN)
  })

  it('a view that reads nothing is dropped when more waits for it than may, and the next one is served', async () => {
    const site = await open({ waitingBytes: 1024 * 1024 })
    const cookie = await site.enter()
    // One after the other, so that the first there is the first here.
    const deaf = view(site, cookie)
    await once(deaf, 'open')
    const good = view(site, cookie)
    await once(good, 'open')
    deaf.pause()
    let heard = 0
    good.on('message', () => heard++)
    const [first, second] = site.views
    const gone: unknown[] = []
    first?.onClose(() => gone.push(first))
    const frame = { kind: 'event', name: 'gone', value: 'x'.repeat(256 * 1024) } as never
    await until(
      () => {
        first?.send(frame)
        return gone.length > 0
      },
      { deadline: DEADLINE, what: 'the deaf view to be dropped' },
    )
    second?.send(frame)
    await until(() => heard === 1, { deadline: DEADLINE, what: 'the other view to hear' })
    expect(site.told.map(({ message }) => message).join()).toMatch(/because it left \d+ bytes unread/)
  })

  it('a thousand sockets get 16 views and no more than the connections there may be; afterwards there is room again', async () => {
    const site = await open()
    const cookie = await site.enter()
    const all = Array.from({ length: 1000 }, () => view(site, cookie))
    await within(Promise.all(all.map(comesIn)), 30_000, 'each to be let in or refused')
    expect(all.filter(({ readyState }) => readyState === WebSocket.OPEN)).toHaveLength(16)
    expect(site.views).toHaveLength(16)
    for (const socket of all) socket.terminate()
    await until(() => comesIn(view(site, cookie)), { deadline: DEADLINE, what: 'room for the next one' })
  }, 60_000)
})

describe('the door (A7: HTTP abuse)', () => {
  it('slowloris: a hundred heads that never end are cut off, and meanwhile a browser that is in is served', async () => {
    const site = await open({ headersTimeout: 2000, requestTimeout: 4000, checkInterval: 20 })
    const cookie = await site.enter()
    const slow = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const socket = connect(site.port, '127.0.0.1')
        socket.on('error', () => undefined)
        await once(socket, 'connect')
        socket.write(`GET / HTTP/1.1\r\nHost: ${site.host}\r\nX-Slow: `)
        return { socket, closed: once(socket.resume(), 'close') }
      }),
    )
    expect((await site.get('/', cookie)).status).toBe(200)
    // A byte now and then is no reason to wait any longer.
    const drip = setInterval(() => slow.forEach(({ socket }) => socket.writable && socket.write('x')), 50)
    try {
      await within(Promise.all(slow.map(({ closed }) => closed)), DEADLINE, 'all of them to be cut off')
    } finally {
      clearInterval(drip)
    }
    expect((await site.get('/', cookie)).status).toBe(200)
  })

  it.skipIf(process.platform !== 'linux')('listens on 127.0.0.1 alone, as the kernel lists it', async () => {
    const site = await open()
    expect(await listening(site.port)).toEqual(['0100007F'])
  })

  it('is not there for another machine on the same cable', async ({ skip }) => {
    const why = noCable()
    if (why !== undefined) skip(why)
    const program = join(import.meta.dirname, '../../out/main/serve.js')
    if (!existsSync(program)) throw new Error(`${program} is not there: run npm run build first.`)
    const cable = layCable()
    const start = (...more: string[]) =>
      cable.start('left', 'browser mode', 'env', [
        `SOCKETEER_PROFILE_DIR=${directory}`,
        process.execPath,
        program,
        ...['--port', '0', '--no-open', ...more],
      ])
    const closed = await portOf(start())
    const opened = await portOf(start('--profile', 'open', '--host', cable.left))
    const knock = `const s = require('node:net').connect(+process.argv[1], '${cable.left}')
      s.on('connect', () => { console.log('in'); s.destroy() }).on('error', (e) => console.log(e.code))`
    const from = (port: number) => cable.start('right', 'the other machine', process.execPath, ['-e', knock, `${port}`])
    expect(await from(closed).line((line) => line)).toBe('ECONNREFUSED')
    // The cable is sound: who is told to let other machines in does.
    expect(await from(opened).line((line) => line)).toBe('in')
  })
})

describe('another user of this machine (A9)', () => {
  it.skipIf(process.platform === 'win32')('reads nothing that is kept, and finds no token in it or in ps', async () => {
    const { process: child, url, view: enter } = await startServe(directory)
    const client = await enter()
    await client.call('profile.update', { patch: { layout: { desk: 'radio' } } })
    await client.call('keys.make', { name: 'robot' })
    const folder = join(directory, 'profile')
    await until(async () => (await readdir(folder)).includes('default.json'), {
      deadline: DEADLINE,
      what: 'the profile to be saved',
    })
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    const token = url.searchParams.get('token') ?? ''
    expect(token).toHaveLength(43)
    const kept = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
    expect(kept).toEqual(['default.json', 'keys.json'])
    for (const name of kept) {
      expect([name, (await stat(join(folder, name))).mode & 0o777]).toEqual([name, 0o600])
      expect(await readFile(join(folder, name), 'utf8')).not.toContain(token)
    }
    if (process.platform === 'linux')
      for (const what of ['cmdline', 'environ'])
        expect(await readFile(`/proc/${child.child.pid}/${what}`, 'utf8')).not.toContain(token)
    // Whoever found the link in the terminal's history comes too late.
    const late = await request(Number(url.port), `GET /${url.search}`, [`Host: ${url.host}`])
    expect(late.status).toBe(401)
    client.close()
  })
})

/** The local addresses that a port listens on, in the kernel's hexadecimal, of IPv4 and IPv6. */
async function listening(port: number): Promise<string[]> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const lines: string[] = []
  for (const family of ['tcp', 'tcp6'])
    lines.push(...(await readFile(`/proc/net/${family}`, 'utf8').catch(() => '')).split('\n'))
  const rows = lines.map((line) => line.trim().split(/\s+/))
  // 0A is LISTEN.
  return rows.filter((row) => row[3] === '0A' && row[1]?.endsWith(`:${hex}`)).map((row) => row[1]!.split(':')[0]!)
}

async function portOf(child: LineProcess): Promise<number> {
  return Number(new URL(await child.line((line) => /^Socketeer is ready at (http:\/\/\S+)$/.exec(line)?.[1])).port)
}
