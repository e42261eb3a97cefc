import { describe, expect, it, vi } from 'vitest'
import { Push, type Pull } from 'zeromq'
import type { Hand } from '../../src-main/engine/pipeline/hand.js'
import { OwnedSocket } from '../../src-main/engine/socket.js'
import { boundTo, settingsOf, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { ANY, begin, chain, crew, later, LONG, looks, through, useForeign } from './pipeline-chain.js'

vi.setConfig({ testTimeout: 2 * LONG, hookTimeout: LONG })
const bench = useEngine()
const foreignSocket = useForeign()
const into = (...addresses: string[]) => addresses.map((address) => ({ method: 'connect', address }))
const nowhere = into('tcp://127.0.0.1:9')

const act = (id: string, action: 'open' | 'pause' | 'resume' | 'close' | 'kill', worker?: number) =>
  bench.engine.pipeline.act(id, action, worker)
const handOf = ({ id }: { id: string }, n = 1): Hand => bench.engine.pipeline.hands(id)[n - 1]!
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** While this runs, time passes only where the test says so. `until` is not affected; the receiving thread is, and has no part in it. */
async function withTimeStopped(test: () => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    await test()
  } finally {
    vi.useRealTimers()
  }
}

//   one hand, many lives: a worker's sockets come and go
describe('a worker that is to come back', () => {
  const BACK = 10_000
  const portable = { driver: 'portable' }
  const crash = { kind: 'after', tasks: 1, back: BACK }

  it.each(['open', 'kill', 'close'] as const)('does not when it was told to %s meanwhile', (action) =>
    withTimeStopped(async () => {
      const { ventilator, workers } = await chain(bench, {}, { crash }, portable)
      await ventilator.send([Buffer.from('its last')])
      const hand = handOf(workers)
      await until(() => hand.state === 'crashed', { deadline: LONG })
      expect(hand.back).toBeGreaterThan(0)
      await act(workers.id, action, 1)
      const state = { open: 'open', kill: 'crashed', close: 'closed' }[action]
      expect(hand).toMatchObject({ back: 0, state })
      vi.advanceTimersByTime(BACK)
      expect(hand.state).toBe(state)
      if (action !== 'open') return
      await bench.engine.pipeline.tune(workers.id, undefined, { crash: { kind: 'never' } })
      await until(() => ventilator.info().links[0]?.peers === 1, { deadline: LONG })
      await through(begin(bench, ventilator, { kind: 'generate', count: 10 }))
      expect([hand.inHand, hand.marks.map(({ kind }) => kind)]).toEqual([0, ['crashed']])
    }),
  )

  it('does not when it crashed while its session closed', () =>
    withTimeStopped(async () => {
      const { ventilator, workers } = await chain(
        bench,
        {},
        { crash: { ...crash, tasks: 2 }, concurrency: 2, forward: nowhere, options: { linger: 60_000 } },
        portable,
      )
      const hand = handOf(workers)
      await ventilator.send([Buffer.from('nobody takes its result')])
      await until(() => hand.inHand === 1, { deadline: LONG })
      const closing = workers.close()
      await ventilator.send([Buffer.from('its last')])
      await closing
      expect(hand).toMatchObject({ crashes: 1, back: 0, state: 'closed' })
      vi.advanceTimersByTime(BACK)
      expect(hand.state).toBe('closed')
    }))

  it('closes its sockets at once, however many tasks it may have in hand', () =>
    withTimeStopped(async () => {
      const { ventilator, workers } = await chain(bench, {}, { crash, concurrency: 3 }, portable)
      await ventilator.send([Buffer.from('its last')])
      await until(() => handOf(workers).state === 'crashed', { deadline: LONG })
      await workers.close() // with time stopped: nobody gives up waiting
      expect(handOf(workers).state).toBe('closed')
    }))
})

describe('a paused worker with many hands', () => {
  it('takes no more while hands are free', async () => {
    const { ventilator, workers } = await chain(bench, { quiet: 20, waitFor: 1 }, { concurrency: 3 })
    await until(() => ventilator.info().links[0]?.peers === 1, { deadline: LONG })
    await act(workers.id, 'pause')
    const looked = looks()
    begin(bench, ventilator, { kind: 'generate', count: 10 })
    await looked.often()
    expect(handOf(workers).taken.count).toBeLessThanOrEqual(1) // it had reached out for one
    await act(workers.id, 'resume')
    await until(() => handOf(workers).done.count === 10, { deadline: LONG })
  })

  it('takes no more when a hand is free again', async () => {
    const to = await later(foreignSocket)
    const settings = { concurrency: 2, forward: into(to.address) }
    const { ventilator, workers } = await chain(bench, { quiet: 20 }, settings)
    const hand = handOf(workers)
    begin(bench, ventilator, { kind: 'generate', count: 10 })
    await until(() => hand.inHand === 2, { deadline: LONG })
    await act(workers.id, 'pause')
    await to.open()
    await until(() => hand.done.count === 2, { deadline: LONG })
    await looks().often()
    expect([hand.taken.count, hand.state]).toEqual([2, 'paused'])
    await act(workers.id, 'resume')
    await until(() => hand.done.count === 10, { deadline: LONG })
  })
})

