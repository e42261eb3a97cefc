import { setTimeout as pause } from 'node:timers/promises'
import { LoopThread, LoopWatch } from './loop-watch.js'

/** What a receiving part found in its window. */
export interface Window {
  readonly messages: number
  readonly ms: number
  /** Microseconds of CPU of the whole process, libzmq's thread included. */
  readonly cpu: number
  /** Milliseconds: the longest time that the event loop did not get round. A part without one leaves it out. */
  readonly block?: number
  /** Share of the window in which the event loop was at work or waited for a core to work on, 0 to 1. A part without one leaves it out. */
  readonly busy?: number
  /** The share in which its thread ran. Left out where the system does not tell. */
  readonly ran?: number
}

export interface Span {
  /** Milliseconds before the window, and its length. */
  readonly warm: number
  readonly ms: number
  /** Whether its blocks are not looked for: that takes a few hundredths of the loop's time. */
  readonly unwatched?: boolean
}

/** @param count messages so far. */
export async function measure(count: () => number, { warm, ms, unwatched = false }: Span): Promise<Window> {
  await pause(warm)
  const loop = unwatched ? undefined : new LoopWatch()
  const thread = new LoopThread()
  const { told, ran } = thread.read()
  const began = performance.now()
  const messages = count()
  const cpu = process.cpuUsage()
  const at = performance.eventLoopUtilization()
  await pause(ms)
  const used = process.cpuUsage(cpu)
  const result = { messages: count() - messages, ms: performance.now() - began, cpu: used.user + used.system }
  const busy = performance.eventLoopUtilization(at).utilization
  const share = (thread.read().ran - ran) / result.ms
  thread.close()
  return { ...result, busy, ...(told ? { ran: share } : {}), ...(loop === undefined ? {} : { block: loop.end() }) }
}
