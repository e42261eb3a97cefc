import { setTimeout as pause } from 'node:timers/promises'
import { LoopWatch } from './loop-watch.js'

/** What a receiving part found in its window. */
export interface Window {
  readonly messages: number
  readonly ms: number
  /** Microseconds of CPU of the whole process, libzmq's thread included. */
  readonly cpu: number
  /** Milliseconds: the longest time that the event loop did not get round. A part without one leaves it out. */
  readonly block?: number
  /** Share of the window in which the event loop was at work, 0 to 1. A part without one leaves it out. */
  readonly busy?: number
}

/** @param warm ms before the window. @param ms its length. @param count messages so far. */
export async function measure(count: () => number, { warm, ms }: { warm: number; ms: number }): Promise<Window> {
  await pause(warm)
  const loop = new LoopWatch()
  const began = performance.now()
  const messages = count()
  const cpu = process.cpuUsage()
  const at = performance.eventLoopUtilization()
  await pause(ms)
  const used = process.cpuUsage(cpu)
  const result = { messages: count() - messages, ms: performance.now() - began, cpu: used.user + used.system }
  return { ...result, block: loop.end(), busy: performance.eventLoopUtilization(at).utilization }
}