describe('a worker that is opened', () => {
  it('stays open when what it was before has closed at last', async () => {
    const to = await later(foreignSocket)
    const ventilator = await bench.open('ventilator', ANY)
    const sink = await bench.open('sink', ANY)
    const forward = into(boundTo(sink), to.address)
    const worker = await crew(bench, ventilator, sink, { forward, options: { linger: 60_000 } })
    for (let i = 0; i < 4; i++) await ventilator.send([Buffer.from(String(i))])
    const hand = handOf(worker)
    await until(() => hand.done.count === 4, { deadline: LONG })
    const closing = act(worker.id, 'close', 1)
    await until(() => worker.info().links[0]?.state === 'closed', { deadline: LONG })
    expect(hand.state).toBe('closing')
    await act(worker.id, 'open', 1)
    expect(hand.state).toBe('open')
    await to.open()
    await closing
    expect([hand.state, hand.marks]).toEqual(['open', []])
  })

  const binding = { forward: [{ method: 'bind', address: ANY }] }

  it('may be killed while it binds, and only it is down', async () => {
    const opening = bench.engine.open(settingsOf('worker', `@${ANY}`, { ...binding, workers: 2 }))
    const { id } = bench.engine.list()[0]!
    await turn()
    expect(handOf({ id }).state).toBe('opening')
    await act(id, 'kill', 1)
    const session = await opening
    expect(session.state).toEqual({ kind: 'open' })
    expect([handOf(session).state, handOf(session, 2).state]).toEqual(['crashed', 'open'])
  })

  it('and opened again while it still does: it has one life', async () => {
    const opening = bench.engine.open(settingsOf('worker', `@${ANY}`, binding))
    const { id } = bench.engine.list()[0]!
    await turn()
    await act(id, 'kill', 1)
    await act(id, 'open', 1)
    const session = await opening
    const ventilator = await bench.open('ventilator', `>${boundTo(session)}`)
    const to = await bench.open('sink', `>${boundTo(session, 1)}`)
    await ventilator.send([Buffer.from('a')])
    await until(() => to.numbers().in.messages === 1, { deadline: LONG })
    expect(handOf(session)).toMatchObject({ state: 'open', inHand: 0 })
  })

  it('finds its own address free, however soon after its end', async () => {
    const { address } = await later(foreignSocket)
    const worker = await bench.open('worker', `@${address}`, { delay: 1, forward: nowhere })
    const push = foreignSocket(new Push({ linger: 0 }))
    push.connect(address)
    for (let i = 0; i < 20; i++) {
      for (let n = 0; n < 8; n++) await push.send(Buffer.alloc(500_000)) // libzmq has other things to do than to close at once
      await Promise.all([act(worker.id, 'kill', 1), act(worker.id, 'open', 1)])
      expect(handOf(worker).state).toBe('open')
    }
  })
})

describe('a worker that is killed', () => {
  //   PUSH ── x ──▶ │ its socket   the worker: ☠
  it('has nothing in hand of what came to its socket at that moment', async () => {
    const reads = vi.spyOn(OwnedSocket.prototype, 'read')
    const worker = await bench.open('worker', `@${ANY}`, { forward: nowhere, concurrency: 2 })
    const { native } = reads.mock.contexts[0] as OwnedSocket<Pull>
    reads.mockRestore()
    const push = foreignSocket(new Push({ linger: 0 }))
    push.connect(boundTo(worker))
    await until(() => worker.info().links[0]?.peers === 1, { deadline: LONG })
    const sent = push.send('x')
    while (!native.readable); // nobody else gets a turn: the message is there, and not yet taken
    const killed = act(worker.id, 'kill', 1)
    await Promise.all([sent, killed])
    await turn()
    expect(handOf(worker)).toMatchObject({ state: 'crashed', inHand: 0 })
    expect(worker.numbers().in.messages).toBe(0)
  })
})

//   4 workers ── 2 ── 4, while the ones that leave still have results to pass on
describe('a group whose number changes', () => {
  it('is as the last settings say, whatever the ones before still wait for', async () => {
    const to = await later(foreignSocket)
    const ventilator = await bench.open('ventilator', ANY, { waitFor: 4 })
    const sink = await bench.open('sink', ANY)
    const forward = into(boundTo(sink), to.address)
    const workers = await crew(bench, ventilator, sink, { workers: 4, forward, options: { linger: 60_000 } })
    begin(bench, ventilator, { kind: 'generate', count: 16 })
    const hands = () => bench.engine.pipeline.hands(workers.id)
    await until(() => hands().every(({ done }) => done.count === 4), { deadline: LONG })
    const { pipeline } = bench.engine
    const fewer = pipeline.tune(workers.id, undefined, { workers: 2 })
    await until(() => hands()[3]?.state === 'closing', { deadline: LONG })
    workers.rename('renamed')
    const more = pipeline.tune(workers.id, undefined, { workers: 4 })
    expect(workers.settings).toMatchObject({ name: 'renamed', workers: 4 })
    await to.open()
    await Promise.all([fewer, more])
    expect(workers.settings).toMatchObject({ name: 'renamed', workers: 4 })
    expect(hands().map(({ state, inHand }) => [state, inHand])).toEqual(Array(4).fill(['open', 0]))
    await until(() => ventilator.info().links[0]?.peers === 4, { deadline: LONG })
  })

  it('closes whole, also those that were leaving', async () => {
    const settings = { workers: 2, forward: nowhere, options: { linger: -1 } }
    const { ventilator, workers } = await chain(bench, { waitFor: 2 }, settings)
    begin(bench, ventilator, { kind: 'generate', count: 2 })
    const [one, two] = [handOf(workers), handOf(workers, 2)]
    await until(() => one.inHand + two.inHand === 2, { deadline: LONG })
    const fewer = bench.engine.pipeline.tune(workers.id, undefined, { workers: 1 })
    await until(() => two.state === 'closing', { deadline: LONG })
    await workers.close(0)
    expect([one.state, two.state]).toEqual(['closed', 'closed'])
    await fewer
  })
})
