import { describe, expect, it, vi } from 'vitest'
import { Pull, Push } from 'zeromq'
import { LaneEntries, TaskEntries, taskName } from '../../src-main/contract/index.js'
import { boundTo, rows, texts, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { ANY, begin, chain, crew, LONG, looks, through, useForeign } from './pipeline-chain.js'

vi.setConfig({ testTimeout: 5 * LONG, hookTimeout: LONG })
const bench = useEngine()
const foreignSocket = useForeign()

//   ventilator ──▶ workers ──▶ sink, every task known by its id
describe('a run', () => {
  it('is audited to the last of 100,000 tasks, however many workers do them', async () => {
    const { ventilator, sink } = await chain(
      bench,
      // Exact thirds as long as nobody is full and left out.
      { waitFor: 3, options: { sendHighWaterMark: 0 } },
      { workers: 3 },
    )
    const run = begin(bench, ventilator, { kind: 'generate', count: 100_000, size: 40 })
    const counts = await through(run, 4 * LONG)
    expect(counts).toMatchObject({ made: 100_000, collected: 100_000, inFlight: 0, lost: 0, doubled: 0, strangers: 0 })
    const figures = bench.engine.pipeline.figures(run.id)
    expect(figures.shares.map(({ done }) => done).sort()).toEqual([33_333, 33_333, 33_334])
    expect(figures.jain).toBeCloseTo(1)
    expect(figures.endToEnd?.count).toBe(100_000)
    expect(figures.onTheWay?.count).toBe(100_000)
    expect(figures.reasons).toEqual([])
    expect(sink.numbers().in.messages).toBe(100_000)
    const last = new TaskEntries(bench.engine.pipeline.tasks(run.id, 'all', 99_999, 10).entries)
    expect([last.length, last.task(0), last.state(0)]).toEqual([1, 100_000, 'collected'])
  })

  it.each([
    ['frame', { kind: 'frame' }],
    ['json', { kind: 'json', field: 'nr' }],
    ['none', { kind: 'none' }],
  ] as const)('knows its tasks again by %s, and joins what each saw of them', async (_, taskId) => {
    const { ventilator, workers, sink } = await chain(bench, { taskId }, { step: { kind: 'upper' } })
    const run = begin(bench, ventilator, {
      kind: 'text',
      text: '{"a":"x"}\n\n{"a":"y"}\r\nno JSON\n{"a":"x"}',
    })
    expect(await through(run)).toMatchObject({ made: 4, collected: 4, lost: 0, doubled: 0 })
    const page = bench.engine.pipeline.tasks(run.id, 'all', 0, 100)
    const tasks = new TaskEntries(page.entries)
    expect([page.total, tasks.length]).toEqual([4, 4])
    for (let i = 0; i < 4; i++) {
      expect([tasks.task(i), tasks.lane(i), tasks.timesHanded(i), tasks.timesCollected(i)]).toEqual([i + 1, 1, 1, 1])
      const life = [tasks.made(i), tasks.handed(i), tasks.started(i), tasks.finished(i), tasks.collected(i)]
      expect(life.every((time) => time > 0)).toBe(true)
      expect(tasks.row(i)).toBe(i + 1)
    }
    const name = taskName(run.ledger.tag, 1)
    const sent = texts(ventilator, 1)
    const got = rows(sink, 'in').find((row) => row.join().includes('"X"') || row.join().includes('"A":"X"'))
    if (taskId.kind === 'frame')
      expect([sent, got]).toEqual([
        [name, '{"a":"x"}'],
        [expect.stringMatching(/^sk:/), '{"A":"X"}'],
      ])
    if (taskId.kind === 'json') {
      expect(sent).toEqual([`{"nr":"${name}","a":"x"}`])
      expect(texts(ventilator, 3)).toEqual([`{"nr":"${taskName(run.ledger.tag, 3)}","value":"no JSON"}`])
    }
    if (taskId.kind === 'none') expect(sent).toEqual(['{"a":"x"}'])
    const codes = bench.engine.pipeline.figures(run.id).reasons
    expect(codes).toEqual(
      taskId.kind === 'none'
        ? [
            { code: 'by-content', count: 1 },
            { code: 'same-content', count: 1 },
          ]
        : [],
    )
    expect(workers.row(1)?.source).toBe(1)
  })

  it('hands nothing over before as many workers are there as it waits for', async () => {
    const { ventilator, sink } = await chain(bench, { waitFor: 3 }, { workers: 2 })
    const run = begin(bench, ventilator, { kind: 'generate', count: 30 })
    await until(() => run.summary().waiting?.have === 2, { deadline: LONG })
    expect(run.summary()).toMatchObject({
      state: 'waiting',
      waiting: { have: 2, need: 3 },
      counts: { made: 30, queued: 30 },
    })
    expect(ventilator.info().status).toEqual({ role: 'ventilator', waiting: { have: 2, need: 3 } })
    await crew(bench, ventilator, sink)
    await through(run)
    expect(run.ledger.lanes.map(({ done }) => done)).toEqual([10, 10, 10])
  })

  it('is paused, goes on, and is stopped; what was handed over before still counts', async () => {
    const { ventilator } = await chain(bench)
    const { pipeline } = bench.engine
    const run = begin(bench, ventilator, { kind: 'generate', count: 0, rate: 500 })
    expect(() => begin(bench, ventilator, { kind: 'generate', count: 1 })).toThrow(/still makes work/)
    await until(() => run.ledger.figures().collected > 5, { deadline: LONG })
    expect(pipeline.steer(run.id, 'pause')).toMatchObject({ state: 'paused', of: undefined, progress: undefined })
    await until(() => run.ledger.inFlight === run.ledger.figures().queued, { deadline: LONG })
    const { made } = run.ledger
    expect(pipeline.graph(0).nodes.find(({ id }) => id === ventilator.id)?.state).toBe('paused')
    pipeline.steer(run.id, 'resume')
    await until(() => run.ledger.made > made, { deadline: LONG })
    expect(pipeline.steer(run.id, 'stop')).toMatchObject({ stopped: true })
    const counts = await through(run)
    expect(counts).toMatchObject({ lost: 0, collected: counts.made })
    expect(run.summary()).toMatchObject({ progress: 1, of: counts.made, left: 0 })
  })

  it('ends with its ventilator: what was not handed over is lost, and nothing goes on behind its back', async () => {
    const settings = { taskId: { kind: 'frame' }, quiet: 50, redo: 50, waitFor: 9, options: { linger: 0 } }
    const ventilator = await bench.open('ventilator', ANY, settings)
    const run = begin(bench, ventilator, { kind: 'generate', count: 0 })
    await until(() => run.ledger.figures().queued === 1000, { deadline: LONG })
    await ventilator.close()
    expect(await through(run)).toMatchObject({ made: 1000, lost: 1000, collected: 0 })
    expect(run.summary()).toMatchObject({ stopped: true, state: 'done' })
    expect(bench.engine.pipeline.steer(run.id, 'resume')).toMatchObject({ state: 'done' })

    await bench.engine.pipeline.act(ventilator.id, 'open')
    const next = begin(bench, ventilator, { kind: 'generate', count: 0, rate: 100 })
    expect(next.summary()).toMatchObject({ number: 2, state: 'waiting' })
    await bench.engine.forget(ventilator.id)
    await through(next)
    expect(bench.engine.pipeline.runs().map(({ number }) => number)).toEqual([1, 2])
    const other = await chain(bench, { redo: 1000 })
    begin(bench, other.ventilator, { kind: 'generate', count: 0, rate: 1000 }) // the engine closes with it
  })

  it('reads a file piece by piece: lines, JSON Lines and CSV, and says what is no task', async () => {
    const { ventilator, sink } = await chain(bench)
    const { pipeline } = bench.engine
    const csv = begin(bench, ventilator, { kind: 'feed', format: 'csv', bytes: 60 })
    await pipeline.feed(csv.id, 'id,na', false)
    await pipeline.feed(csv.id, 'me\r\n1,"a ""b"", c"\r\n007,two\nl', false)
    await until(() => csv.ledger.made === 2, { deadline: LONG })
    expect(csv.summary()).toMatchObject({ state: 'running', of: undefined })
    expect(csv.summary().progress).toBeGreaterThan(0)
    await pipeline.feed(csv.id, 'ost\n', true)
    await through(csv)
    expect(csv.summary()).toMatchObject({ unreadable: 1, fault: { code: 'BAD_LINE', detail: { line: 4 } }, of: 2 })
    expect(rows(sink, 'in').map(([, payload]) => payload)).toEqual([
      '{"id":1,"name":"a \\"b\\", c"}',
      '{"id":"007","name":"two"}',
    ])
    await expect(pipeline.feed(csv.id, 'x', false)).rejects.toMatchObject({ code: 'NOT_FED' })

    const json = begin(bench, ventilator, { kind: 'text', format: 'jsonl', text: '{"a":1}\nnope\n[2]' })
    expect(await through(json)).toMatchObject({ made: 2, collected: 2 })
    expect(json.summary()).toMatchObject({ unreadable: 1, fault: { code: 'BAD_LINE', detail: { line: 2 } } })
  })

  //   ventilator ──▶ worker ──▶ a sink that is not ours      later: ──▶ our sink
  it.each(['sink', 'workers'] as const)('counts nothing as lost while the %s are paused', async (who) => {
    // Long enough for all that comes once they go on, on a busy machine too.
    const all = await chain(bench, { quiet: 500 }, { workers: 2 })
    const { pipeline } = bench.engine
    await until(() => all.ventilator.info().links[0]?.peers === 2, { deadline: LONG })
    await pipeline.act(all[who].id, 'pause')
    const looked = looks()
    const run = begin(bench, all.ventilator, { kind: 'generate', count: 10 })
    // It is looked at again and again, each time after nothing has come for longer than the quiet time.
    await looked.often(12)
    expect(run.ledger.figures()).toMatchObject({ made: 10, lost: 0 })
    expect(run.state).toBe('finishing')
    await pipeline.act(all[who].id, 'resume')
    expect(await through(run)).toMatchObject({ collected: 10, late: 0 })
  })

  it('counts as lost what waited for a paused sink that is killed', async () => {
    const { ventilator, sink } = await chain(bench, { quiet: 20 }, { delay: 20 })
    const { pipeline } = bench.engine
    await pipeline.act(sink.id, 'pause')
    const run = begin(bench, ventilator, { kind: 'generate', count: 10 })
    // What comes while it comes to rest may be taken.
    const { finished } = await until(
      () => {
        const counts = run.ledger.figures()
        return counts.finished > 0 && counts.finished + counts.collected === 10 ? counts : undefined
      },
      { deadline: LONG },
    )
    await pipeline.act(sink.id, 'kill')
    expect(await through(run)).toMatchObject({ collected: 10 - finished, lost: finished })
  })

  it('counts what is never collected as lost after the quiet time, and takes a late arrival back', async () => {
    const foreign = foreignSocket(new Pull())
    await foreign.bind(ANY)
    const ventilator = await bench.open('ventilator', ANY, { taskId: { kind: 'frame' }, quiet: 500 })
    const forward = [{ method: 'connect', address: foreign.lastEndpoint }]
    await bench.open('worker', boundTo(ventilator), { forward })
    const run = begin(bench, ventilator, { kind: 'generate', count: 20 })
    const results: Buffer[][] = []
    while (results.length < 20) results.push(await foreign.receive())
    await until(() => run.state === 'done', { deadline: LONG })
    expect(run.ledger.figures()).toMatchObject({ made: 20, collected: 0, lost: 20, inFlight: 0 })
    const { reasons, shares, endToEnd } = bench.engine.pipeline.figures(run.id)
    expect(reasons).toEqual([{ code: 'no-sink', count: 1 }])
    expect([shares[0]?.lost, endToEnd]).toEqual([20, undefined])

    const sink = await bench.open('sink', ANY)
    const postman = foreignSocket(new Push({ linger: 0 }))
    postman.connect(boundTo(sink))
    for (const result of [...results.slice(0, 5), results[0]!, [Buffer.from('whose?')]]) await postman.send(result)
    await until(() => sink.numbers().in.messages === 7, { deadline: LONG })
    const counts = run.ledger.figures()
    expect(counts).toMatchObject({ made: 20, collected: 5, lost: 15, late: 5, doubled: 1, extra: 1 })
    const late = new TaskEntries(bench.engine.pipeline.tasks(run.id, 'doubled', 0, 10).entries)
    expect([late.length, late.task(0), late.timesCollected(0), late.late(0)]).toEqual([1, 1, 2, true])
  })

  it('does not call lost what is in the hands of a live worker of ours', async () => {
    const ventilator = await bench.open('ventilator', ANY, { taskId: { kind: 'frame' }, quiet: 500 })
    const nowhere = [{ method: 'connect', address: 'tcp://127.0.0.1:9' }]
    const workers = await bench.open('worker', boundTo(ventilator), { forward: nowhere, options: { linger: 0 } })
    const run = begin(bench, ventilator, { kind: 'generate', count: 3 })
    await until(() => run.ledger.figures().lost === 2, { deadline: LONG, what: 'those in its pipe to be lost' })
    expect(run.summary()).toMatchObject({ state: 'finishing', counts: { made: 3, inHand: 1, lost: 2, collected: 0 } })
    await bench.engine.pipeline.act(workers.id, 'kill')
    expect(await through(run)).toMatchObject({ made: 3, lost: 3 })
    const lost = new TaskEntries(bench.engine.pipeline.tasks(run.id, 'lost', 0, 10).entries)
    // Who had the first is known; who was handed the others, nobody tells.
    expect([lost.lane(0), lost.lane(1), lost.lane(2)]).toEqual([1, 0, 0])
  })

  it('answers what there is: CSV, pages by state, lanes', async () => {
    const { ventilator } = await chain(bench, { waitFor: 2 }, { workers: 2, name: 'crew, "A"' })
    const { pipeline } = bench.engine
    const run = begin(bench, ventilator, { kind: 'generate', count: 7000 })
    await through(run)
    const first = pipeline.csv(run.id, 'all', undefined)
    const second = pipeline.csv(run.id, 'all', first.next)
    const lines = (first.text + second.text).trimEnd().split('\n')
    expect(second.next).toBeUndefined()
    expect(lines).toHaveLength(7001)
    expect(lines[0]).toMatch(/^task,id,state,worker,made,/)
    expect(lines[1]).toMatch(new RegExp(`^1,${taskName(run.ledger.tag, 1)},collected,`))
    expect(lines[7000]).toMatch(/^7000,/)
    expect(pipeline.csv(run.id, 'lost', undefined).text.split('\n')).toHaveLength(2)
    expect(pipeline.tasks(run.id, 'lost', 0, 10)).toMatchObject({ total: 0, made: 7000 })
    expect(pipeline.tasks(run.id, 'collected', 6990, 100)).toMatchObject({ total: 7000, from: 6990 })
    const lanes = pipeline.lanes(run.id, { width: 300, first: 0, count: 10 })
    expect(lanes.total).toBe(2)
    expect(lanes.lanes.map(({ name, worker }) => [name, worker])).toEqual([
      ['crew, "A"', run.ledger.lanes[0]!.hand.number],
      ['crew, "A"', run.ledger.lanes[1]!.hand.number],
    ])
    // Whatever is put together for want of pixels, no task is left out.
    const entries = lanes.lanes.map((lane) => new LaneEntries(lane.entries))
    const shown = entries.map((of) => Array.from({ length: of.length }, (_, i) => of.tasks(i)).reduce((a, b) => a + b))
    expect(shown).toEqual(run.ledger.lanes.map(({ done }) => done))
    for (const of of entries) expect(of.length).toBeLessThanOrEqual(2 * 300 + 1)
    pipeline.forget(run.id)
    expect(() => pipeline.figures(run.id)).toThrow(/no run/)
  })
})
