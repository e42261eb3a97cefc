import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Push } from 'zeromq'
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { Batch } from '../../../src-main/engine/wire/batch.js'
import { Ear } from '../../../src-main/engine/wire/ear.js'
import { Hand } from '../../../src-main/engine/wire/hand.js'
import { types } from '../../../src-main/engine/wire/options.js'
import { Peers } from '../../../src-main/engine/wire/peers.js'
import { Queue } from '../../../src-main/engine/wire/queue.js'
import { perSlab, SLABS, type RawEvent } from '../../../src-main/engine/wire/protocol.js'
import { Writer } from '../../../src-main/engine/wire/writer.js'
import { useNative } from '../../helpers/native.js'
import { until } from '../../helpers/until.js'

/* One socket of the receiving thread, on this thread: turn by turn. */

const KiB = 1024
const native = await useNative()

let ear: Ear
let writer: Writer
let peers: Push[]
let sockets = 0

beforeEach(() => make())
function make(): void {
  const now = () => performance.now()
  const hand = new Hand(native, now)
  const batch = new Batch(native, hand.copies)
  const notice = native.block(4096)
  const words = new SharedArrayBuffer(SLABS * perSlab.words * 4)
  const quiet = () => undefined
  writer = new Writer(native, 1, words, quiet, quiet)
  const plan = { lane: 1, type: types.sink, source: 0, options: [] }
  ear = new Ear(native, ++sockets, plan, writer, { hand, batch, peers: new Peers(quiet), notice, now })
  peers = []
}
afterEach(() => end())
async function end(): Promise<void> {
  for (const peer of peers) peer.close()
  ear.close()
  // Before that its monitor must not be closed: libzmq's own threads wait for whoever is to read the last events.
  await until(() => ear.monitor.take([]), { what: 'the last event' })
}

const bound = (address = 'tcp://127.0.0.1:*') => ear.attach('bind', address)

function peer(endpoint: string): Push {
  const push = new Push({ linger: 0 })
  push.connect(endpoint)
  peers.push(push)
  return push
}

function lend(bytes: number): void {
  const block = native.block(bytes)
  slabs.push(block)
  writer.give([{ slot: slabs.length % SLABS, address: block.address, size: block.size, rows: 0, end: 0 }])
}
/** Held, so that they stay where they are. */
const slabs: unknown[] = []

/** Asks the socket, as its descriptor is not looked at here. */
const turn = () => {
  ear.ready = true
  return ear.hungry ? ear.turn() : 0
}

/** Takes until so many messages have been taken. */
async function take(messages: number): Promise<void> {
  let taken = 0
  await until(() => (taken += turn()) >= messages, { what: `${messages} messages` })
  expect(taken).toBe(messages)
}
const waiting = (messages: number) =>
  until(
    () => {
      const now = ear.waiting()
      if (now?.messages !== messages) throw new Error(JSON.stringify(now))
      return now
    },
    { what: `${messages} waiting` },
  )

it('a turn ends with the message at which it is over, wherever its hands are full', async () => {
  const push = peer(bound())
  ear.hold()
  // The first frame fills a hand, so each hand ends within a message.
  for (let n = 0; n < 40; n++) await push.send([Buffer.alloc(140 * KiB, n), 'x'])
  await waiting(40)
  ear.release()
  lend(4 * KiB)
  expect(ear.hungry).toBe(true)
  // There is no room for any: the first is kept aside, and perhaps another one that had been begun with it.
  const kept = ear.turn()
  expect([1, 2]).toContain(kept)
  expect(writer.behind).toBe(true)
  lend(64 * KiB * KiB)
  await take(40 - kept)
})

it('what waits is counted connection by connection, exactly when nothing waited before', async () => {
  lend(KiB * KiB)
  const endpoint = bound()
  const [one, two] = [peer(endpoint), peer(endpoint)]
  expect(ear.waiting()).toBeUndefined()
  // libzmq hears of what has been read once for every 500 messages.
  for (let n = 0; n < 730; n++) await one.send('x')
  for (let n = 0; n < 70; n++) await two.send('x')
  await take(800)
  await until(() => (turn(), ear.waiting() !== undefined))
  expect(ear.waiting()).toEqual({ messages: 0, exact: true, pipes: [] })
  const looks = vi.spyOn(Queue.prototype, 'look')
  onTestFinished(() => looks.mockRestore())
  ear.hold()
  // Where libzmq’s threads are slow to tell, it needs some more rounds in which nothing waits.
  await until(() => (ear.waiting(), (looks.mock.contexts.at(-1) as Queue | undefined)?.settled), {
    what: 'each connection to have told',
  })
  for (let n = 0; n < 5; n++) await one.send('x')
  for (let n = 0; n < 12; n++) await two.send('x')
  const counted = await waiting(17)
  expect(counted.exact).toBe(true)
  expect(counted.pipes.map(({ messages }) => messages)).toEqual([12, 5])
  for (const { from } of counted.pipes) expect(from).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/)
  // Whoever comes now is counted from its first message.
  const three = peer(endpoint)
  for (let n = 0; n < 100; n++) await three.send('x')
  const more = await waiting(117)
  expect(more).toMatchObject({ exact: true, pipes: [{ messages: 100 }, { messages: 12 }, { messages: 5 }] })
  ear.release()
  await take(117)
})

