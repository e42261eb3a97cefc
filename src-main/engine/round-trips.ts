import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { RoundTrips } from '../contract/index.js'

/** Buckets for each factor of ten, from a microsecond on: each is 1.26 times as wide as the one before it. */
const PER_DECADE = 10
const LOWEST = 0.001
const BUCKETS = 9 * PER_DECADE + 1

/** How long answers took: percentiles to a thousandth (Node's histogram), and how many fell into each of a row of buckets. */
export class TripMeter {
  /** Nanoseconds. */
  readonly #histogram: RecordableHistogram = createHistogram()
  readonly #buckets = new Float64Array(BUCKETS)

  get count(): number {
    return this.#histogram.count
  }

  /** @param ms from a question to its answer. */
  record(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(ms * 1e6)))
    const bucket = Math.floor(Math.log10(Math.max(ms, LOWEST) / LOWEST) * PER_DECADE + 1e-9)
    const at = Math.min(bucket, BUCKETS - 1)
    this.#buckets[at] = this.#buckets[at]! + 1
  }

  figures(): Omit<RoundTrips, 'buckets'> {
    const ms = (percent: number) => this.#histogram.percentile(percent) / 1e6
    const { count, max } = this.#histogram
    return count === 0
      ? { count: 0, p50: 0, p90: 0, p99: 0, max: 0 }
      : { count, p50: ms(50), p90: ms(90), p99: ms(99), max: max / 1e6 }
  }

  /** From the first bucket with something in it to the last. */
  buckets(): RoundTrips['buckets'] {
    const first = this.#buckets.findIndex((n) => n > 0)
    if (first < 0) return []
    const last = this.#buckets.findLastIndex((n) => n > 0)
    return Array.from({ length: last - first + 1 }, (_, i) => ({
      from: edge(first + i),
      to: edge(first + i + 1),
      count: this.#buckets[first + i]!,
    }))
  }
}

/** Lower edge of a bucket in ms, without the dust of floating point. */
const edge = (bucket: number): number => Number((LOWEST * 10 ** (bucket / PER_DECADE)).toPrecision(6))
