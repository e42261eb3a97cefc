import * as v from 'valibot'
import { afterEach } from 'vitest'
import { WorkSchema, type RunCounts, type WorkInput } from '../../src-main/contract/index.js'
import type { Run } from '../../src-main/engine/pipeline/run.js'
import type { Session } from '../../src-main/engine/session.js'
import { boundTo, type Bench } from '../helpers/engine.js'
import { until } from '../helpers/until.js'

export const ANY = 'tcp://127.0.0.1:*'
/** A generous bound on a slow machine. */
export const LONG = 60_000

export interface Chain {
  readonly ventilator: Session
  readonly workers: Session
  readonly sink: Session
}

/** Ventilator → workers → sink, on free ports. */
export async function chain(
  bench: Bench,
  ventilator: object = {},
  workers: object = {},
  sink: object = {},
): Promise<Chain> {
  const source = await bench.open('ventilator', ANY, { taskId: { kind: 'frame' }, ...ventilator })
  const end = await bench.open('sink', ANY, sink)
  return { ventilator: source, sink: end, workers: await crew(bench, source, end, workers) }
}

export function crew(bench: Bench, from: Session, to: Session, settings: object = {}): Promise<Session> {
  return bench.open('worker', boundTo(from), { ...settings, forward: [{ method: 'connect', address: boundTo(to) }] })
}

export function begin(bench: Bench, ventilator: Session, work: WorkInput): Run {
  return bench.engine.pipeline.run(ventilator.id, v.parse(WorkSchema, work))
}

export async function through(run: Run, deadline = LONG): Promise<RunCounts> {
  await until(() => run.state === 'done', { deadline, what: 'the run to be through' }).catch((error: Error) => {
    error.message += `: ${JSON.stringify(run.summary())}`
    throw error
  })
  return run.ledger.figures()
}

/** Sockets that are not the engine's, closed when a test ends. To be called after `useEngine`, so that they are gone when its turn comes. */
export function useForeign(): <S extends { close(): void }>(socket: S) => S {
  let sockets: { close(): void }[] = []
  afterEach(() => {
    for (const socket of sockets) socket.close()
    sockets = []
  })
  return (socket) => {
    sockets.push(socket)
    return socket
  }
}
