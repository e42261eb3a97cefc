import * as v from 'valibot'
import { afterEach, onTestFinished, vi } from 'vitest'
import { Pull } from 'zeromq'
import { WorkSchema, type RunCounts, type WorkInput } from '../../src-main/contract/index.js'
import { Member } from '../../src-main/engine/pipeline/member.js'
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
  return bench.open('worker', boundTo(from), { forward: [{ method: 'connect', address: boundTo(to) }], ...settings })
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

/** A place that results can be sent to and where nobody is yet: what is given to ZeroMQ for it waits there. `open` lets it come. */
export async function later(
  foreignSocket: ReturnType<typeof useForeign>,
): Promise<{ address: string; socket: Pull; open(): Promise<void> }> {
  const socket = foreignSocket(new Pull())
  await socket.bind(ANY)
  const address = socket.lastEndpoint!
  await socket.unbind(address)
  return { address, socket, open: () => socket.bind(address) }
}

/** Resolves when a run whose tasks are all made was looked at so often that what is not seen would long be lost, were there nobody who rests. To be begun before it. */
export function looks(): { often(times?: number): Promise<unknown> } {
  const spy = vi.spyOn(Member.prototype, 'resting', 'get')
  onTestFinished(() => spy.mockRestore())
  return { often: (times = 40) => until(() => spy.mock.calls.length > times, { deadline: LONG }) }
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
