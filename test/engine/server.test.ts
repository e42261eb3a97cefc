import { connect, type Socket } from 'node:net'
import { Dealer } from 'zeromq'
import { expect, it } from 'vitest'
import { boundTo, frames, linked, rows, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'

//   stranger ── one frame without a delimiter, then gone ──▶ ┐
//   good client ── question ──▶                              ├ server
//               ◀── its own answer ──                        ┘
// libzmq's own REP loses that answer (reliability: rollback in rep.cpp); the server on ROUTER must not.

const bench = useEngine()
const all = { deadline: 15_000 }

it('answers the next good client after a malformed peer has come and gone', async () => {
  const server = await bench.open('server', 'tcp://127.0.0.1:*', { answer: { kind: 'echo' } })
  for (let round = 1; round <= 5; round++) {
    const stranger = new Dealer({ linger: 1000 })
    stranger.connect(boundTo(server))
    await stranger.send('no delimiter')
    await until(() => server.numbers().malformed === round, all)
    stranger.close()
    const client = await bench.open('client', boundTo(server), { tries: 1 })
    expect((await client.ask(frames(`round ${round}`))).frames).toEqual(frames(`round ${round}`))
    await client.close()
  }
  expect(rows(server, 'in').filter(([text]) => text === 'no delimiter')).toHaveLength(5)
  expect(server.row(1)?.malformed).toBe(true)
  expect(server.timeline(0).find((e) => e.kind === 'malformed')).toMatchObject({ count: expect.any(Number) as number })
})

it('answers a good client while raw garbage, an HTTP request and a silent connection hang on its port', async () => {
  const server = await bench.open('server', 'tcp://127.0.0.1:*', {
    answer: { kind: 'echo' },
    options: { handshakeInterval: 500 },
  })
  const port = Number(boundTo(server).split(':')[2])
  const hostile = [
    'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    '\x16\x03\x01\x02\x00',
    '\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x09',
    '',
  ].map((bytes) => {
    const socket: Socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(Buffer.from(bytes, 'latin1'))
    return socket
  })
  const client = await bench.open('client', boundTo(server), { tries: 1 })
  expect((await client.ask(frames('through?'))).frames).toEqual(frames('through?'))
  await until(() => server.timeline(0).some((e) => e.kind === 'handshake-failed'), all)
  expect(server.info().links[0]?.peers).toBe(1)
  for (const socket of hostile) socket.destroy()
})

it('says that a client has gone instead of losing its answer in silence', async () => {
  const server = await bench.open('server', 'tcp://127.0.0.1:*')
  const client = await bench.open('client', boundTo(server))
  await linked(server)
  await client.send(frames('bye'))
  await until(() => server.numbers().in.messages === 1, all)
  await client.close()
  await until(() => server.info().links[0]?.peers === 0, all)
  await expect(server.send(frames('too late'))).rejects.toMatchObject({ code: 'CLIENT_GONE' })
  expect(server.row(1)?.progress).toBe('failed')
  expect(server.numbers().out.messages).toBe(0)
})

it('refuses to speak unasked, and to answer twice', async () => {
  const server = await bench.open('server', 'tcp://127.0.0.1:*')
  await expect(server.send(frames('hello?'))).rejects.toMatchObject({ code: 'NOT_YOUR_TURN' })
  const client = await bench.open('client', boundTo(server))
  await client.send(frames('question'))
  await until(() => server.numbers().in.messages === 1, all)
  await server.send(frames('once'), { answers: 1 })
  await expect(server.send(frames('twice'), { answers: 1 })).rejects.toMatchObject({ code: 'NOT_WAITING' })
})

it('keeps two clients and their order apart', async () => {
  const server = await bench.open('server', 'tcp://127.0.0.1:*')
  const [one, two] = [await bench.open('client', boundTo(server)), await bench.open('client', boundTo(server))]
  await one.send(frames('first'))
  await until(() => server.numbers().in.messages === 1, all)
  await two.send(frames('second'))
  await until(() => server.numbers().in.messages === 2, all)
  expect(server.info().status).toMatchObject({ waiting: 2, clients: 2, pending: [{ source: 1 }, { source: 2 }] })
  await server.send(frames('to two'), { answers: 2 })
  await server.send(frames('to one'))
  await until(() => one.numbers().in.messages + two.numbers().in.messages === 2, all)
  expect([rows(one, 'in'), rows(two, 'in')]).toEqual([[['to one']], [['to two']]])
})
