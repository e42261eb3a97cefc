import { describe, expect, it } from 'vitest'
import { boundTo, frames, linked, rows, settingsOf, texts, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'

const bench = useEngine()
const all = { deadline: 15_000 }

//   client ── question ──▶ server
//          ◀── answer ───
describe('request and reply', () => {
  it('lets a person answer by hand, and joins the answer to its question', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*')
    const client = await bench.open('client', boundTo(server))
    await linked(server, client)
    const { seq } = await client.send(frames('hello', 'world'))
    await until(() => server.info().status.role === 'server' && server.numbers().in.messages === 1, all)
    expect(server.info().status).toMatchObject({ waiting: 1, clients: 1, pending: [{ seq: 1 }] })
    expect(client.info().status).toMatchObject({ turn: 'waiting', attempt: 1, seq })
    await server.send(frames('fine'))
    await until(() => client.numbers().in.messages === 1, all)
    expect(rows(client, 'in')).toEqual([['fine']])
    expect(client.row(seq)?.progress).toBe('answered')
    expect(client.row(2)?.ref).toBe(seq)
    expect(server.row(1)?.progress).toBe('answered')
    expect(client.info().status).toMatchObject({ turn: 'yours', last: 'answered' })
    expect(client.numbers().roundTrip?.count).toBe(1)
  })

  it('answers by itself with an echo or a text', async () => {
    const echo = await bench.open('server', 'tcp://127.0.0.1:*', { answer: { kind: 'echo' } })
    const fixed = await bench.open('server', 'tcp://127.0.0.1:*', {
      answer: { kind: 'text', text: 'server response!' },
    })
    const toEcho = await bench.open('client', boundTo(echo))
    const toFixed = await bench.open('client', boundTo(fixed))
    const binary = [Uint8Array.from([0, 255, 128]), new Uint8Array()]
    expect((await toEcho.ask(binary)).frames).toEqual(binary)
    expect((await toFixed.ask(frames('x'))).frames.map(String)).toEqual([String(frames('server response!')[0])])
  })

  it('refuses a second question while the first waits, and loses neither', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*')
    const client = await bench.open('client', boundTo(server))
    await client.send(frames('one'))
    await expect(client.send(frames('two'))).rejects.toMatchObject({ code: 'NOT_YOUR_TURN' })
    expect(client.numbers()).toMatchObject({ refused: 1, out: { messages: 1 } })
  })

  it('gives up after the last try, says so, and can ask again', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*')
    const client = await bench.open('client', boundTo(server), { deadline: 1000, tries: 3 })
    await expect(client.ask(frames('anyone?'))).rejects.toMatchObject({ code: 'NO_REPLY', detail: { tries: 3 } })
    await until(() => server.numbers().in.messages === 3, all)
    expect(client.row(1)?.progress).toBe('no-reply')
    const second = client.ask(frames('again'))
    await until(() => rows(server, 'in').some(([text]) => text === 'again'), all)
    const again = rows(server, 'in').findIndex(([text]) => text === 'again') + 1
    await server.send(frames('late'), { answers: 1 })
    await server.send(frames('right'), { answers: again })
    expect(new TextDecoder().decode((await second).frames[0])).toBe('right')
  })

  it('with a plain envelope takes no late answer for the next question’s', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*')
    const client = await bench.open('client', boundTo(server), { deadline: 1000, tries: 1, envelope: 'plain' })
    await expect(client.ask(frames('first'))).rejects.toMatchObject({ code: 'NO_REPLY' })
    const second = client.ask(frames('second'))
    await until(() => rows(server, 'in').length === 2, all)
    await server.send(frames('for the first'), { answers: 1 }).catch(() => undefined) // its pipe is gone: that is the point
    await server.send(frames('for the second'), { answers: 2 })
    expect(new TextDecoder().decode((await second).frames[0])).toBe('for the second')
  })

  it('spends no try while the link is down, and goes on when the server is back', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*')
    const address = boundTo(server)
    const client = await bench.open('client', address, { deadline: 60_000, tries: 1 })
    await linked(client)
    const answer = client.ask(frames('still there?'))
    await until(() => server.numbers().in.messages === 1, all)
    await server.close()
    await until(() => client.info().status.role === 'client' && client.numbers().queued === 1, all)
    expect(client.info().status).toMatchObject({ turn: 'link-down' })
    await server.reopen(settingsOf('server', address, { answer: { kind: 'echo' } }))
    expect(server.state).toEqual({ kind: 'open' })
    expect(new TextDecoder().decode((await answer).frames[0])).toBe('still there?')
  })

  it('can be told to stop waiting', async () => {
    const client = await bench.open('client', 'tcp://127.0.0.1:9')
    const answer = client.ask(frames('nobody'))
    client.cancel()
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(client.row(1)?.progress).toBe('cancelled')
  })

  it('shows the true lock-step when strict', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*')
    const client = await bench.open('client', boundTo(server), { strict: true })
    await linked(client)
    await client.send(frames('one'))
    await expect(client.send(frames('two'))).rejects.toMatchObject({ code: 'EFSM' })
    expect(client.info().status).toMatchObject({ turn: 'waiting' })
    await until(() => server.numbers().in.messages === 1, all)
    await server.send(frames('answer'))
    await until(() => client.numbers().in.messages === 1, all)
    await client.send(frames('two'))
    expect(client.numbers()).toMatchObject({ refused: 1, out: { messages: 2 } })
  })
})

