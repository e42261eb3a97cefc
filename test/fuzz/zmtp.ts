import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import type { RoleName } from '../../src-main/contract/index.js'
import { Engine } from '../../src-main/engine/engine.js'
import { boundTo, frames, linked, settingsOf } from '../helpers/engine.js'
import { until, within } from '../helpers/until.js'
import { RawPeer } from '../helpers/zmtp.js'
import type { Property } from './property.js'

/** Connections at once: what a listening socket's backlog holds, and then some. */
const AT_ONCE = 50
/** Milliseconds that a connection has to be taken and written to, on a busy machine. */
const TAKEN = 30_000

const greeting = (mechanism: string, major = 3): Buffer => {
  const bytes = Buffer.alloc(64)
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, major, 0])
  bytes.write(mechanism, 12)
  return bytes
}
const ready = Buffer.from('\x04\x26\x05READY\x0bSocket-Type\0\0\0\x04PUSH\x08Identity\0\0\0\0', 'latin1')

/** What comes in on an open port: strangers, scanners, programs of other protocols, and peers gone wrong. */
const said = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.nat(64).map((n) => greeting('NULL').subarray(0, n)),
  fc.constant(Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')),
  fc.constant(Buffer.from('160301020001000001fc0303', 'hex')),
  // ZMTP 1.0: no handshake at all, an anonymous peer and its message.
  fc
    .uint8Array({ minLength: 1, maxLength: 100 })
    .map((bytes) => Buffer.concat([Buffer.from([1, 0, bytes.byteLength + 1, 0]), bytes])),
  // A frame of 2^63 - 1 bytes.
  fc.constant(Buffer.concat([greeting('NULL'), ready, Buffer.from('027fffffffffffffff', 'hex'), Buffer.alloc(50)])),
  fc
    .uint8Array({ maxLength: 60 })
    .map((bytes) => Buffer.concat([greeting('NULL'), Buffer.from([4, bytes.byteLength]), bytes])),
  fc
    .constantFrom('PLAIN', 'CURVE', 'NOPE')
    .map((mechanism) => Buffer.concat([greeting(mechanism), Buffer.alloc(30, 7)])),
  // A question without the empty frame that REQ puts in front of it.
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.concat([greeting('NULL'), ready, RawPeer.frame(bytes)])),
  fc
    .nat(400)
    .map((n) =>
      Buffer.concat([
        greeting('NULL'),
        ready,
        RawPeer.frame(Buffer.alloc(100), true),
        RawPeer.frame(Buffer.alloc(300)),
      ]).subarray(0, n),
    ),
)
const connections = fc.record({ role: fc.nat(3), bytes: said, rude: fc.boolean() })

async function say(endpoint: string, bytes: Buffer, rude: boolean): Promise<void> {
  const socket = connect(Number(endpoint.slice(endpoint.lastIndexOf(':') + 1)), '127.0.0.1')
  socket.on('error', () => undefined)
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  socket.resume()
  await new Promise((resolve) => socket.write(bytes, resolve))
  // Half of them hang up without a word, the others say goodbye.
  if (rude) socket.resetAndDestroy()
  else socket.end(() => socket.destroy())
  await closed
}

/** Who binds, and who comes in afterwards as a good peer does. */
const pairs: readonly (readonly [RoleName, RoleName])[] = [
  ['server', 'client'],
  ['publisher', 'subscriber'],
  ['sink', 'ventilator'],
  ['ventilator', 'sink'],
]

export const strangers: Property = {
  name: 'whatever comes in on a port, nothing breaks, and the next good peer is served',
  few: 3000,
  check: async (seed, draws) => {
    const engine = new Engine()
    try {
      const bound = await Promise.all(
        pairs.map(([role]) =>
          engine.open(settingsOf(role, 'tcp://127.0.0.1:*', role === 'server' ? { answer: { kind: 'echo' } } : {})),
        ),
      )
      const drawn = fc.sample(connections, { seed, numRuns: draws })
      for (let i = 0; i < drawn.length; i += AT_ONCE)
        await within(
          Promise.all(
            drawn.slice(i, i + AT_ONCE).map(({ role, bytes, rude }) => say(boundTo(bound[role]!), bytes, rude)),
          ),
          TAKEN,
          `connections ${i} to ${i + AT_ONCE} of seed ${seed}`,
        )
      for (const [i, [role, other]] of pairs.entries()) {
        const session = bound[i]!
        if (session.state.kind !== 'open') throw new Error(`seed ${seed}: the ${role} is ${session.state.kind}`)
        const peer = await engine.open(settingsOf(other, `>${boundTo(session)}`))
        await linked(peer)
        if (other === 'client') await peer.ask(frames('hello'))
        else await exchange(role === 'sink' ? [peer, session] : [session, peer], seed)
        await engine.forget(peer.id)
      }
    } finally {
      await engine.close()
    }
  },
}

type Opened = Awaited<ReturnType<Engine['open']>>

/** A message that went in comes out, among whatever strangers said before: they may be PUSH as well. */
async function exchange([from, to]: [Opened, Opened], seed: number): Promise<void> {
  const text = `hello ${seed}`
  const arrived = (): boolean => {
    const { first, last } = to.numbers()
    for (let seq = last; seq >= Math.max(first, 1); seq--)
      if (to.row(seq)?.frames.some(({ bytes }) => Buffer.from(bytes).toString() === text) === true) return true
    return false
  }
  // Nothing is kept for who has not subscribed yet, and a stranger may have taken a task: it is said until it is heard.
  await until(
    async () => {
      if (arrived()) return true
      await from.send(frames(text))
      return arrived()
    },
    { deadline: TAKEN, what: `a message from the ${from.settings.role}, seed ${seed}` },
  )
}
