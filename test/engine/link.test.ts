import { mkdtemp, rm, symlink, writeFile, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Router, type Event } from 'zeromq'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BoundLink } from '../../src-main/engine/bound-link.js'
import type { LinkContext, LinkSocket } from '../../src-main/engine/link.js'
import { resolver } from '../../src-main/engine/resolve.js'
import { boundTo, frames, linked, settingsOf, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'

const bench = useEngine()
const all = { deadline: 15_000 }
const fakeLookup = (answer: () => Promise<unknown>) => answer as typeof resolver.lookup

describe('opening what cannot be opened', () => {
  it('fails with the address when the port is in use, stays editable, and opens when it is free', async () => {
    const first = await bench.open('sink', 'tcp://127.0.0.1:*')
    const address = boundTo(first)
    const second = await bench.engine.open(settingsOf('server', address))
    expect(second.state).toMatchObject({
      kind: 'failed',
      fault: {
        code: 'EADDRINUSE',
        message: `${address} is in use by another program. Choose another port, close that program, or connect to it instead of binding.`,
      },
    })
    expect(second.info().links[0]).toMatchObject({ state: 'closed' })
    await first.close()
    await second.reopen(second.settings)
    expect(second.state).toEqual({ kind: 'open' })
  })

  it('names the reason that the monitor was told where libzmq has lost it on the way', async () => {
    const taken = Object.assign(new Error('Address already in use'), { code: 'EADDRINUSE' })
    const socket: LinkSocket = {
      bind: () => {
        queueMicrotask(() => link.on({ type: 'bind:error', address: '127.0.0.1:5555', error: taken } as Event))
        return Promise.reject(Object.assign(new Error('Operation was not possible or timed out'), { code: 'EAGAIN' }))
      },
      connect: () => undefined,
      disconnect: () => undefined,
      lastEndpoint: null,
    }
    const context: LinkContext = {
      index: 0,
      side: 'in',
      ipv6: false,
      reconnectInterval: 100,
      reconnectMaxInterval: 0,
      guard: undefined as never, // Only a link that connects looks at it.
      tell: () => undefined,
      changed: () => undefined,
    }
    const link = new BoundLink(socket, { method: 'bind', address: 'tcp://127.0.0.1:5555' }, context)
    await expect(link.open()).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect(link.info()).toMatchObject({ state: 'failed', fault: { code: 'EADDRINUSE' } })
  })

  it('leaves nothing half bound when the second of two addresses fails', async () => {
    const taken = await bench.open('sink', 'tcp://127.0.0.1:*')
    const free = await bench.open('sink', 'tcp://127.0.0.1:*')
    const address = boundTo(free)
    await free.close()
    const both = await bench.engine.open(settingsOf('sink', [address, boundTo(taken)]))
    expect(both.state.kind).toBe('failed')
    await bench.open('sink', address)
  })

  it('refuses a bad endpoint before a socket exists', async () => {
    const session = await bench.engine.open(settingsOf('client', 'http://127.0.0.1:5555'))
    expect(session.state).toMatchObject({ kind: 'failed', fault: { code: 'BAD_ENDPOINT' } })
    await expect(session.send(frames('x'))).rejects.toMatchObject({ code: 'NOT_OPEN' })
  })

  it('refuses a frame over the limit with both numbers, and goes on', async () => {
    const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
    const ventilator = await bench.open('ventilator', `>${boundTo(sink)}`, { options: { messageLimit: 10 } })
    await expect(ventilator.send([new Uint8Array(11)])).rejects.toMatchObject({
      code: 'EMSGSIZE',
      detail: { size: 11, limit: 10 },
    })
    await ventilator.send([new Uint8Array(10)])
    await until(() => sink.numbers().in.messages === 1, all)
    expect(ventilator.numbers()).toMatchObject({ refused: 1, out: { messages: 1 } })
  })
})

describe('an ipc path', () => {
  let folder: string
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'socketeer-ipc-'))))
  afterEach(() => rm(folder, { recursive: true }))

  it('is never bound over a file, a link, a folder or a live socket, and a stale socket is no hindrance', async () => {
    const file = join(folder, 'precious.txt')
    await writeFile(file, 'precious')
    await symlink(file, join(folder, 'link'))
    for (const path of [file, join(folder, 'link'), folder]) {
      const session = await bench.engine.open(settingsOf('sink', `ipc://${path}`))
      expect(session.state).toMatchObject({ kind: 'failed', fault: { code: 'IPC_PATH_TAKEN' } })
    }
    expect(await readFile(file, 'utf8')).toBe('precious')

    const live = await bench.open('sink', `ipc://${join(folder, 'live')}`)
    const thief = await bench.engine.open(settingsOf('sink', `ipc://${join(folder, 'live')}`))
    expect(thief.state).toMatchObject({ kind: 'failed', fault: { code: 'EADDRINUSE' } })
    const ventilator = await bench.open('ventilator', `>ipc://${join(folder, 'live')}`)
    await ventilator.send(frames('still mine'))
    await until(() => live.numbers().in.messages === 1, all)

    const missing = await bench.engine.open(settingsOf('sink', `ipc://${join(folder, 'no', 'where')}`))
    expect(missing.state).toMatchObject({ kind: 'failed', fault: { code: 'ENOENT' } })
  })
})

