import { performance } from 'node:perf_hooks'

/**
 * Now, in milliseconds since 1970 with microseconds behind the point. It follows the monotonic clock from the process's start, so that a
 * jump of the wall clock neither reorders rows nor stretches a deadline.
 */
export function now(): number {
  return performance.timeOrigin + performance.now()
}
