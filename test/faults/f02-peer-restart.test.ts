import { expect, it } from 'vitest'
import { frames, rows } from '../helpers/engine.js'
import { DEADLINE, freePort, needPyzmq, PythonPeer } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { says, useOracle } from './oracle.js'

// F2: a peer is killed and comes back on its port, again and again. Nobody touches anything, and everything goes on.

needPyzmq()
const bench = useOracle()
const all = { deadline: DEADLINE }
/** The long form, of the table: SOCKETEER_CYCLES=20. */
const CYCLES = Number(process.env['SOCKETEER_CYCLES'] ?? '5')

it(`F2: ${CYCLES} restarts of a server and a publisher: each question is answered once, each subscription made again`, async () => {
  const [asked, heard] = [`tcp://127.0.0.1:${await freePort()}`, `tcp://127.0.0.1:${await freePort()}`]
  const quick = { options: { reconnectInterval: 50, reconnectMaxInterval: 200 } }
  const client = await bench.open('client', asked, { ...quick, tries: 1, deadline: DEADLINE })
  const subscriber = await bench.open('subscriber', heard, { ...quick, topics: ['pose'] })
  for (let cycle = 1; cycle <= CYCLES; cycle++) {
    // Asked while nobody is there: it waits, without spending its one try.
    const answer = client.ask(frames(`question ${cycle}`))
    const [server, publisher] = await Promise.all([
      PythonPeer.start('rep', '--bind', asked),
      PythonPeer.start('pub', '--bind', heard),
    ])
    expect((await answer).frames.map((frame) => Buffer.from(frame).toString())).toEqual([`re:question ${cycle}`])
    await until(() => publisher.subscribed().includes('pose'), all)
    publisher.send(frames('pose', String(cycle)))
    await until(() => subscriber.numbers().in.messages === cycle, all)
    await until(() => server.got().length === 1, all)
    await Promise.all([server.kill('SIGKILL'), publisher.kill('SIGKILL')])
    for (const session of [client, subscriber])
      await until(() => session.info().links[0]?.state !== 'up', { ...all, what: 'the loss to be seen' })
  }
  const numbers = Array.from({ length: CYCLES }, (_, i) => i + 1)
  expect(rows(subscriber, 'in')).toEqual(numbers.map((n) => ['pose', String(n)]))
  expect(rows(client, 'in')).toEqual(numbers.map((n) => [`re:question ${n}`]))
  for (const session of [client, subscriber]) {
    await says(session, 'connection lost')
    const ups = session.timeline(0).filter(({ kind }) => kind === 'up')
    expect(ups.reduce((sum, { count }) => sum + count, 0)).toBe(CYCLES)
  }
})
