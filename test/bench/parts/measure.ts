import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'

/** What a receiving part found in its window. */
export interface Window {
  readonly messages: number
  readonly ms: number
  /** Microseconds of CPU of the whole process, libzmq's thread included. */
  readonly cpu: number
  /** Milliseconds: the longest time that the event loop did not get round. A part without one leaves it out. */
  readonly block?: number
}

/** Milliseconds between two looks of the loop's monitor; it sees a block from the middle of such an interval at worst. */
const LOOK = 1

/** @param warm ms before the window. @param ms its length. @param count messages so far. */
export async function measure(count: () => number, { warm, ms }: { warm: number; ms: number }): Promise<Window> {
  await pause(warm)
  const loop = monitorEventLoopDelay({ resolution: LOOK })
  loop.enable()
  const began = performance.now()
  const messages = count()
  const cpu = process.cpuUsage()
  await pause(ms)
  const used = process.cpuUsage(cpu)
  const result = { messages: count() - messages, ms: performance.now() - began, cpu: used.user + used.system }
  loop.disable()
  return { ...result, block: Math.max(0, loop.max / 1e6 - LOOK) }
}
