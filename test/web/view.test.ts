import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from '@msgpack/msgpack'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { Reply, Request } from 'zeromq'
import { createApp, type App } from '../../src-main/app.js'
import { serve } from '../../src-main/bridge/serve.js'
import {
  PageView,
  type Notice,
  type Profile,
  type SessionInfo,
  type SessionNumbers,
} from '../../src-main/contract/index.js'
import { USUAL } from '../../src-main/engine/wish.js'
import { whyNoWire } from '../../src-main/engine/wire/wire.js'
import { startWebServer, type WebServer } from '../../src-main/web/server.js'
import { Client } from '../../src-renderer/bridge/client.js'
import { websocketPort } from '../../src-renderer/bridge/websocket-port.js'
import { until, within } from '../helpers/until.js'
import { manifest } from './fixture.js'
import { request } from './raw.js'

/*
 *   view (renderer's client) ⇄ WebSocket ⇄ server ⇄ dispatcher ⇄ engine ⇄ libzmq ⇄ a peer of our own
 */
let directory: string
let app: App
let web: WebServer
let cookie: string
const clients: Client[] = []
const peers: { close(): void }[] = []

beforeEach(async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  vi.stubEnv('SOCKETEER_DRIVER', '')
  directory = await mkdtemp(join(tmpdir(), 'socketeer-view-'))
  app = await createApp({ host: 'browser', directory })
  web = await startWebServer({
    host: '127.0.0.1',
    port: 0,
    manifest,
    download: (name) => app.recordings.folder.whole(name),
    connected: (view) => serve(view, app),
    tell: (fault) => app.notices.add('warning', fault),
  })
  const { headers } = await request(web.port, `GET /${new URL(web.link()).search}`, [`Host: 127.0.0.1:${web.port}`])
  cookie = headers['set-cookie']?.split(';')[0] ?? ''
  /** A browser's WebSocket: it sends origin and cookie by itself. */
  vi.stubGlobal(
    'WebSocket',
    class extends WebSocket {
      constructor(url: string) {
        super(url, { origin: web.origin, headers: { cookie } })
      }
    },
  )
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  for (const peer of peers.splice(0)) peer.close()
  await within(Promise.all([web.close(), app.close()]), 15_000, 'everything to close')
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await rm(directory, { recursive: true })
})

async function view(): Promise<Client> {
  const client = new Client(websocketPort(`ws://127.0.0.1:${web.port}/port`))
  clients.push(client)
  await within(client.ready, 15_000, 'hello')
  return client
}

const bind = (address: string) => ({ method: 'bind' as const, address })
const connect = (address: string) => ({ method: 'connect' as const, address })
const anyPort = bind('tcp://127.0.0.1:*')
const addressOf = (info: SessionInfo): string => info.links[0]?.actual ?? ''
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)

it('opens a server, sees a question arrive, answers it, and has both rows', async () => {
  const client = await view()
  const pulses = new Map<string, SessionNumbers>()
  client.on('pulse', ({ sessions }) => sessions.forEach((numbers) => pulses.set(numbers.id, numbers)))
  const infos: SessionInfo[] = []
  client.on('session', (info) => infos.push(info))

  const info = await client.call('session.open', { settings: { role: 'server', endpoints: [anyPort] } })
  expect(info.state).toEqual({ kind: 'open' })
  const { id } = info
  const peer = new Request({ linger: 0 })
  peers.push(peer)
  peer.connect(addressOf(info))
  await peer.send(['Wie geht’s?', Buffer.from([0xff, 0])])
  await until(() => pulses.get(id)?.last === 1, { what: 'a pulse with the question' })
  await until(() => infos.some(({ status }) => status.role === 'server' && status.waiting === 1), {
    what: 'the question in the status',
  })

  const question = new PageView(await client.call('session.page', { id, from: 1, count: 10 }))
  expect([...question].map((row) => [row.direction, row.frames.map((frame) => frame.bytes)])).toEqual([
    ['in', [new TextEncoder().encode('Wie geht’s?'), new Uint8Array([0xff, 0])]],
  ])
  expect(
    await client.call('session.send', { id, frames: [new TextEncoder().encode('Danke, gut.')], answers: 1 }),
  ).toEqual({ seq: 2 })
  expect(text((await peer.receive())[0])).toBe('Danke, gut.')
  const answer = new PageView(await client.call('session.message', { id, seq: 2 })).row(0)
  expect(answer).toMatchObject({ seq: 2, ref: 1, direction: 'out' })
  expect(text(answer.frames[0]?.bytes)).toBe('Danke, gut.')
  expect((await client.call('session.timeline', { id })).map(({ kind }) => kind)).toContain('listening')
  await client.call('session.forget', { id })
  await expect(client.call('session.page', { id, from: 1, count: 1 })).rejects.toMatchObject({
    code: 'NO_SESSION',
    detail: { id },
  })
})

