import { describe, expect, it, vi } from 'vitest'
import { Dealer } from 'zeromq'
import { LaneEntries, TaskEntries, taskName } from '../../src-main/contract/index.js'
import type { Run } from '../../src-main/engine/pipeline/run.js'
import { boundTo, rows, settingsOf, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { ANY, begin, chain, LONG, through, useForeign } from './pipeline-chain.js'

vi.setConfig({ testTimeout: 2 * LONG, hookTimeout: LONG })
const bench = useEngine()
const foreignSocket = useForeign()

//   REQ-like by hand: a worker asks, and only then is given
describe('dealing by demand', () => {
  it('gives nobody more than was asked for', async () => {
    const { ventilator, workers, sink } = await chain(
      bench,
      { mode: 'demand', waitFor: 2 },
      { mode: 'demand', workers: 2, concurrency: 3 },
    )
    const run = begin(bench, ventilator, { kind: 'generate', count: 500 })
    expect(await through(run)).toMatchObject({ collected: 500, lost: 0, doubled: 0 })
    expect(run.ledger.lanes.reduce((sum, { done }) => sum + done, 0)).toBe(500)
    expect(run.summary().mode).toBe('demand')
    await until(() => workers.info().links.every(({ state }) => state === 'up'), { deadline: LONG })
    expect(workers.info().links.map(({ peers }) => peers)).toEqual([2, 2])
    expect(sink.numbers().in.messages).toBe(500)
  })

  it('finds out who has gone, and gives its task to another', async () => {
    // Redo, because what is sent before the connection's end is known goes with it.
    const dealing = { mode: 'demand', waitFor: 2, redo: 200 }
    const { ventilator, workers } = await chain(bench, dealing, { mode: 'demand', workers: 2 })
    await through(begin(bench, ventilator, { kind: 'generate', count: 10 }))
    await bench.engine.pipeline.act(workers.id, 'kill', 1)
    await bench.engine.pipeline.tune(ventilator.id, { waitFor: 1 }, undefined)
    const again = begin(bench, ventilator, { kind: 'generate', count: 40 })
    expect(await through(again)).toMatchObject({ made: 40, collected: 40, lost: 0 })
    expect(again.ledger.lanes.map(({ hand, done }) => [hand.number, done > 0])).toContainEqual([2, true])
  })

  it('refuses what is no number of tasks, and serves a foreign worker that asks', async () => {
    const ventilator = await bench.open('ventilator', ANY, { mode: 'demand', taskId: { kind: 'frame' } })
    const worker = foreignSocket(new Dealer({ linger: 0 }))
    worker.connect(boundTo(ventilator))
    await worker.send('what?')
    await until(() => ventilator.numbers().malformed === 1, { deadline: LONG })
    const run = begin(bench, ventilator, { kind: 'text', text: 'a\nb\nc' })
    await worker.send('2')
    const got = [await worker.receive(), await worker.receive()]
    expect(got.map((frames) => frames.map(String))).toEqual([
      [taskName(run.ledger.tag, 1), 'a'],
      [taskName(run.ledger.tag, 2), 'b'],
    ])
    expect(run.ledger.figures()).toMatchObject({ queued: 1, away: 2 })
    const { nodes } = bench.engine.pipeline.graph(0)
    expect(nodes.find(({ kind }) => kind === 'peer')).toMatchObject({ done: 2, inferred: false, state: 'connected' })
    await worker.send(['', 'by its name'])
    expect((await worker.receive()).map(String)[1]).toBe('c')
    await bench.engine.forget(ventilator.id)
  })
})

//   crash on purpose: sockets close with linger 0
describe('a worker that crashes', () => {
  it('after its n-th task takes what it had with it, and comes back when it should', async () => {
    const { ventilator, workers } = await chain(
      bench,
      { quiet: 100, waitFor: 2 },
      { workers: 2, delay: 1, crash: { kind: 'after', tasks: 3, worker: 2, back: 50 } },
    )
    const run = begin(bench, ventilator, { kind: 'generate', count: 40 })
    const { made, collected, lost } = await through(run)
    expect(collected + lost).toBe(made)
    expect(lost).toBeGreaterThanOrEqual(1)
    const [one, two] = bench.engine.pipeline.hands(workers.id)
    expect([one?.crashes, two?.crashes]).toEqual([0, 1])
    await until(() => two?.state === 'open', { deadline: LONG, what: 'its return' })
    const figures = bench.engine.pipeline.figures(run.id)
    expect(figures.shares.map(({ worker, crashes }) => [worker, crashes])).toEqual(expect.arrayContaining([[2, 1]]))
    const lane = bench.engine.pipeline.lanes(run.id, { width: 1000, first: 0, count: 9 }).lanes
    expect(lane.find(({ worker }) => worker === 2)?.marks[0]?.kind).toBe('crashed')
    await pastEveryTask(run)
  })

  it('at random, again and again, costs nothing with redo but doubles', async () => {
    const { ventilator } = await chain(
      bench,
      { redo: 150, waitFor: 3 },
      { workers: 3, crash: { kind: 'chance', probability: 0.02, back: 10 } },
    )
    const run = begin(bench, ventilator, { kind: 'generate', count: 300 })
    const counts = await through(run)
    expect(counts).toMatchObject({ made: 300, collected: 300, lost: 0, inFlight: 0 })
    expect(counts.extra).toBeGreaterThanOrEqual(counts.doubled)
  })
})

/** What the ledger says of single tasks adds up to what it says of all. */
async function pastEveryTask(run: Run): Promise<void> {
  const { entries, total } = bench.engine.pipeline.tasks(run.id, 'all', 0, 5000)
  const tasks = new TaskEntries(entries)
  const states: Record<string, number> = {}
  for (let i = 0; i < tasks.length; i++) states[tasks.state(i)] = (states[tasks.state(i)] ?? 0) + 1
  const { collected, lost, made } = run.ledger.figures()
  expect([total, states['collected'] ?? 0, states['lost'] ?? 0]).toEqual([made, collected, lost])
}

//   work as it is: concurrency, cost, steps
describe('a worker', () => {
  it('has as many tasks in hand as it may, and each keeps its place', async () => {
    const { ventilator, workers } = await chain(bench, {}, { concurrency: 4, delay: 60_000 })
    const run = begin(bench, ventilator, { kind: 'generate', count: 10 })
    await until(() => bench.engine.pipeline.hands(workers.id)[0]?.inHand === 4, { deadline: LONG })
    expect(run.ledger.figures()).toMatchObject({ inHand: 4 })
    const [lane] = bench.engine.pipeline.lanes(run.id, { width: 100, first: 0, count: 1 }).lanes
    const entries = new LaneEntries(lane!.entries)
    const slots = Array.from({ length: entries.length }, (_, i) => [entries.slot(i), entries.inHand(i)])
    expect(slots.sort()).toEqual([0, 1, 2, 3].map((slot) => [slot, true]))
    await bench.engine.pipeline.act(workers.id, 'kill')
  })

  it.each([
    ['a task’s own cost', { cost: { kind: 'task', path: 'cost' } }],
    ['a busy loop', { delay: 2, busy: true }],
    ['a heavy tail', { cost: { kind: 'heavy', min: 0.5, shape: 1.5, max: 5 } }],
    ['an exponential draw', { cost: { kind: 'exponential', mean: 1 } }],
  ])('works by %s', async (_, settings) => {
    const { ventilator } = await chain(bench, {}, settings)
    const run = begin(bench, ventilator, { kind: 'generate', count: 20, cost: { kind: 'uniform', min: 1, max: 3 } })
    expect(await through(run)).toMatchObject({ collected: 20, lost: 0 })
    expect(bench.engine.pipeline.figures(run.id).shares[0]?.service).toBeGreaterThan(0)
  })

  it.each([
    [{ kind: 'json', path: 'a[1]', operation: 'multiply', by: 3 }, '{"a":[1,2]}', ['{"a":[1,6]}']],
    [{ kind: 'json', path: 'b', operation: 'add', by: 1 }, '{"a":1}', ['{"a":1}']],
    [{ kind: 'checksum' }, 'abc', ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad']],
    [{ kind: 'upper' }, 'straße', ['STRASSE']],
  ])('does %o to a payload', async (step, text, result) => {
    const { ventilator, workers, sink } = await chain(bench, {}, { step })
    await through(begin(bench, ventilator, { kind: 'text', text }))
    expect(rows(sink, 'in')[0]?.slice(1)).toEqual(result)
    expect(bench.engine.pipeline.hands(workers.id)[0]?.undone).toBe(result[0] === text && result.length === 1 ? 1 : 0)
  })

  it('cannot bind many times to one address, and says so', async () => {
    const settings = settingsOf('worker', '@tcp://127.0.0.1:5557', {
      workers: 2,
      forward: [{ method: 'connect', address: 'tcp://127.0.0.1:5558' }],
    })
    const session = await bench.engine.open(settings)
    expect(session.state).toMatchObject({ kind: 'failed', fault: { code: 'BAD_GROUP' } })
  })
})
