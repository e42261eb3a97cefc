import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { Hand } from '../../../src-main/engine/wire/hand.js'
import { types } from '../../../src-main/engine/wire/options.js'
import { useNative } from '../../helpers/native.js'
import { until } from '../../helpers/until.js'
import { RawPeer } from '../../helpers/zmtp.js'

/*
 * Frames that peers write byte by byte, so that everything is met in which libzmq may leave them: side by side, cut by the end of what it received at once, within the message, by themselves, behind
 * headers of either length, from one connection or several.
 */

/** What libzmq receives at once. */
const BUFFER = 8192
const native = await useNative()

/** `long`: its header has the form for large frames, whatever its size. */
interface Frame {
  readonly size: number
  readonly more: boolean
  readonly long: boolean
}

/** A byte that says which peer's frame this is, and, from time to time again, which of its frames. */
const mark = (peer: number, n: number) => (peer << 6) | (n % 64)

function bytesOf(peer: number, frames: readonly Frame[]): Buffer {
  return Buffer.concat(
    frames.map(({ size, more, long }, n) => {
      const body = Buffer.alloc(size, mark(peer, n))
      if (!long || size > 255) return RawPeer.frame(body, more)
      const head = Buffer.alloc(9, more ? 3 : 2)
      head.writeBigUInt64BE(BigInt(size), 1)
      return Buffer.concat([head, body])
    }),
  )
}

/** A socket, and all that has been taken from it. */
class Receiver {
  readonly messages: Buffer[][] = []
  frames = 0
  /** How often libzmq was asked where a frame lies. */
  asked = 0
  readonly endpoint: string
  readonly #socket = native.socket(types.sink)
  readonly #hand = new Hand(native, () => performance.now())
  #message: Buffer[] = []

  constructor() {
    if (!native.bind(this.#socket, 'tcp://127.0.0.1:*')) throw new Error(native.error().message)
    this.endpoint = native.lastEndpoint(this.#socket)
  }

  take(alone: boolean): void {
    const hand = this.#hand
    hand.take(this.#socket)
    const data = vi.spyOn(native, 'data')
    hand.find(alone)
    this.asked += data.mock.calls.length
    data.mockRestore()
    for (let n = 0; n < hand.count; n++) {
      const size = hand.sizes[n]!
      const block = native.block(size)
      if (size > 0) native.copy({ address: hand.addresses[n]!, size }, size, block, 0)
      this.#message.push(Buffer.from(block.bytes.slice(0, size)))
      if (hand.more[n] === 0) this.messages.push(this.#message.splice(0))
    }
    this.frames += hand.count
    hand.release()
  }

  close(): void {
    native.close(this.#socket)
  }
}

/** What peers sent, each in pieces of so many bytes, as it is received. */
async function receive(peers: readonly (readonly Frame[])[], piece: number): Promise<Receiver> {
  const receiver = new Receiver()
  const senders = await Promise.all(peers.map(() => RawPeer.connect(receiver.endpoint, 'PUSH')))
  try {
    const writing = peers.map(async (frames, peer) => {
      const bytes = bytesOf(peer, frames)
      for (let at = 0; at < bytes.length; at += piece) await senders[peer]!.write(bytes.subarray(at, at + piece))
    })
    const total = peers.reduce((sum, frames) => sum + frames.length, 0)
    const whole = () => (receiver.take(peers.length === 1), receiver.frames >= total)
    await Promise.all([...writing, until(whole, { what: `${total} frames` })])
    return receiver
  } finally {
    for (const sender of senders) sender.close()
    receiver.close()
  }
}

/** Messages of one peer, as they were sent. */
function messagesOf(peer: number, frames: readonly Frame[]): Buffer[][] {
  const messages: Buffer[][] = [[]]
  for (const [n, { size, more }] of frames.entries()) {
    messages.at(-1)!.push(Buffer.alloc(size, mark(peer, n)))
    if (!more) messages.push([])
  }
  return messages.slice(0, -1)
}

const size = fc.oneof(
  { weight: 10, arbitrary: fc.integer({ min: 34, max: 300 }) },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 40 }) },
  { weight: 3, arbitrary: fc.constantFrom(1, 33, 34, 255, 256, 257, BUFFER - 9, BUFFER - 2, BUFFER, BUFFER + 1) },
  { weight: 1, arbitrary: fc.integer({ min: 300, max: 100_000 }) },
)
const frame = fc.record({
  size,
  more: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  long: fc.oneof({ weight: 30, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
})
/** The last frame ends its message. */
const frames = fc
  .array(frame, { minLength: 1, maxLength: 200 })
  .map((each) => each.map((one, n) => (n === each.length - 1 ? { ...one, more: false } : one)))

it('frames are found byte by byte, wherever libzmq has them, from one connection and from several', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(frames, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(1000, BUFFER, 1_000_000),
      async (peers, piece) => {
        const { messages } = await receive(peers, piece)
        for (const [peer, sent] of peers.entries()) {
          const got = messages.filter(([first]) => first![0]! >> 6 === peer)
          expect(got.map((each) => each.map((one) => one.length))).toEqual(
            messagesOf(peer, sent).map((each) => each.map((one) => one.length)),
          )
          expect(Buffer.compare(Buffer.concat(got.flat()), Buffer.concat(messagesOf(peer, sent).flat()))).toBe(0)
        }
      },
    ),
    { numRuns: 60 },
  )
})

it('frames that lie side by side are not asked for one by one, be they single, several to a message or small between others', async () => {
  const single = Array.from({ length: 2000 }, () => ({ size: 100, more: false, long: false }))
  const several = Array.from({ length: 1998 }, (_, n) => ({ size: [13, 8, 100][n % 3]!, more: n % 3 < 2, long: false }))
  for (const sent of [single, several]) {
    const { asked, messages } = await receive([sent], 1_000_000)
    expect(messages).toEqual(messagesOf(0, sent))
    expect(asked).toBeLessThan(sent.length / 4)
  }
})

it('empty frames are frames', async () => {
  const sent = [0, 5, 0, 0, 100, 0].map((bytes, n) => ({ size: bytes, more: n === 0 || n === 3, long: false }))
  const { messages } = await receive([sent], 1_000_000)
  expect(messages).toEqual(messagesOf(0, sent))
})
