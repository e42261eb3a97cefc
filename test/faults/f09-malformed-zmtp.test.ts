import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { Dealer } from 'zeromq'
import { describe, expect, it } from 'vitest'
import type { RoleName } from '../../src-main/contract/index.js'
import type { Session } from '../../src-main/engine/session.js'
import { boundTo, frames, linked } from '../helpers/engine.js'
import { DEADLINE } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { RawPeer } from '../helpers/zmtp.js'
import { says, useOracle } from './oracle.js'

// F9: what is not ZMTP, or not all of it. Nothing falls over, the timeline counts failed handshakes in one line, and the next good peer is served. (Longer, with ever new
// seeds: npm run fuzz.)

const bench = useOracle()
const all = { deadline: DEADLINE }
const any = 'tcp://127.0.0.1:*'

const greeting = Buffer.alloc(64)
greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0])
greeting.write('NULL', 12)
const ready = (type: string) =>
  command(
    'READY',
    Buffer.concat([
      Buffer.from([11]),
      Buffer.from('Socket-Type'),
      Buffer.from([0, 0, 0, type.length]),
      Buffer.from(type),
    ]),
  )
function command(name: string, body: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), body])
  return Buffer.concat([Buffer.from([4, content.byteLength]), content])
}

/** Sends bytes and goes, without waiting for any answer. */
async function throwAt(port: number, bytes: Uint8Array): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.resume()
  await once(socket, 'connect')
  socket.end(bytes)
  if (!socket.destroyed) await once(socket, 'close')
}

const portOf = (session: Session) => Number(boundTo(session).split(':')[2])

/** What each role hears from: the socket type that its peer says to be. */
const counterparts: readonly [RoleName, string][] = [
  ['server', 'REQ'],
  ['publisher', 'SUB'],
  ['ventilator', 'PULL'],
  ['sink', 'PUSH'],
]

const corpus: readonly [string, Uint8Array][] = [
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: robot\r\n\r\n')],
  ['a TLS hello', Buffer.from('160301020001000001fc0303', 'hex')],
  ['an SSH banner', Buffer.from('SSH-2.0-OpenSSH_9.9\r\n')],
  ['half a greeting', greeting.subarray(0, 11)],
  ['an unknown mechanism', Buffer.concat([greeting.subarray(0, 12), Buffer.from('PLAIN'.padEnd(52, '\0'))])],
  ['no READY but nonsense', Buffer.concat([greeting, command('NONSENSE', Buffer.from('?'))])],
  ['READY with a property that is longer than it', Buffer.concat([greeting, command('READY', Buffer.from([5, 0x61]))])],
  ['READY of 255 zeros', Buffer.concat([greeting, command('READY', Buffer.alloc(249))])],
  ['an ERROR instead', Buffer.concat([greeting, command('ERROR', Buffer.from([3, 0x6e, 0x6f, 0x21]))])],
  ['a message before READY', Buffer.concat([greeting, RawPeer.frame(Buffer.from('hello'))])],
  ['reserved flags', Buffer.concat([greeting, Buffer.from([0xff, 0xff, 0xff])])],
  ['a frame of 2^63 − 1 before READY', Buffer.concat([greeting, Buffer.from('067fffffffffffffff', 'hex')])],
  ['another pattern', Buffer.concat([greeting, ready('PAIR')])],
]

describe.each(counterparts)('F9: a %s', (role, type) => {
  it(`outlives the corpus, ${type}’s session cut off at every byte, and 200 random ones; the next good peer is served`, async () => {
    const session = await bench.open(role, any, {
      options: { handshakeInterval: 500 },
      ...(role === 'server' ? { answer: { kind: 'echo' } } : {}),
    })
    const whole = Buffer.concat([
      greeting,
      ready(type),
      RawPeer.frame(Buffer.from('x'), true),
      RawPeer.frame(Buffer.alloc(300)),
    ])
    const random = fc.sample(
      fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.concat([greeting, bytes])),
        fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.concat([greeting, ready(type), bytes])),
      ),
      200,
    )
    const cuts = Array.from({ length: whole.byteLength - 200 }, (_, n) => whole.subarray(0, n + 1))
    const throwAll = async (pieces: readonly Uint8Array[]) => {
      for (let at = 0; at < pieces.length; at += 20)
        await Promise.all(pieces.slice(at, at + 20).map((bytes) => throwAt(portOf(session), bytes)))
    }
    // One line for many, not one for each: no greeting that stops in the middle is a peer in between.
    await throwAll(cuts.slice(0, greeting.byteLength))
    const failures = () => session.timeline(0).filter(({ kind }) => kind === 'handshake-failed')
    const failed = () => failures().reduce((sum, { count }) => sum + count, 0)
    await until(() => failed() >= greeting.byteLength, { ...all, what: 'each to have failed' })
    expect(failures().length).toBeLessThan(10)

    await throwAll([...corpus.map(([, bytes]) => bytes), ...cuts.slice(greeting.byteLength), ...random])
    await says(session, 'handshake failed')
    await until(() => session.info().links[0]?.peers === 0, { ...all, what: 'all of them to be gone' })
    expect(session.state).toEqual({ kind: 'open' })
    await served(session)
  })
})

/** A peer of ours gets through. */
async function served(session: Session): Promise<void> {
  const address = boundTo(session)
  switch (session.settings.role) {
    case 'server': {
      const client = await bench.open('client', address, { tries: 1, deadline: DEADLINE })
      expect(Buffer.from((await client.ask(frames('me?'))).frames[0]!).toString()).toBe('me?')
      return
    }
    case 'sink': {
      const before = session.numbers().in.messages
      const ventilator = await bench.open('ventilator', `>${address}`)
      await ventilator.send(frames('mine'))
      await until(() => session.numbers().in.messages === before + 1, all)
      return
    }
    default: {
      const role = session.settings.role === 'publisher' ? 'subscriber' : 'sink'
      const peer = await bench.open(role, `>${address}`)
      await linked(peer)
      await until(async () => {
        await session.send(frames('yours'))
        return peer.numbers().in.messages > 0
      }, all)
    }
  }
}

it('F9: a question without a delimiter, from a peer that goes at once, costs the next good client nothing (P1), a hundred times', async () => {
  const server = await bench.open('server', any, { answer: { kind: 'echo' } })
  const client = await bench.open('client', boundTo(server), { tries: 1, deadline: DEADLINE })
  await linked(client)
  for (let round = 1; round <= 100; round++) {
    const stranger = new Dealer({ linger: 1000 })
    stranger.connect(boundTo(server))
    await stranger.send('no delimiter')
    await until(() => server.numbers().malformed === round, all)
    stranger.close()
    const { frames: answer } = await client.ask(frames(`round ${round}`))
    expect(Buffer.from(answer[0]!).toString()).toBe(`round ${round}`)
  }
  expect(server.numbers()).toMatchObject({ malformed: 100, in: { messages: 200 }, out: { messages: 100 } })
})

it('F9: a ZMTP 1.0 peer needs no handshake (P3): its bytes are a message like any other, and the row has them as they are', async () => {
  const sink = await bench.open('sink', any)
  // Length 1 and flags; then length 4: flags and "abc".
  await throwAt(portOf(sink), Buffer.from([1, 0, 4, 0, 0x61, 0x62, 0x63]))
  await until(() => sink.numbers().in.messages === 1, all)
  expect(Buffer.from(sink.row(1)!.frames[0]!.bytes).toString()).toBe('abc')
})
