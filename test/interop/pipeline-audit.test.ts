import { describe, expect, it, onTestFinished, vi } from 'vitest'
import * as v from 'valibot'
import { taskName, WorkSchema } from '../../src-main/contract/index.js'
import { Engine } from '../../src-main/engine/engine.js'
import type { Run } from '../../src-main/engine/pipeline/run.js'
import type { Session } from '../../src-main/engine/session.js'
import { boundTo, settingsOf } from '../helpers/engine.js'
import { DEADLINE, needPyzmq, type PythonPeer } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { startPeer } from './party.js'

//   PUSH ── tasks with a first frame of their own ──▶ PULL worker PUSH ── results ──▶ PULL
//
// Ventilator and audit are ours; workers and sinks are ours, pyzmq's, or both.

needPyzmq()
vi.setConfig({ testTimeout: 6 * DEADLINE })

const ANY = 'tcp://127.0.0.1:*'

class Line {
  readonly engine = new Engine()

  constructor() {
    onTestFinished(() => this.engine.close())
  }

  async open(role: 'ventilator' | 'worker' | 'sink', address: string, more: object = {}): Promise<Session> {
    const session = await this.engine.open(settingsOf(role, address, more))
    expect(session.state).toEqual({ kind: 'open' })
    return session
  }

  ventilator(more: object): Promise<Session> {
    return this.open('ventilator', ANY, { taskId: { kind: 'frame' }, quiet: 100, ...more })
  }

  workers(from: Session, to: string, workers: number): Promise<Session> {
    return this.open('worker', boundTo(from), { workers, forward: [{ method: 'connect', address: to }] })
  }

  run(ventilator: Session, count: number): Run {
    return this.engine.pipeline.run(ventilator.id, v.parse(WorkSchema, { kind: 'generate', count }))
  }

  peers(): number {
    return this.engine.pipeline.graph(0).nodes.filter(({ kind }) => kind === 'peer').length
  }
}

async function met(condition: () => boolean, run: Run, what: string): Promise<void> {
  await until(condition, { deadline: DEADLINE, what }).catch((error: Error) => {
    error.message += `: ${JSON.stringify(run.summary().counts)}`
    throw error
  })
}

/** Names of the tasks that a pyzmq sink has got. */
const names = (peer: PythonPeer): string[] => peer.got().map(([name]) => Buffer.from(name!).toString())
const namesOf = (run: Run, count: number): string[] =>
  Array.from({ length: count }, (_, i) => taskName(run.ledger.tag, i + 1))

describe('workers that are ours and others that are not', () => {
  it.each([
    [2, 1],
    [0, 3],
  ])('are audited as far as can be known (%i ours, %i of pyzmq)', async (ours, theirs) => {
    const line = new Line()
    const ventilator = await line.ventilator({ waitFor: 3 })
    const sink = await line.open('sink', ANY)
    if (ours > 0) await line.workers(ventilator, boundTo(sink), ours)
    for (let n = 0; n < theirs; n++) await startPeer('worker', `>${boundTo(ventilator)}`, `>${boundTo(sink)}`)
    const run = line.run(ventilator, 300)
    await met(() => run.ledger.figures().collected === 300, run, 'all to be collected')
    expect(run.ledger.figures()).toMatchObject({ made: 300, inFlight: 0, lost: 0, doubled: 0 })
    const figures = line.engine.pipeline.figures(run.id)
    // PUSH deals in turn, so each third is known, if not whose it was.
    expect(figures.foreign).toBe(theirs * 100)
    expect(figures.shares.map(({ done }) => done)).toEqual(Array(ours).fill(100))
    expect(figures.reasons).toEqual(
      expect.arrayContaining([
        { code: 'foreign', count: theirs * 100 },
        { code: 'foreign-peers', count: theirs },
      ]),
    )
    await until(() => line.peers() === theirs, { deadline: DEADLINE, what: 'their nodes in the graph' })
  })

  it('end at a sink that is not ours: then what is collected is not known, and that is said', async () => {
    const line = new Line()
    const pull = await startPeer('pull', `@${ANY}`)
    const ventilator = await line.ventilator({ waitFor: 3 })
    await line.workers(ventilator, await pull.endpoint(), 2)
    await startPeer('worker', `>${boundTo(ventilator)}`, `>${await pull.endpoint()}`)
    const run = line.run(ventilator, 30)
    await met(() => pull.got().length === 30, run, 'all to be collected')
    expect(names(pull).sort()).toEqual(namesOf(run, 30).sort())
    expect(line.engine.pipeline.figures(run.id).reasons).toContainEqual({ code: 'no-sink', count: 1 })
  })
})

