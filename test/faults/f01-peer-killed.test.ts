import { expect, it } from 'vitest'
import { boundTo, frames, linked } from '../helpers/engine.js'
import { DEADLINE, freePort, needPyzmq, PythonPeer } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { linkWords, says, useOracle } from './oracle.js'

// F1: a peer is killed (SIGKILL) in the middle of an exchange. The pane says so, and no word claims more than is known.

needPyzmq()
const bench = useOracle()
const all = { deadline: DEADLINE }
const any = 'tcp://127.0.0.1:*'

it('F1: a server, with our question in its hands: the question waits for it, and is the same one when it is back', async () => {
  const server = await PythonPeer.start('rep', '--bind', any, '--mute')
  const address = await server.endpoint()
  const client = await bench.open('client', address, { tries: 1, deadline: DEADLINE })
  const answer = client.ask(frames('still there?'))
  await until(() => server.got().length === 1, all)
  await server.kill('SIGKILL')
  await says(client, 'connection lost')
  await until(() => linkWords(client) === 'nobody there yet, trying again', all)
  await until(() => (client.info().status as { turn?: string }).turn === 'link-down', all)
  expect(client.info().status).toMatchObject({ seq: 1, last: 'none' })
  const again = await PythonPeer.start('rep', '--bind', address)
  expect((await answer).seq).toBe(1)
  await until(() => again.got().length === 1, all)
  expect(client.numbers()).toMatchObject({ out: { messages: 1 }, in: { messages: 1 } })
})

it('F1: a client, whose question is still open: the answer is refused with the reason, not lost in silence', async () => {
  const server = await bench.open('server', any)
  const client = await PythonPeer.start('req', '--connect', boundTo(server))
  client.send(frames('anybody?'))
  await until(() => server.numbers().in.messages === 1, all)
  await client.kill('SIGKILL')
  await says(server, 'a peer left')
  await expect(server.send(frames('too late'))).rejects.toMatchObject({ code: 'CLIENT_GONE' })
  expect(server.row(1)?.progress).toBe('failed')
})

it('F1: a subscriber: its subscription is taken back, and publishing goes on', async () => {
  const publisher = await bench.open('publisher', any)
  const subscriber = await PythonPeer.start('sub', '--connect', boundTo(publisher), '--topic', 'pose')
  await until(() => publisher.info().links[0]?.peers === 1, all)
  await says(publisher, 'somebody subscribed')
  await subscriber.kill('SIGKILL')
  await says(publisher, 'a peer left')
  await says(publisher, 'somebody unsubscribed')
  expect(publisher.info().status).toMatchObject({ topics: 0 })
  await publisher.send(frames('pose', 'to nobody'))
  expect(publisher.row(1)?.progress).toBe('handed')
})

it('F1: a publisher: what it had said is kept, the loss is said', async () => {
  const publisher = await PythonPeer.start('pub', '--bind', any)
  const subscriber = await bench.open('subscriber', await publisher.endpoint())
  await until(() => publisher.subscribed().length === 1, all)
  for (let n = 0; n < 100; n++) publisher.send(frames(String(n)))
  await until(() => subscriber.numbers().in.messages === 100, all)
  await publisher.kill('SIGKILL')
  await says(subscriber, 'connection lost')
  expect(subscriber.numbers().in.messages).toBe(100)
})

it('F1: a sink, under load: what comes afterwards is “queued”, and no row of PUSH ever says more than “handed to the network”', async () => {
  const sink = await PythonPeer.start('pull', '--bind', any)
  const address = await sink.endpoint()
  const ventilator = await bench.open('ventilator', `>${address}`)
  await linked(ventilator)
  for (let n = 0; n < 200; n++) await ventilator.send(frames(String(n)))
  await until(() => sink.got().length > 0, all)
  await sink.kill('SIGKILL')
  await says(ventilator, 'connection lost')
  for (let n = 0; n < 100; n++) await ventilator.send(frames(String(200 + n)))
  expect(ventilator.numbers().queued).toBe(100)
  const progress = Array.from({ length: 300 }, (_, i) => ventilator.row(i + 1)?.progress)
  expect([...new Set(progress.slice(200))]).toEqual(['queued'])
  expect(progress.every((word) => word === 'queued' || word === 'handed')).toBe(true)
  // Those still in its queue find whoever comes next.
  const next = await PythonPeer.start('pull', '--bind', address)
  await until(() => next.got().length >= 100, all)
  expect(ventilator.numbers().queued).toBe(0)
})

it('F1: a ventilator, under load: every whole message that came is a row, the loss is said', async () => {
  const sink = await bench.open('sink', any)
  const ventilator = await PythonPeer.start('push', '--connect', boundTo(sink))
  for (let n = 0; n < 500; n++) ventilator.send(frames(String(n), 'x'.repeat(1000)))
  await until(() => sink.numbers().in.messages > 0, all)
  await ventilator.kill('SIGKILL')
  await says(sink, 'a peer left')
  const { last } = sink.numbers()
  // In order, none twice, none torn.
  for (let seq = 1; seq <= last; seq++) {
    const row = sink.row(seq)
    expect(row?.frames.map((frame) => frame.bytes.byteLength)).toEqual([String(seq - 1).length, 1000])
    expect(Buffer.from(row!.frames[0]!.bytes).toString()).toBe(String(seq - 1))
  }
})

it('F1: a worker between two of ours: both sides say it, and the rest of the work goes through the next one', async () => {
  const [from, to] = [`tcp://127.0.0.1:${await freePort()}`, `tcp://127.0.0.1:${await freePort()}`]
  const ventilator = await bench.open('ventilator', `@${from}`)
  const sink = await bench.open('sink', `@${to}`)
  const worker = await PythonPeer.start('worker', '--connect', from, '--connect', to)
  await linked(ventilator, sink)
  await ventilator.send(frames('first'))
  await until(() => sink.numbers().in.messages === 1, all)
  await worker.kill('SIGKILL')
  await says(ventilator, 'a peer left')
  await says(sink, 'a peer left')
  await ventilator.send(frames('second'))
  expect(ventilator.row(2)?.progress).toBe('queued')
  await PythonPeer.start('worker', '--connect', from, '--connect', to)
  await until(() => sink.numbers().in.messages === 2, all)
})
