import { expect, it } from 'vitest'
import { boundTo, frames, linked } from '../helpers/engine.js'
import { resident } from '../helpers/memory.js'
import { DEADLINE } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { RawPeer } from '../helpers/zmtp.js'
import { says, useOracle } from './oracle.js'

// F8: a frame over the limit. Ours is refused before it leaves, with both numbers. A foreign one costs its sender the connection, before any memory is taken for it; the
// timeline says that the peer left. Why it left is not told by libzmq 4.3.5 (a disconnect, and no reason: stream_engine_base.cpp, `error`), so nothing says “oversize”. What no
// limit stops, messages of endless frames and endless subscriptions, is in f08-memory.

const MiB = 1024 * 1024
const bench = useOracle()
const all = { deadline: DEADLINE }
const limited = { options: { messageLimit: MiB } }

it('F8: a frame of 1 MiB + 1 is refused where it is sent, with size and limit; one of 1 MiB arrives', async () => {
  const sink = await bench.open('sink', 'tcp://127.0.0.1:*', limited)
  const ventilator = await bench.open('ventilator', `>${boundTo(sink)}`, limited)
  await linked(ventilator)
  await expect(ventilator.send([new Uint8Array(MiB + 1)])).rejects.toMatchObject({
    code: 'EMSGSIZE',
    detail: { size: MiB + 1, limit: MiB },
    message: `The frame is ${MiB + 1} bytes long and the limit of this session is ${MiB}. Raise the message limit, or send less.`,
  })
  await ventilator.send([new Uint8Array(MiB)])
  await until(() => sink.numbers().in.messages === 1, all)
  expect(ventilator.numbers()).toMatchObject({ refused: 1, out: { messages: 1 } })
  expect(linkIs(ventilator)).toBe('up')
})

it.each([
  ['1 MiB + 1', BigInt(MiB + 1)],
  ['2^63 − 1', 2n ** 63n - 1n],
  ['2^64 − 1', 2n ** 64n - 1n],
])('F8: a peer that announces a frame of %s is cut off before memory is taken; others go on', async (_, size) => {
  const sink = await bench.open('sink', 'tcp://127.0.0.1:*', limited)
  const good = await bench.open('ventilator', `>${boundTo(sink)}`)
  await linked(good)
  const before = resident()
  const peer = await RawPeer.connect(boundTo(sink), 'PUSH')
  await until(() => sink.info().links[0]?.peers === 2, all)
  await peer.write(RawPeer.frame(Buffer.from('a good one first')))
  const head = Buffer.alloc(9)
  head[0] = 2
  head.writeBigUInt64BE(size, 1)
  await peer.write(head)
  await until(() => peer.socket.destroyed, { ...all, what: 'the connection to be cut' })
  await says(sink, 'a peer left')
  expect(resident() - before).toBeLessThan(32 * MiB)
  await good.send(frames('still here'))
  await until(() => sink.numbers().in.messages === 2, all)
  expect(sink.state).toEqual({ kind: 'open' })
})

function linkIs(session: { info(): { links: { state: string }[] } }): string | undefined {
  return session.info().links[0]?.state
}