//   publisher ── topic, text ──▶ subscriber (only what it asked for)
describe('publish and subscribe', () => {
  it('hears its topics, from each station, from the subscription on', async () => {
    const one = await bench.open('publisher', 'tcp://127.0.0.1:*')
    const two = await bench.open('publisher', 'tcp://127.0.0.1:*')
    const radio = await bench.open('subscriber', [boundTo(one), boundTo(two)], { topics: ['a'] })
    for (const station of [one, two])
      await until(() => (station.info().status as { subscriptions?: unknown[] }).subscriptions?.length === 1, all)
    expect(one.info().status).toEqual({
      role: 'publisher',
      subscriptions: [{ topic: 'a', count: 1 }],
      topics: 1,
      topicBytes: 1,
    })
    await one.send(frames('b', 'not for you'))
    await one.send(frames('a', '1'))
    await two.send(frames('abc', '2'))
    await until(() => radio.numbers().in.messages === 2, all)
    const sources = [1, 2].map((seq) => [radio.row(seq)?.source, ...texts(radio, seq)])
    expect(sources).toHaveLength(2)
    expect(sources).toEqual(
      expect.arrayContaining([
        [0, 'a', '1'],
        [1, 'abc', '2'],
      ]),
    )
    radio.subscribe('b')
    await until(() => (one.info().status as { subscriptions: unknown[] }).subscriptions.length === 2, all)
    radio.unsubscribe('a')
    await until(() => (one.info().status as { subscriptions: unknown[] }).subscriptions.length === 1, all)
    await one.send(frames('a', 'gone'))
    await one.send(frames('b', 'new'))
    await until(() => radio.numbers().in.messages === 3, all)
    expect(texts(radio, 3)).toEqual(['b', 'new'])
    expect(radio.settings).toMatchObject({ topics: ['b'] })
  })
})

//   ventilator ──▶ worker ──▶ sink
describe('pipeline', () => {
  it('passes every task through the worker, frames untouched, whichever end binds', async () => {
    const sink = await bench.open('sink', '@tcp://127.0.0.1:*')
    const ventilator = await bench.open('ventilator', '@tcp://127.0.0.1:*')
    const worker = await bench.open('worker', boundTo(ventilator), {
      forward: [{ method: 'connect', address: boundTo(sink) }],
    })
    for (let i = 1; i <= 50; i++) await ventilator.send(frames(`task ${i}`, 'x'))
    await until(() => sink.numbers().in.messages === 50, all)
    expect(rows(sink, 'in')).toEqual(Array.from({ length: 50 }, (_, i) => [`task ${i + 1}`, 'x']))
    expect(worker.numbers()).toMatchObject({ in: { messages: 50 }, out: { messages: 50 }, queued: 0 })
    expect(worker.row(2)?.ref).toBe(1)
  })

  it('keeps tasks in its own queue, counted, until somebody is there to take them', async () => {
    const ventilator = await bench.open('ventilator', 'tcp://127.0.0.1:*')
    for (let i = 0; i < 5; i++) await ventilator.send(frames(`${i}`))
    expect(ventilator.numbers()).toMatchObject({ queued: 5, out: { messages: 5 } })
    expect(ventilator.row(1)?.progress).toBe('queued')
    const sink = await bench.open('sink', `>${boundTo(ventilator)}`)
    await ventilator.drained()
    await until(() => sink.numbers().in.messages === 5, all)
    expect(ventilator.row(5)?.progress).toBe('handed')
  })

  it('says how many tasks were not handed over when it is closed before', async () => {
    const ventilator = await bench.open('ventilator', 'tcp://127.0.0.1:*', { options: { linger: 0 } })
    await ventilator.send(frames('lost'))
    await ventilator.close()
    expect(ventilator.timeline(0).at(-1)).toMatchObject({ kind: 'closed', detail: '1' })
    expect(ventilator.row(1)?.progress).toBe('failed')
  })
})

describe('inproc and ipc', () => {
  for (const address of ['inproc://roles-test', `ipc:///tmp/socketeer-roles-${process.pid}.sock`]) {
    it(`carries all three patterns over ${address.split(':')[0]}`, async () => {
      const server = await bench.open('server', `${address}-a`, { answer: { kind: 'echo' } })
      const client = await bench.open('client', boundTo(server))
      expect((await client.ask(frames('hi'))).frames).toEqual(frames('hi'))
      const publisher = await bench.open('publisher', `${address}-b`)
      const radio = await bench.open('subscriber', boundTo(publisher))
      await until(() => (publisher.info().status as { subscriptions: unknown[] }).subscriptions.length === 1, all)
      await publisher.send(frames('on air'))
      await until(() => radio.numbers().in.messages === 1, all)
      const sink = await bench.open('sink', `${address}-c`)
      const ventilator = await bench.open('ventilator', `>${boundTo(sink)}`)
      await ventilator.send(frames('task'))
      await until(() => sink.numbers().in.messages === 1, all)
    })
  }
})
