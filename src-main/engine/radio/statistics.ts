import type { SignalStatistics } from '../../contract/index.js'
import type { Points } from './points.js'

/** Of the points from `from` to `end` - 1. Sums are of differences to the first value, so that a small ripple on a large number is not lost in rounding. */
export function statistics(points: Points, from: number, end: number): SignalStatistics {
  const n = Math.max(0, end - from)
  if (n === 0) return { n: 0, min: 0, max: 0, mean: 0, std: 0, last: 0 }
  const base = points.value(from)
  let sum = 0
  let squares = 0
  let min = base
  let max = base
  for (let p = from; p < end; p++) {
    const value = points.value(p)
    const difference = value - base
    sum += difference
    squares += difference * difference
    if (value < min) min = value
    if (value > max) max = value
  }
  const mean = sum / n
  const std = Math.sqrt(Math.max(0, squares / n - mean * mean))
  return { n, min, max, mean: base + mean, std, last: points.value(end - 1) }
}
