import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { listeningOn, startCli } from '../helpers/cli.js'
import { boundTo, frames, linked } from '../helpers/engine.js'
import { DEADLINE, needPyzmq, PythonPeer } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { useOracle } from './oracle.js'

// F20: the wall clock jumps, or the machine sleeps. Deadlines run by the monotonic clock, rows stay in their order, and what slept goes on where it was.

needPyzmq()
const bench = useOracle()
const all = { deadline: DEADLINE }
const DAY = 86_400_000

afterEach(() => {
  vi.useRealTimers()
})

it.each([
  ['a day ahead', DAY],
  ['a day back', -DAY],
])(
  'F20: the clock jumps %s with a question in flight: its deadline neither fires nor waits, rows and timeline stay in order',
  async (_, jump) => {
    const silent = await PythonPeer.start('rep', '--bind', 'tcp://127.0.0.1:*', '--mute')
    const client = await bench.open('client', await silent.endpoint(), { tries: 2, deadline: 400 })
    const server = await bench.open('server', 'tcp://127.0.0.1:*', { answer: { kind: 'echo' } })
    const other = await bench.open('client', boundTo(server))
    await linked(client, other)
    await other.ask(frames('before'))
    const status = () => client.info().status as { attempt: number }
    const tries = new Set<number>()
    onTestFinished(client.onChange(() => void tries.add(status().attempt)))
    const answer = client.ask(frames('anybody?'))
    answer.catch(() => undefined)
    await until(() => silent.got().length >= 1, all)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + jump })
    await other.ask(frames('after'))
    // Both tries, one after the other: neither was spent by the jump, neither became a day long.
    await expect(answer).rejects.toMatchObject({ code: 'NO_REPLY', detail: { tries: 2, deadline: 400 } })
    expect([...tries].filter((attempt) => attempt > 0)).toEqual([1, 2])
    for (const session of [client, server, other]) {
      const times: number[] = []
      for (let seq = 1; seq <= session.numbers().last; seq++) times.push(session.row(seq)!.time)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(Math.max(...times) - Math.min(...times)).toBeLessThan(DAY / 2)
      const told = session.timeline(0).map(({ time }) => time)
      expect(told).toEqual(told.toSorted((a, b) => a - b))
    }
  },
)

// As shipped the table says 30 s: SOCKETEER_SLEEP=30.
const SLEEP = Number(process.env['SOCKETEER_SLEEP'] ?? '2') * 1000

it(`F20: the whole tree sleeps for ${SLEEP / 1000} s (SIGSTOP, SIGCONT) under traffic: awake, every message arrives, once and in order`, async () => {
  const pull = startCli('pull', '@tcp://127.0.0.1:*')
  const push = startCli('push', `>${await listeningOn(pull)}`)
  const server = startCli('rep', '@tcp://127.0.0.1:*', '--echo')
  const client = startCli('req', await listeningOn(server), '--timeout', '15000', '--retries', '0')
  const tree = [pull, push, server, client]
  const lines = (from: number) => Array.from({ length: 20_000 }, (_, n) => `${from + n}\n`).join('')
  push.write(lines(0))
  client.write('before\n')
  await until(() => pull.out.length > 0 && server.out.length === 1 && client.out.length === 1, all)
  for (const { child } of tree) child.kill('SIGSTOP')
  const asleep = performance.now()
  push.write(lines(20_000))
  client.write('asleep\n')
  await until(() => performance.now() - asleep > SLEEP, { deadline: SLEEP + DEADLINE, what: 'the sleep to be over' })
  for (const { child } of tree) child.kill('SIGCONT')
  await until(() => pull.out.length === 40_000, { deadline: 4 * DEADLINE, what: 'all lines' })
  expect(pull.out).toEqual(Array.from({ length: 40_000 }, (_, n) => String(n)))
  await until(() => client.out.length === 2, all)
  expect(client.out).toEqual(['before', 'asleep'])
  for (const { err } of tree) expect(err.filter((line) => line.startsWith('lost'))).toEqual([])
}, 120_000)
