import { describe, expect, it } from 'vitest'
import { startCli, listeningOn } from '../helpers/cli.js'
import { DEADLINE, expectSame, LONG, needPyzmq, PythonPeer } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { ANY, combinations, freeEndpoint, openSession, samples, startParty, startPeer, type Message } from './party.js'

//   PUSH ── tasks ──▶ PULL worker PUSH ── results ──▶ PULL
//
// Each of the three is once our engine, once our command line, once pyzmq.

needPyzmq()

describe.each(combinations(3))('%s hands out, %s works, %s collects', (ventilator, worker, sink) => {
  it('when the worker comes last', async () => {
    const push = await startParty(ventilator, 'push', ANY)
    const pull = await startParty(sink, 'pull', ANY)
    await startParty(worker, 'worker', `>${await push.endpoint()}`, `>${await pull.endpoint()}`)
    for (const task of samples) push.send(task)
    expectSame(await pull.got(samples.length), [...samples])
  })

  it('when the worker comes first', async () => {
    const [from, to] = [await freeEndpoint(), await freeEndpoint()]
    await startParty(worker, 'worker', `>${from}`, `>${to}`)
    const push = await startParty(ventilator, 'push', `@${from}`)
    for (const task of samples) push.send(task)
    const pull = await startParty(sink, 'pull', `@${to}`)
    expectSame(await pull.got(samples.length), [...samples])
  })
})

const numbered = (from: number, count: number): Message[] =>
  Array.from({ length: count }, (_, i) => [Buffer.from(String(from + i))])

describe('an idle sink that is killed and comes back on the same port', () => {
  //   PUSH ── 0…99 ──▶ PULL      PULL ✗      PUSH: 100…199 wait      PUSH ── 100…199 ──▶ PULL'
  it('loses nothing of what the engine pushes', async () => {
    const first = await startPeer('pull', ANY)
    const endpoint = await first.endpoint()
    const session = await openSession('push', [`>${endpoint}`])
    for (const message of numbered(0, 100)) await session.send(message)
    await until(() => first.got().length === 100, { deadline: DEADLINE, what: 'the first hundred' })
    await first.kill('SIGKILL')
    await until(() => session.info().links[0]?.state !== 'up', { deadline: DEADLINE, what: 'the loss to be seen' })
    for (const message of numbered(100, 100)) await session.send(message)
    expect(session.numbers().queued).toBe(100)

    const second = await startPeer('pull', `@${endpoint}`)
    await until(() => second.got().length >= 100, { deadline: DEADLINE, what: 'the second hundred' })
    expectSame([...first.got(), ...second.got()], numbered(0, 200))
    expect(session.numbers().queued).toBe(0)
  })

  it('loses nothing of what the command line pushes', async () => {
    const first = await startPeer('pull', ANY)
    const endpoint = await first.endpoint()
    const cli = startCli('push', '--connect', endpoint)
    const lines = (from: number) => numbered(from, 100).map(([frame]) => `${Buffer.from(frame!).toString()}\n`)
    cli.write(lines(0).join(''))
    await until(() => first.got().length === 100, { deadline: DEADLINE, what: 'the first hundred' })
    await first.kill('SIGKILL')
    await cli.line((line) => line.startsWith('lost the connection'), 'err')
    cli.write(lines(100).join(''))
    cli.endInput()
    const second = await startPeer('pull', `@${endpoint}`)
    expect(await cli.exited(LONG)).toBe(0)
    await until(() => second.got().length >= 100, { deadline: DEADLINE, what: 'the second hundred' })
    expectSame([...first.got(), ...second.got()], numbered(0, 200))
  })
})

describe('a hundred thousand tasks', { timeout: 240_000 }, () => {
  const COUNT = 100_000
  const lines = Array.from({ length: COUNT }, (_, i) => `${i}\n`).join('')
  const expectAll = async (sink: PythonPeer) => {
    await sink.line((line) => line.startsWith('{"all"') || line.startsWith('{"wrong"'), 'out', LONG)
    expect(sink.out.slice(1)).toEqual([`{"all": ${COUNT}}`])
  }

  it('that the command line reads from its standard input arrive whole and in order', async () => {
    const sink = await PythonPeer.start('pull', '--bind', 'tcp://127.0.0.1:*', '--quiet', String(COUNT))
    const cli = startCli('push', '--connect', await sink.endpoint())
    cli.write(lines)
    cli.endInput()
    expect(await cli.exited(LONG)).toBe(0)
    await expectAll(sink)
  })

  it('arrive whole and in order through a worker on the command line', async () => {
    const sink = await PythonPeer.start('pull', '--bind', 'tcp://127.0.0.1:*', '--quiet', String(COUNT))
    const push = startCli('push', ANY)
    const work = startCli('work', await listeningOn(push), await sink.endpoint(), '--count', String(COUNT))
    push.write(lines)
    push.endInput()
    expect(await push.exited(LONG)).toBe(0)
    expect(await work.exited(LONG)).toBe(0)
    await expectAll(sink)
  })
})

describe('a ventilator that exits when it has sent all', () => {
  //   PUSH ── 2000 tasks ──▶ ▒▒▒▒▒▒▒▒ PULL worker, 1 ms each ──▶ PULL
  //   PUSH ✗                 └ unread in its TCP buffer
  it.each(['engine', 'cli'] as const)('leaves all of them to a slow worker (%s)', async (worker) => {
    const push = await startPeer('push', ANY)
    const sink = await PythonPeer.start('pull', '--bind', 'tcp://127.0.0.1:*', '--quiet', '2000')
    const [from, to] = [await push.endpoint(), await sink.endpoint()]
    if (worker === 'cli') startCli('work', from, to, '--delay', '1')
    // Heartbeats are asked for, and must not be sent: they would destroy what waits.
    else
      await openSession('worker', [`>${from}`, `>${to}`], {
        delay: 1,
        options: { heartbeatInterval: 20, receiveHighWaterMark: 10 },
      })
    for (const task of numbered(0, 2000)) push.send(task)
    push.endInput()
    expect(await push.exited(LONG)).toBe(0)
    await sink.line((line) => line.startsWith('{"all"') || line.startsWith('{"wrong"'), 'out', LONG)
    expect(sink.out.slice(1)).toEqual(['{"all": 2000}'])
  })
})
