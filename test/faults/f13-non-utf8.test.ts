import { expect, it } from 'vitest'
import { boundTo, linked } from '../helpers/engine.js'
import { DEADLINE, expectSame, needPyzmq, PythonPeer } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { detect } from '../../src-main/payload/index.js'
import { useOracle } from './oracle.js'

// F13: payloads that are no text. Every byte is kept, both ways, however many frames there are; what is shown is said to be no text (in the page: f14).

needPyzmq()
const bench = useOracle()
const all = { deadline: DEADLINE }

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const messages: Uint8Array[][] = [
  [Uint8Array.from({ length: 256 }, (_, n) => n)],
  [bytes('eda080'), bytes('edbfbf')], // halves of a surrogate pair, as UTF-8 must not have them
  [bytes('c0af'), bytes('e08080'), bytes('f0808080')], // overlong
  [bytes('f4908080'), bytes('ff'), bytes('80')], // beyond Unicode, and no beginning of anything
  [bytes('efbbbf')], // a byte order mark and nothing behind it
  [bytes('00'), bytes('0000'), bytes('610062')],
  [bytes(''), bytes(''), bytes('')],
  [bytes('e4bda0').subarray(0, 2)], // cut within a letter
  Array.from({ length: 1000 }, (_, n) => Uint8Array.of(n & 0xff, 0xff)),
  Array.from({ length: 1000 }, () => new Uint8Array()),
]

it('F13: byte by byte and frame by frame, from pyzmq into the journal and from ours into pyzmq', async () => {
  const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
  const push = await PythonPeer.start('push', '--connect', boundTo(sink))
  for (const message of messages) push.send(message)
  await until(() => sink.numbers().in.messages === messages.length, all)
  const kept = messages.map((_, n) => sink.row(n + 1)!.frames.map((frame) => new Uint8Array(frame.bytes)))
  expectSame(kept, messages)

  const pull = await PythonPeer.start('pull', '--bind', 'tcp://127.0.0.1:*')
  const ventilator = await bench.open('ventilator', `>${await pull.endpoint()}`)
  await linked(ventilator)
  for (const message of kept) await ventilator.send(message)
  await until(() => pull.got().length === messages.length, all)
  expectSame(pull.got(), messages)
})

it('F13: a client and a server too, behind their envelope', async () => {
  const rep = await PythonPeer.start('rep', '--bind', 'tcp://127.0.0.1:*')
  const client = await bench.open('client', await rep.endpoint(), { deadline: DEADLINE })
  for (const message of messages) {
    const { frames } = await client.ask(message)
    expectSame([frames], [[Buffer.concat([Buffer.from('re:'), message[0]!]), ...message.slice(1)]])
  }
  // What it says of a question may come behind its answer.
  await until(() => rep.got().length >= messages.length, all)
  expectSame(rep.got(), messages)
})

it('F13: none of it is taken for text', () => {
  for (const frame of messages.slice(1, 4).flat()) expect(detect(frame)).not.toBe('text')
})
