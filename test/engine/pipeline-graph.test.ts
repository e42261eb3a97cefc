import { describe, expect, it, vi } from 'vitest'
import { Pull, Push } from 'zeromq'
import { type PipelineNode } from '../../src-main/contract/index.js'
import { boundTo, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { ANY, begin, chain, LONG, through, useForeign } from './pipeline-chain.js'

vi.setConfig({ testTimeout: 2 * LONG, hookTimeout: LONG })
const bench = useEngine()
const foreignSocket = useForeign()

describe('the graph', () => {
  const find = (id: string): PipelineNode | undefined =>
    bench.engine.pipeline.graph(0).nodes.find((node) => node.id === id)

  it('shows each worker with its figures and edges, tells only what changed, and what went', async () => {
    const { ventilator, workers, sink } = await chain(bench, { waitFor: 3 }, { workers: 3, name: 'crew' })
    const { pipeline } = bench.engine
    await through(begin(bench, ventilator, { kind: 'generate', count: 90 }))
    const graph = await until(
      () => {
        const now = pipeline.graph(0)
        return now.edges.length === 6 && now.edges.every(({ up }) => up) && find(sink.id)?.done === 90 ? now : undefined
      },
      { deadline: LONG },
    )
    expect(graph.whole).toBe(true)
    expect(graph.nodes.map(({ kind, stage, worker, done }) => [kind, stage, worker, done])).toEqual(
      expect.arrayContaining([
        ['ventilator', 0, 0, 90],
        ['sink', 2, 0, 90],
        ['worker', 1, 1, 30],
        ['worker', 1, 2, 30],
        ['worker', 1, 3, 30],
      ]),
    )
    expect(graph.edges.map(({ from, to }) => [from, to])).toEqual(
      expect.arrayContaining([
        [ventilator.id, `${workers.id}/1`],
        [`${workers.id}/3`, sink.id],
      ]),
    )
    expect(find(`${workers.id}/2`)).toMatchObject({
      name: 'crew',
      state: 'open',
      inHand: 0,
      share: 0.3333,
      slow: false,
    })
    await bench.engine.forget(workers.id)
    const later = await until(
      () => {
        const now = pipeline.graph(graph.revision)
        expect(now.gone).toEqual(expect.arrayContaining([`${workers.id}/1`, `${workers.id}/1→${sink.id}`]))
        return now
      },
      { deadline: LONG, what: 'the worker and its edge to be gone' },
    )
    expect(later.whole).toBe(false)
  })

  it('shows peers that are not ours, and what can be inferred of a single one', async () => {
    const { ventilator, sink, workers } = await chain(bench)
    const from = foreignSocket(new Pull())
    const to = foreignSocket(new Push({ linger: 0 }))
    from.connect(boundTo(ventilator))
    to.connect(boundTo(sink))
    const peers = () => bench.engine.pipeline.graph(0).nodes.filter(({ kind }) => kind === 'peer')
    await until(() => peers().length === 1 && ventilator.info().links[0]?.peers === 2, { deadline: LONG })
    expect(peers()[0]).toMatchObject({
      stage: 1,
      state: 'connected',
      done: undefined,
      rate: undefined,
      share: undefined,
    })
    await until(() => bench.engine.pipeline.graph(0).edges.length === 4, { deadline: LONG })
    await bench.engine.pipeline.tune(ventilator.id, { waitFor: 2 }, undefined)
    const run = begin(bench, ventilator, { kind: 'generate', count: 20 })
    for (let i = 0; i < 10; i++) await to.send(await from.receive())
    await through(run)
    expect(run.ledger.figures()).toMatchObject({ collected: 20, lost: 0 })
    await until(() => peers()[0]?.done === 10, { deadline: LONG })
    expect(peers()[0]).toMatchObject({ inferred: true })
    const { reasons, foreign } = bench.engine.pipeline.figures(run.id)
    expect([foreign, reasons]).toEqual([
      10,
      [
        { code: 'foreign', count: 10 },
        { code: 'foreign-peers', count: 1 },
      ],
    ])
    expect(find(`${workers.id}/1`)).toMatchObject({ done: 10, share: undefined })
  })

  it('acts on one worker or on all', async () => {
    const { ventilator, workers, sink } = await chain(bench, {}, { workers: 2 })
    const { pipeline } = bench.engine
    const state = (n: number) => bench.engine.pipeline.hands(workers.id)[n - 1]?.state
    const peers = (count: number) => until(() => ventilator.info().links[0]?.peers === count, { deadline: LONG })
    await peers(2)
    await pipeline.act(workers.id, 'pause', 1)
    expect([state(1), state(2)]).toEqual(['paused', 'open'])
    await pipeline.act(workers.id, 'resume', 1)
    await pipeline.act(workers.id, 'kill', 2)
    expect([state(1), state(2)]).toEqual(['open', 'crashed'])
    await peers(1)
    await pipeline.act(workers.id, 'open', 2)
    await peers(2)
    await pipeline.act(workers.id, 'close', 1)
    expect([state(1), state(2)]).toEqual(['closed', 'open'])
    await peers(1)
    await expect(pipeline.act(workers.id, 'kill', 3)).rejects.toMatchObject({ code: 'NO_WORKER' })
    await pipeline.act(workers.id, 'open')
    await peers(2)
    await pipeline.act(sink.id, 'pause')
    const run = begin(bench, ventilator, { kind: 'generate', count: 10 })
    await until(() => run.ledger.figures().finished >= 9, { deadline: LONG })
    expect(run.ledger.figures().collected).toBeLessThanOrEqual(1)
    await until(() => find(sink.id)?.state === 'paused', { deadline: LONG })
    await pipeline.act(sink.id, 'resume')
    expect(await through(run)).toMatchObject({ collected: 10 })
    await pipeline.act(workers.id, 'kill')
    expect(workers.state.kind).toBe('closed')
    await pipeline.act(workers.id, 'open')
    expect(workers.state.kind).toBe('open')
    await expect(pipeline.act(ventilator.id, 'kill', 1)).rejects.toMatchObject({ code: 'WRONG_ROLE' })
  })

  it('counts what waits for a sink that is paused, connection by connection, where its driver tells', async () => {
    const { ventilator, workers, sink } = await chain(bench, { waitFor: 2 }, { workers: 2 }, { driver: 'wire' })
    const { pipeline } = bench.engine
    const settled = () => until(() => find(sink.id)?.inHand === 0, { deadline: LONG })
    await settled()
    // Before anything has been read, so that it counts from the first round on however slowly libzmq’s threads tell: wire/ear.test.ts has it after hundreds.
    await pipeline.act(sink.id, 'pause')
    await pipeline.tune(workers.id, undefined, { delay: 50 })
    const run = begin(bench, ventilator, { kind: 'generate', count: 20 })
    // What is on its way while it comes to rest may be taken.
    const there = () => {
      const { done = 0, inHand = 0 } = find(sink.id)!
      return inHand > 0 && done + inHand === 20
    }
    await until(there, { deadline: LONG })
    const { exact, messages, pipes } = find(sink.id)!.waiting!
    expect([exact, messages]).toEqual([true, 20 - find(sink.id)!.done!])
    expect(pipes).toHaveLength(2)
    expect(pipes[0]!.messages + pipes[1]!.messages).toBe(messages)
    expect(pipes[0]!.from).not.toBe(pipes[1]!.from)
    await pipeline.act(sink.id, 'resume')
    await through(run)
    await pipeline.tune(workers.id, undefined, { delay: 0 })
    await through(begin(bench, ventilator, { kind: 'generate', count: 100 }))
    await settled()
    const other = await bench.open('sink', ANY, { driver: 'portable' })
    const node = await until(() => find(other.id), { deadline: LONG })
    expect(node.inHand).toBeUndefined()
  })

  it('takes new settings without closing', async () => {
    const { ventilator, workers } = await chain(bench, {}, { delay: 1 })
    const { pipeline } = bench.engine
    await pipeline.tune(workers.id, undefined, { workers: 3, delay: 0 })
    expect(workers.settings).toMatchObject({ workers: 3, delay: 0 })
    await until(() => ventilator.info().links[0]?.peers === 3, { deadline: LONG })
    await pipeline.tune(workers.id, undefined, { workers: 1 })
    await until(() => ventilator.info().links[0]?.peers === 1, { deadline: LONG })
    await expect(pipeline.tune(workers.id, undefined, { cost: { kind: 'task', path: 'a..b' } })).rejects.toMatchObject({
      code: 'BAD_PATH',
    })
    expect(workers.settings).toMatchObject({ cost: { kind: 'delay' } })
    await pipeline.tune(ventilator.id, { redo: 100 }, undefined)
    expect(ventilator.settings).toMatchObject({ redo: 100, taskId: { kind: 'frame' } })
    expect(await through(begin(bench, ventilator, { kind: 'generate', count: 10 }))).toMatchObject({ collected: 10 })
  })
})