it('once a connection has ended, libzmq is not asked any more: its pipe may be gone', async () => {
  lend(KiB * KiB)
  const endpoint = bound()
  const [one, two] = [peer(endpoint), peer(endpoint)]
  ear.hold()
  await one.send('x')
  await two.send('x')
  await waiting(2)
  two.close()
  peers.splice(peers.indexOf(two), 1)
  await until(() => ear.waiting() === undefined)
  const ask = vi.spyOn(native, 'askPipes')
  for (let n = 0; n < 50; n++) {
    await one.send('x')
    expect(ear.waiting()).toBeUndefined()
  }
  ear.release()
  await take(52)
  expect(ear.waiting()).toMatchObject({ messages: 0 })
  ear.hold()
  await one.send('x')
  await until(() => ear.waiting() === undefined)
  expect(ask).not.toHaveBeenCalled()
  ask.mockRestore()
  ear.release()
  await take(1)
})

it('where something waited before, it is said to be at most so many', async () => {
  lend(KiB * KiB)
  const push = peer(bound())
  for (let n = 0; n < 300; n++) await push.send('x')
  await take(300)
  // Nothing can be taken before it is held, so it cannot be counted from nothing.
  writer.held = true
  for (let n = 0; n < 10; n++) await push.send('x')
  const counted = await until(() => {
    ear.hold()
    const now = ear.waiting()
    return now?.exact === false ? now : undefined
  })
  expect(counted.messages).toBeGreaterThanOrEqual(10)
  expect(counted.messages).toBeLessThanOrEqual(310)
})

it('connections that libzmq gives no names of their own cannot be told apart: what waits is not known', async () => {
  lend(KiB * KiB)
  const folder = await mkdtemp(join(tmpdir(), 'socketeer-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const endpoint = bound(`ipc://${folder}/queue`)
  ear.hold()
  await peer(endpoint).send('x')
  expect(await waiting(1)).toMatchObject({ exact: true, pipes: [{ from: endpoint }] })
  await peer(endpoint).send('x')
  await until(() => ear.waiting() === undefined)
  ear.release()
  await take(2)
})

/** The socket again, with a monitor as libzmq has it without its drafts (1) or with them (2). */
async function monitored(version: 1 | 2): Promise<void> {
  await end()
  const which = vi.spyOn(native, 'monitorVersion', 'get').mockReturnValue(version)
  onTestFinished(() => which.mockRestore())
  make()
  lend(KiB * KiB)
}

const CONNECTED = 0x1
const LISTENING = 0x8
const ACCEPTED = 0x20
const DISCONNECTED = 0x200
const HANDSHAKE = 0x1000

it.each([1, 2] as const)(
  'a monitor of version %i names a connection by where it came in, or by where we went',
  async (version) => {
    await monitored(version)
    const told: RawEvent[] = []
    const happens = (event: number) =>
      until(() => (ear.monitor.take(told), told.some((each) => each[1] === event)), { what: `event ${event}` })
    /** What was told, each once; how often a connection is tried is a matter of time. */
    const words = (events: number[]) =>
      new Set(told.splice(0).flatMap(([, event, , address]) => (events.includes(event) ? `${event} ${address}` : [])))

    const inward = bound()
    const coming = peer(inward)
    await happens(HANDSHAKE)
    coming.close()
    await happens(DISCONNECTED)
    const came = [LISTENING, ACCEPTED, HANDSHAKE, DISCONNECTED]
    expect(words(came)).toEqual(new Set(came.map((event) => `${event} ${inward}`)))

    const outward = new Push({ linger: 0 })
    peers.push(outward)
    await outward.bind('tcp://127.0.0.1:*')
    const address = outward.lastEndpoint!
    ear.attach('connect', address)
    await happens(HANDSHAKE)
    outward.close()
    await happens(DISCONNECTED)
    const went = [CONNECTED, HANDSHAKE, DISCONNECTED]
    expect(words(went)).toEqual(new Set(went.map((event) => `${event} ${address}`)))
  },
)

it('where libzmq has no drafts, what waits is not known', async () => {
  await monitored(1)
  const push = peer(bound())
  ear.hold()
  await push.send('x')
  await until(() => ear.waiting() === undefined)
  ear.release()
  await take(1)
  expect(ear.waiting()).toMatchObject({ messages: 0 })
})