it('brings a port in use to the screen, with the address and what to do; the session stays to be mended', async () => {
  const client = await view()
  const first = await client.call('session.open', { settings: { role: 'sink', endpoints: [anyPort] } })
  const second = await client.call('session.open', { settings: { role: 'sink', endpoints: [bind(addressOf(first))] } })
  expect(second.state).toMatchObject({ kind: 'failed', fault: { code: 'EADDRINUSE' } })
  expect(second.state.kind === 'failed' && second.state.fault.message).toMatch(
    /^tcp:\/\/127\.0\.0\.1:\d+ is in use by another program\. Choose another port, close that program, or connect to it instead of binding\.$/,
  )
  expect((await client.call('session.list')).sessions.map(({ id }) => id)).toEqual([first.id, second.id])
  await client.call('session.close', { id: first.id })
  const mended = await client.call('session.reopen', { id: second.id, settings: second.settings })
  expect(mended.state).toEqual({ kind: 'open' })
})

it('brings EFSM to the screen when a strict client sends out of turn, and the turn is not lost', async () => {
  const client = await view()
  const peer = new Reply({ linger: 0 })
  peers.push(peer)
  await peer.bind('tcp://127.0.0.1:*')
  const settings = { role: 'client' as const, strict: true, endpoints: [connect(peer.lastEndpoint ?? '')] }
  const { id } = await client.call('session.open', { settings })
  // A strict REQ that is not connected refuses to send, with another sentence.
  await until(
    async () => (await client.call('session.list')).sessions.find((each) => each.id === id)?.links[0]?.state === 'up',
    { what: 'the link' },
  )
  await client.call('session.send', { id, frames: [new TextEncoder().encode('first')] })
  expect(text((await peer.receive())[0])).toBe('first')
  const fault = await client
    .call('session.send', { id, frames: [new TextEncoder().encode('second')] })
    .catch((error: unknown) => error)
  expect(fault).toMatchObject({ code: 'EFSM' })
  expect((fault as Error).message).toMatch(/must receive its answer before it can send again/)
  await peer.send('an answer')
  await until(
    async () => (await client.call('session.list')).numbers.find((each) => each.id === id)?.in.messages === 1,
    { what: 'the answer' },
  )
  await client.call('session.send', { id, frames: [new TextEncoder().encode('third')] })
  expect(text((await peer.receive())[0])).toBe('third')
})

it('says what is wrong with an address before anything is opened', async () => {
  const client = await view()
  await expect(client.call('endpoint.check', { endpoint: bind('tcp://127.0.0.1:99999') })).rejects.toMatchObject({
    code: 'BAD_ENDPOINT',
  })
  expect(await client.call('endpoint.check', { endpoint: bind('tcp://127.0.0.1:5555') })).toEqual({
    address: 'tcp://127.0.0.1:5555',
    loopback: true,
  })
  expect(await client.call('endpoint.check', { endpoint: bind('tcp://*:5555') })).toMatchObject({ loopback: false })
})

it('keeps sockets and rows when a view goes: the next one has all of it', async () => {
  const first = await view()
  const sink = await first.call('session.open', { settings: { role: 'sink', endpoints: [anyPort] } })
  const source = await first.call('session.open', {
    settings: { role: 'ventilator', endpoints: [connect(addressOf(sink))] },
  })
  const send = (client: Client, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, i) =>
        client.call('session.send', { id: source.id, frames: [new Uint8Array([i])] }),
      ),
    )
  await send(first, 50)
  first.close()
  const second = await view()
  await send(second, 50)
  await until(
    async () => (await second.call('session.list')).numbers.find(({ id }) => id === sink.id)?.in.messages === 100,
    { what: 'all messages' },
  )
  const rows = [...new PageView(await second.call('session.page', { id: sink.id, from: 1, count: 1000 }))]
  expect(rows.map((row) => row.frames[0]?.bytes[0])).toEqual([...Array(50).keys(), ...Array(50).keys()])
})

it('forgets with a view what a person of it had forgotten; what is open again, or was taken back, stays', async () => {
  const [one, two] = [await view(), await view()]
  const gone: string[] = []
  two.on('gone', ({ id }) => gone.push(id))
  const closed = async () => {
    const { id } = await one.call('session.open', { settings: { role: 'sink', endpoints: [anyPort] } })
    await one.call('session.close', { id })
    await one.call('session.leaving', { id, leaving: true })
    return id
  }
  const [reopened, takenBack, forgotten] = [await closed(), await closed(), await closed()]
  await two.call('session.reopen', { id: reopened, settings: { role: 'sink', endpoints: [anyPort] } })
  await one.call('session.leaving', { id: takenBack, leaving: false })
  await expect(one.call('session.leaving', { id: 'none', leaving: true })).rejects.toMatchObject({ code: 'NO_SESSION' })
  one.close()
  await until(() => gone.length > 0, { what: 'it to be forgotten' })
  expect(gone).toEqual([forgotten])
  expect((await two.call('session.list')).sessions.map(({ id }) => id)).toEqual([reopened, takenBack])
})