describe('a link says what is known', () => {
  it('waits for a peer that is not there yet, is up when it comes, lost when it goes, and up again', async () => {
    const probe = await bench.open('server', 'tcp://127.0.0.1:*')
    const address = boundTo(probe)
    await probe.close()
    const client = await bench.open('client', address)
    await until(() => client.info().links[0]?.state === 'waiting', all)
    await probe.reopen(settingsOf('server', address))
    await linked(client, probe)
    expect(client.info().links[0]).toMatchObject({ state: 'up', peers: 1, actual: address })
    await probe.close()
    await until(() => client.info().links[0]?.state === 'waiting', all)
    await probe.reopen(settingsOf('server', address))
    await linked(client)
    const kinds = client.timeline(0).map((e) => e.kind)
    expect(kinds).toEqual(expect.arrayContaining(['connecting', 'refused', 'lost', 'up']))
  })

  it('names the wrong pattern, and gets through by itself when the right one takes its place', async () => {
    const rep = await bench.open('server', 'tcp://127.0.0.1:*')
    const address = boundTo(rep)
    const radio = await bench.open('subscriber', address)
    await until(() => radio.info().links[0]?.state === 'no-handshake', all)
    expect(radio.info().links[0]?.fault?.message).toContain('completes no ZeroMQ handshake')
    await until(() => rep.timeline(0).some((e) => e.kind === 'handshake-failed'), all)
    await rep.close()
    const station = await bench.open('publisher', address)
    await linked(radio, station)
    expect(radio.info().links[0]).toMatchObject({ state: 'up' })
  })

  describe('against something that is not ZeroMQ', () => {
    let server: Server
    const address = () => `tcp://127.0.0.1:${(server.address() as { port: number }).port}`
    beforeEach(async () => {
      server = createServer((socket) => {
        socket.on('error', () => undefined)
        socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    })
    afterEach(() => server.close())

    it('says: connected but no handshake', async () => {
      const radio = await bench.open('subscriber', address())
      await until(() => radio.info().links[0]?.state === 'no-handshake', all)
      expect(radio.timeline(0).some((e) => e.kind === 'no-handshake')).toBe(true)
      expect(radio.info().links[0]?.peers).toBe(0)
    })
  })

  it('says that a host is unknown, keeps trying, and never lets the name reach libzmq', async () => {
    const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
    const port = boundTo(sink).split(':')[2] ?? ''
    const { lookup } = resolver
    try {
      resolver.lookup = fakeLookup(() =>
        Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })),
      )
      const ventilator = await bench.open('ventilator', `>tcp://robot.invalid:${port}`)
      await until(() => ventilator.info().links[0]?.state === 'failed', all)
      expect(ventilator.info().links[0]?.fault?.message).toBe(
        'Host “robot.invalid” cannot be found: no such name is known. Check the spelling, or write its IP address.',
      )
      await ventilator.send(frames('kept'))
      resolver.lookup = fakeLookup(() => Promise.resolve([{ address: '127.0.0.1', family: 4 }]))
      await until(() => sink.numbers().in.messages === 1, all)
      expect(ventilator.info().links[0]).toMatchObject({
        state: 'up',
        actual: `tcp://127.0.0.1:${port}`,
        address: `tcp://robot.invalid:${port}`,
      })
    } finally {
      resolver.lookup = lookup
    }
  })

  it('counts each peer of a wildcard binding as it joins and leaves', async () => {
    const sink = await bench.open('sink', 'tcp://*:*')
    const near = boundTo(sink).replace('0.0.0.0', '127.0.0.1')
    const one = await bench.open('ventilator', `>${near}`)
    await bench.open('ventilator', `>${near}`)
    await until(() => sink.info().links[0]?.peers === 2, all)
    await one.close()
    await until(() => sink.info().links[0]?.peers === 1, all)
    expect(sink.timeline(0).map((e) => e.kind)).toContain('peer-left')
  })
})

it('takes a correlated question from a plain libzmq ROUTER’s view: identity, request id, delimiter, text', async () => {
  const router = new Router({ linger: 0 })
  await router.bind('tcp://127.0.0.1:*')
  try {
    const correlated = await bench.open('client', router.lastEndpoint ?? '')
    await correlated.send(frames('q'))
    expect((await router.receive()).map((f) => f.byteLength)).toEqual([5, 4, 0, 1])
    const plain = await bench.open('client', router.lastEndpoint ?? '', { envelope: 'plain' })
    await plain.send(frames('q'))
    expect((await router.receive()).map((f) => f.byteLength)).toEqual([5, 0, 1])
  } finally {
    router.close()
  }
})

it('opens 64 sessions at once, refuses the 65th with a sentence, and closes them all', async () => {
  for (let i = 0; i < 64; i++) await bench.open('sink', 'tcp://127.0.0.1:*')
  expect(bench.engine.numbers()).toMatchObject({ sessions: 64, sessionLimit: 64 })
  await expect(bench.engine.open(settingsOf('sink', 'tcp://127.0.0.1:*'))).rejects.toMatchObject({
    code: 'TOO_MANY_SESSIONS',
  })
})
