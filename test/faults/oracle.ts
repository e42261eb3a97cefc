import { readdirSync, readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { EngineOptions } from '../../src-main/engine/engine.js'
import type { Session } from '../../src-main/engine/session.js'
import { boundTo, frames, linked, useEngine, type Bench } from '../helpers/engine.js'
import { endAll } from '../helpers/ending.js'
import { collect, resident } from '../helpers/memory.js'
import { DEADLINE } from '../helpers/peer.js'
import { until } from '../helpers/until.js'

const MiB = 1024 * 1024

/** MiB that a row may leave behind in the process: what malloc keeps for later, and V8 has compiled meanwhile. What leaks is more, and grows with the fault. */
const KEPT = 64

export interface OracleOptions extends EngineOptions {
  /** MiB, where a row's own load makes the allocator keep more. */
  readonly kept?: number
}

/**
 * What every fault must leave behind, whatever it was. An engine for each test; when the test is over
 * - the process lives, and nothing was thrown or rejected that nobody caught;
 * - a fresh client and server in the same engine exchange a question and an answer;
 * - file descriptors and timers are exactly as many as before (`useEngine`), and memory is back within `kept`.
 * How late the event loop was is printed, not judged: this machine may be busy with something else.
 */
export function useOracle({ kept = KEPT, ...options }: OracleOptions = {}): Bench {
  const uncaught: unknown[] = []
  const note = (error: unknown) => void uncaught.push(error)
  const lag = monitorEventLoopDelay({ resolution: 5 })
  let before = 0

  // Hooks that clean up run in the reverse order of how they are given: this one last, when the engine is closed.
  beforeEach(() => {
    uncaught.length = 0
    process.on('unhandledRejection', note).on('uncaughtException', note)
    before = resident()
    lag.reset()
    lag.enable()
  })
  afterEach(async ({ task }) => {
    lag.disable()
    process.off('unhandledRejection', note).off('uncaughtException', note)
    expect(uncaught, 'thrown or rejected, and caught by nobody').toEqual([])
    await until(() => resident() - before < kept * MiB, {
      deadline: DEADLINE,
      what: `memory to be back within ${kept} MiB`,
    })
    const [p99, max] = [lag.percentile(99), lag.max].map((ns) => Math.round(ns / 1e6))
    const grown = Math.round((resident() - before) / MiB)
    console.info(`${task.name}: event loop late by p99 ${p99} ms, at most ${max} ms; ${grown} MiB kept`)
  })

  const bench = useEngine(options)
  // The first of everything costs memory that is kept: code, pools, threads.
  beforeAll(collect)
  afterEach(async () => {
    await healthy(bench)
    await endAll()
  })
  return bench
}

/** A fresh pair in the same engine: a question is answered, whatever came before. */
export async function healthy(bench: Bench): Promise<void> {
  const server = await bench.open('server', 'tcp://127.0.0.1:*', { answer: { kind: 'echo' } })
  const client = await bench.open('client', boundTo(server), { tries: 3, deadline: DEADLINE })
  await linked(client)
  expect((await client.ask(frames('well?'))).frames.map((frame) => Buffer.from(frame).toString())).toEqual(['well?'])
  for (const session of [client, server]) await bench.engine.forget(session.id)
}

const words = JSON.parse(readFileSync(new URL('../../messages/en.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>

/** A session's link timeline as its pane has it: the words of each event, how often, and its detail. */
export function timelineOf(session: Session): string[] {
  return session.timeline(0).map(({ kind, count, detail }) => {
    const word = words[`event_${kind}`]
    if (word === undefined) throw new Error(`the screen has no words for ${kind}`)
    return [word, count > 1 ? `×${count}` : '', detail].filter((part) => part !== '').join(' ')
  })
}

/** Resolves once the timeline has a line that begins so. */
export async function says(session: Session, words: string): Promise<void> {
  await until(() => timelineOf(session).some((line) => line.startsWith(words)), {
    deadline: DEADLINE,
    what: `“${words}” in the timeline of the ${session.settings.role}`,
  }).catch((error: Error) => {
    error.message += `\n--- it says\n${timelineOf(session).join('\n')}`
    throw error
  })
}

/** How the pane words the state of a session's first endpoint. */
export function linkWords(session: Session): string {
  const state = session.info().links[0]?.state ?? 'closed'
  return words[`link_${state}`] ?? ''
}

/** The same for a process of its own: descriptors and memory as the kernel counts them; undefined where it does not tell. */
export function descriptorsOf(pid: number): number | undefined {
  return process.platform === 'linux' ? readdirSync(`/proc/${pid}/fd`).length : undefined
}

export function residentOf(pid: number): number {
  const found = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(found?.[1] ?? 0) * 1024
}