it('tells each view what another did: sessions, the profile, notices', async () => {
  const [one, two] = [await view(), await view()]
  const heard: string[] = []
  const profiles: Profile[] = []
  const notices: Notice[] = []
  two.on('session', ({ id, state }) => heard.push(`${id} ${state.kind}`))
  two.on('gone', ({ id }) => heard.push(`${id} gone`))
  two.on('profile', (profile) => profiles.push(profile))
  one.on('profile', () => heard.push('one was told of its own change'))
  two.on('notice', (notice) => notices.push(notice))

  const { id } = await one.call('session.open', { settings: { role: 'publisher', endpoints: [anyPort] } })
  await until(() => heard.includes(`${id} open`), { what: 'the session to be seen by the other view' })
  await one.call('session.forget', { id })
  await until(() => heard.includes(`${id} gone`), { what: 'its end to be seen' })

  const updated = await one.call('profile.update', { patch: { layout: { desk: 'radio' } } })
  expect(updated.layout.desk).toBe('radio')
  await until(() => profiles.length === 1, { what: 'the profile to be seen' })
  expect(profiles[0]).toEqual(updated)
  expect(await two.call('profile.get')).toEqual(updated)

  // Not msgpack: the view is dropped, and the others are told.
  const bad = new WebSocket(`ws://127.0.0.1:${web.port}/port`, { origin: web.origin, headers: { cookie } })
  bad.on('open', () => bad.send('text'))
  await until(() => notices.length === 1, { what: 'the notice' })
  expect(notices[0]).toMatchObject({ level: 'warning', fault: { code: 'VIEW_DROPPED' } })
  expect((await one.call('app.info')).notices).toEqual(notices)
  expect(heard).not.toContain('one was told of its own change')
})

it('says where it runs, and on what', async () => {
  const info = await (await view()).call('app.info')
  expect(info.host).toBe('browser')
  expect(info.versions).toMatchObject({
    socketeer: info.version,
    node: process.versions.node,
    libzmq: '4.3.5',
    zeromq: '6.8.0',
  })
  expect(info.versions).not.toHaveProperty('electron')
})

it('says how sessions receive, who said so, and whether the thread for it works here', async () => {
  const client = await view()
  expect(await client.call('app.receive')).toEqual({ wish: USUAL, by: 'nobody', unavailable: await whyNoWire() })
  const { settings } = await client.call('profile.get')
  await client.call('profile.update', { patch: { settings: { ...settings, receive: 'portable' } } })
  expect(await client.call('app.receive')).toMatchObject({ wish: 'portable', by: 'preferences' })
  const sink = await client.call('session.open', {
    settings: { role: 'sink', endpoints: [{ method: 'bind', address: 'tcp://127.0.0.1:*' }] },
  })
  expect(sink).toMatchObject({ driver: 'portable', driverWhy: { reason: 'asked' } })
})

it('sends no pulses to a view that is not looked at, and all when it is again', async () => {
  const client = await view()
  let pulses = 0
  client.on('pulse', () => pulses++)
  await client.call('watch', { visible: false })
  await client.call('demo.start', { desk: 'pipeline' })
  await until(async () => (await client.call('session.list')).numbers.some((each) => each.in.messages > 3), {
    what: 'traffic',
  })
  expect(pulses).toBe(0)
  await client.call('watch', { visible: true })
  await until(() => pulses > 0, { what: 'a pulse' })
})

it('answers the next call, whatever came over the line before it (A6)', async () => {
  const strange = [
    '{"kind":"call"',
    `${'['.repeat(100_000)}`,
    encode({ kind: 'call', id: 1, name: 'no.such.request', args: undefined }),
    encode({ kind: 'call', id: 2, name: '__proto__', args: {} }),
    encode({ kind: 'call', id: 3, name: 'constructor', args: {} }),
    // An array in an array, five thousand deep.
    new Uint8Array(5001).fill(0x91),
    encode(
      JSON.parse(
        '{"kind":"call","id":4,"name":"profile.update","args":{"patch":{"__proto__":{"polluted":1}}}}',
      ) as never,
    ),
    new Uint8Array([0xc1, 0xff, 0x00]),
  ]
  for (const bytes of strange) {
    const socket = new WebSocket(`${web.origin.replace('http', 'ws')}/port`, {
      origin: web.origin,
      headers: { cookie },
    })
    await once(socket, 'open')
    // It is answered, passed over or cut off: behind it, a ping is answered, or the line ends.
    const heard = Promise.race([once(socket, 'close'), once(socket, 'pong')])
    socket.send(bytes)
    socket.ping()
    await within(heard, 15_000, 'what becomes of it')
    socket.terminate()
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  expect((await (await view()).call('session.list')).sessions).toEqual([])
})

it('refuses what is too large for the line before it is sent, and keeps the line', async () => {
  const client = await view()
  const half = new Uint8Array(65 * 1024 * 1024)
  await expect(client.call('session.send', { id: 'any', frames: [half, half] })).rejects.toMatchObject({
    code: 'TOO_LARGE',
    detail: { limit: 129 * 1024 * 1024 },
  })
  expect((await client.call('app.info')).notices).toEqual([])
})
