import * as v from 'valibot'
import { Pull, Push } from 'zeromq'
import { taskName, WorkSchema } from '../../../src-main/contract/index.js'
import { Engine } from '../../../src-main/engine/engine.js'
import type { Session } from '../../../src-main/engine/session.js'
import type { Commands } from '../part.js'
import { boundPort, openSession } from './engine.js'

const WORKERS = 3
const ANY = 'tcp://127.0.0.1:*'

/** What a chain did: milliseconds from the first task to the last result, and microseconds of CPU of the whole process. */
export interface Chain {
  readonly ms: number
  readonly cpu: number
  readonly collected: number
}

async function timed(work: () => Promise<number>): Promise<Chain> {
  const began = performance.now()
  const cpu = process.cpuUsage()
  const collected = await work()
  const { user, system } = process.cpuUsage(cpu)
  return { ms: performance.now() - began, cpu: user + system, collected }
}

/** Ventilator → three workers → sink of the engine, with the audit on, every message kept and a view attached that is told 20 times a second. */
export function pipelineEngine(): Commands {
  let engine: Engine
  let ventilator: Session
  return {
    async open() {
      engine = new Engine()
      engine.attach({ session: () => undefined, gone: () => undefined, pulse: () => undefined })
      const bind = [{ method: 'bind' as const, address: ANY }]
      ventilator = await openSession(engine, {
        role: 'ventilator',
        endpoints: bind,
        taskId: { kind: 'frame' },
        waitFor: WORKERS,
      })
      const sink = await openSession(engine, { role: 'sink', endpoints: bind })
      await openSession(engine, {
        role: 'worker',
        workers: WORKERS,
        endpoints: [{ method: 'connect', address: `tcp://127.0.0.1:${boundPort(ventilator)}` }],
        forward: [{ method: 'connect', address: `tcp://127.0.0.1:${boundPort(sink)}` }],
      })
    },
    run: ({ count, size }: { count: number; size: number }) =>
      timed(async () => {
        const { pipeline } = engine
        const run = pipeline.run(ventilator.id, v.parse(WorkSchema, { kind: 'generate', count, size }))
        const poll = setInterval(() => pipeline.graph(1), 250)
        while (run.state !== 'done') await new Promise((resolve) => setTimeout(resolve, 1))
        clearInterval(poll)
        return run.ledger.figures().collected
      }),
    close: () => engine.close(),
  }
}

/** The same of zeromq.js and nothing else: a loop of `await receive()` and `await send()` for each worker, as its README has it. What comes is counted. */
export function pipelineRaw(): Commands {
  let sockets: (Pull | Push)[]
  let push: Push
  let pull: Pull
  let collected = 0
  async function collect(): Promise<void> {
    while (!pull.closed) {
      await pull.receive()
      collected++
    }
  }
  async function work(from: Pull, to: Push): Promise<void> {
    while (!from.closed) await to.send(await from.receive())
  }
  return {
    async open() {
      push = new Push({ linger: 0 })
      pull = new Pull()
      sockets = [push, pull]
      await push.bind(ANY)
      await pull.bind(ANY)
      collect().catch(() => undefined) // closed
      const up: Promise<unknown>[] = []
      for (let n = 0; n < WORKERS; n++) {
        const from = new Pull()
        const to = new Push({ linger: 0 })
        sockets.push(from, to)
        for (const socket of [from, to])
          up.push(new Promise((resolve) => socket.events.on('handshake', () => resolve(undefined))))
        to.connect(pull.lastEndpoint ?? '')
        from.connect(push.lastEndpoint ?? '')
        work(from, to).catch(() => undefined) // closed
      }
      await Promise.all(up)
    },
    run: ({ count, size }: { count: number; size: number }) =>
      timed(async () => {
        const before = collected
        // The same bytes: an id, and a payload made for each task.
        for (let n = 1; n <= count; n++)
          await push.send([taskName('123456', n), Buffer.from(`{"n":${n},"cost":0}`.padEnd(size))])
        while (collected < before + count) await new Promise((resolve) => setTimeout(resolve, 1))
        return collected - before
      }),
    close() {
      for (const socket of sockets) socket.close()
      collected = 0
    },
  }
}
