import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Dealer } from 'zeromq'
import type { Session } from '../../src-main/engine/session.js'
import { OwnedSocket } from '../../src-main/engine/socket.js'
import { boundTo, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { ANY, begin, chain, LONG, through, useForeign } from './pipeline-chain.js'

vi.setConfig({ testTimeout: 2 * LONG, hookTimeout: LONG })
const bench = useEngine()
const foreignSocket = useForeign()

describe('to pause', () => {
  it('is for what is open', async () => {
    const { ventilator, workers, sink } = await chain(bench, {}, { workers: 2 })
    const { pipeline } = bench.engine
    const refused = (id: string, worker?: number) =>
      expect(pipeline.act(id, 'pause', worker)).rejects.toMatchObject({ code: 'CANNOT_PAUSE' })
    for (const session of [sink, workers]) {
      const closing = session.close()
      await refused(session.id)
      await closing
      await refused(session.id)
      await pipeline.act(session.id, 'open')
    }
    await pipeline.act(workers.id, 'kill', 1)
    await refused(workers.id, 1)
    await pipeline.act(workers.id, 'pause') // those that are there
    expect(pipeline.hands(workers.id).map(({ state }) => state)).toEqual(['crashed', 'paused'])
    await pipeline.act(workers.id, 'resume')
    expect(sink.state.kind).toBe('open')
    await pipeline.act(ventilator.id, 'close')
    await refused(ventilator.id)
  })

  it('ends with what was open: a sink that is opened again receives', async () => {
    const sink = await bench.open('sink', ANY)
    const address = boundTo(sink)
    const { pipeline } = bench.engine
    const stopped = sink.stop(new Error('something failed'))
    // Refused where the session says by now that it closes.
    await pipeline.act(sink.id, 'pause').catch(() => undefined)
    await stopped
    await bench.engine.reopen(sink.id, { ...sink.settings, endpoints: [{ method: 'bind', address }] })
    expect(sink.state).toEqual({ kind: 'open' })
    const ventilator = await bench.open('ventilator', `>${address}`)
    for (const task of 'abc') await ventilator.send([Buffer.from(task)])
    await until(() => sink.numbers().in.messages === 3, { deadline: LONG })
  })
})

describe('to open', () => {
  it('what still closes, opens it when it has', async () => {
    const { ventilator, workers } = await chain(bench)
    const { pipeline } = bench.engine
    const closing = workers.close()
    await expect(pipeline.act(workers.id, 'open', 1)).rejects.toMatchObject({ code: 'NOT_OPEN' })
    await pipeline.act(workers.id, 'open')
    await closing
    expect(workers.state).toEqual({ kind: 'open' })
    expect(await through(begin(bench, ventilator, { kind: 'generate', count: 10 }))).toMatchObject({ collected: 10 })
  })
})

//   ROUTER ──▶ ▮▮▮ a worker that asked for more than it has room for
//          ──▶     one that takes all
describe('a worker that asks for more than it has room for', () => {
  const demand = { mode: 'demand', taskId: { kind: 'frame' }, options: { sendHighWaterMark: 1 } }
  /** More than a connection holds by itself. */
  const TASKS = 60
  const work = { kind: 'generate', count: TASKS, size: 1_000_000 } as const

  async function asks(ventilator: Session, count: number): Promise<Dealer> {
    const dealer = foreignSocket(new Dealer({ linger: 0, receiveHighWaterMark: 1 }))
    dealer.connect(boundTo(ventilator))
    await dealer.send(String(count))
    return dealer
  }

  /** Takes whatever comes until the socket closes. */
  function taking(dealer: Dealer): { count: number } {
    const taken = { count: 0 }
    const take = async () => {
      for (; ; taken.count++) await dealer.receive()
    }
    take().catch(() => undefined)
    return taken
  }

  const progress = (ventilator: Session) => Array.from({ length: TASKS }, (_, i) => ventilator.row(i + 1)?.progress)

  function sends() {
    const spy = vi.spyOn(OwnedSocket.prototype, 'send')
    onTestFinished(() => spy.mockRestore())
    return spy.mock
  }

  it('gets them when it has, and the others need not wait', async () => {
    const ventilator = await bench.open('ventilator', ANY, { ...demand, waitFor: 2 })
    const [full, quick] = [await asks(ventilator, 1000), taking(await asks(ventilator, 1000))]
    const run = begin(bench, ventilator, work)
    await until(() => run.ledger.made === TASKS && run.ledger.figures().queued === 0, { deadline: LONG })
    expect(new Set(progress(ventilator))).toEqual(new Set(['handed']))
    const rest = taking(full)
    await until(() => quick.count + rest.count === TASKS, { deadline: LONG })
  })

  it('costs no time until it has, though another has room that asks for nothing', async () => {
    const ventilator = await bench.open('ventilator', ANY, { ...demand, waitFor: 2 })
    const [full, other] = [await asks(ventilator, 1000), taking(await asks(ventilator, 1))]
    const { calls } = sends()
    const run = begin(bench, ventilator, work)
    await until(() => calls.length > TASKS + 10, { deadline: LONG, what: 'it to be tried again and again' })
    const tried = calls.length
    for (let i = 0; i < 1000; i++) await Promise.resolve()
    expect(calls.length).toBeLessThanOrEqual(tried + 1)
    const rest = taking(full)
    await until(() => other.count + rest.count === TASKS, { deadline: LONG })
    expect([other.count, run.ledger.figures().queued]).toEqual([1, 0])
  })

  it('leaves nothing queued in a ventilator that closes, when it has gone itself', async () => {
    const ventilator = await bench.open('ventilator', ANY, { ...demand, quiet: 20 })
    const { settledResults } = sends()
    const gone = await asks(ventilator, 1000)
    const run = begin(bench, ventilator, work)
    await until(() => settledResults.at(-1)?.type === 'incomplete', { deadline: LONG, what: 'one to wait for room' })
    gone.close()
    await until(() => ventilator.info().links[0]?.peers === 0, { deadline: LONG })
    await ventilator.close(0)
    expect(await through(run)).toMatchObject({ lost: TASKS, queued: 0 })
    expect(progress(ventilator)).not.toContain('queued')
  })
})