describe('a sink of pyzmq', () => {
  it('that is killed while idle and comes back gets all that was made meanwhile', async () => {
    const line = new Line()
    const first = await startPeer('pull', `@${ANY}`)
    const endpoint = await first.endpoint()
    const ventilator = await line.ventilator({ waitFor: 3 })
    const workers = await line.workers(ventilator, endpoint, 3)
    const before = line.run(ventilator, 30)
    await met(() => first.got().length === 30, before, 'the first thirty')
    await first.kill('SIGKILL')
    await met(() => workers.info().links[1]?.peers === 0, before, 'the loss to be seen')
    const run = line.run(ventilator, 100)
    await met(() => run.ledger.made === 100 && run.ledger.figures().queued === 0, run, 'all to be handed over')
    const second = await startPeer('pull', `@${endpoint}`)
    await met(() => second.got().length >= 100, run, 'the second hundred')
    expect(names(second).sort()).toEqual(namesOf(run, 100).sort())
  })

  it('that is killed while busy takes half with it; handed over again, nothing is lost', async () => {
    const line = new Line()
    const theirs = await startPeer('pull', `@${ANY}`)
    const sink = await line.open('sink', ANY)
    const ventilator = await line.ventilator({ waitFor: 1 })
    const worker = await line.open('worker', boundTo(ventilator), {
      forward: [boundTo(sink), await theirs.endpoint()].map((address) => ({ method: 'connect', address })),
      options: { linger: 0 },
    })
    await until(() => worker.info().links.every(({ state }) => state === 'up'), { deadline: DEADLINE })
    theirs.child.kill('SIGSTOP')
    const run = line.run(ventilator, 100)
    // Results go to both sinks in turn, and the one that is stopped takes none from its socket.
    await met(() => run.ledger.figures().collected === 50 && run.ledger.figures().lost === 50, run, 'half to be lost')
    expect(await theirs.kill('SIGKILL')).toBe('SIGKILL')
    expect(run.summary()).toMatchObject({ state: 'done', counts: { made: 100, collected: 50, lost: 50, inFlight: 0 } })

    await line.engine.pipeline.tune(ventilator.id, { redo: 100 }, undefined)
    const again = line.run(ventilator, 100)
    await met(() => again.ledger.figures().collected === 100, again, 'all to be collected')
    expect(again.ledger.figures()).toMatchObject({ made: 100, lost: 0, inFlight: 0 })
    expect(again.ledger.redone).toBeGreaterThanOrEqual(50)
  })
})

describe('a worker of pyzmq', () => {
  it('that is killed while busy takes its half with it; handed over again, nothing is lost', async () => {
    const line = new Line()
    const ventilator = await line.ventilator({ waitFor: 2 })
    const sink = await line.open('sink', ANY)
    await line.workers(ventilator, boundTo(sink), 1)
    const busy = await startPeer('worker', `>${boundTo(ventilator)}`, `>${boundTo(sink)}`)
    // It is stopped when it can be handed tasks: the sink may know it before the ventilator does.
    const both = () => ventilator.info().links[0]?.peers === 2
    await until(both, { deadline: DEADLINE, what: 'the peer' })
    busy.child.kill('SIGSTOP')
    const run = line.run(ventilator, 100)
    await met(() => run.ledger.figures().collected === 50, run, 'our half')
    await busy.kill('SIGKILL')
    await until(() => !both(), { deadline: DEADLINE, what: 'its end to be seen' })
    await met(() => run.ledger.figures().lost === 50, run, 'its half to be lost')
    expect(run.summary()).toMatchObject({ state: 'done', counts: { made: 100, collected: 50, lost: 50 } })

    await line.engine.pipeline.tune(ventilator.id, { redo: 200 }, undefined)
    const next = await startPeer('worker', `>${boundTo(ventilator)}`, `>${boundTo(sink)}`)
    await until(both, { deadline: DEADLINE, what: 'the next peer' })
    next.child.kill('SIGSTOP')
    const again = line.run(ventilator, 100)
    await met(() => again.ledger.figures().collected >= 50, again, 'our half')
    await next.kill('SIGKILL')
    await met(() => again.ledger.figures().collected === 100, again, 'all to be collected')
    expect(again.ledger.figures()).toMatchObject({ made: 100, lost: 0, inFlight: 0 })
    expect(again.ledger.redone).toBeGreaterThanOrEqual(50)
  })
})
