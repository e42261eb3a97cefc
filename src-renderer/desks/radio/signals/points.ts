import type { Plot, SignalStatistics } from '../../../../src-main/contract/index.js'

/** A signal's points as drawn: times in ms since 1970, ascending. */
export interface Series {
  readonly times: Float64Array
  readonly values: Float64Array
}

/** What one plot shows: a stretch of time, and the points of each of its signals, by id. */
export interface Drawing {
  readonly from: number
  readonly to: number
  /** Whether that stretch was picked; otherwise it is the newest one. */
  readonly held: boolean
  /** Pixels for which it was asked. */
  readonly width: number
  readonly series: ReadonlyMap<string, Series>
}

/** What is known of a signal in the stretch that is shown. `rate`: points a second, from its first point on. */
export interface Facts extends SignalStatistics {
  readonly rate: number
}

/** n times and then n values. */
export function halves(bytes: Uint8Array): Series {
  const numbers = new Float64Array(bytes.slice().buffer)
  const n = numbers.length / 2
  return { times: numbers.subarray(0, n), values: numbers.subarray(n) }
}

export function seriesOf(plot: Plot): Map<string, Series> {
  return new Map(plot.series.map(({ id, points }) => [id, halves(points)]))
}

/** A signal that began within the stretch counts from its beginning. */
export function factsOf(facts: SignalStatistics, series: Series | undefined, from: number, to: number): Facts {
  const begun = Math.max(from, series?.times[0] ?? from)
  return { ...facts, rate: facts.n < 2 || to <= begun ? 0 : (facts.n / (to - begun)) * 1000 }
}

/** The value of the point nearest to a time; undefined where there is no point. */
export function valueAt({ times, values }: Series, time: number): number | undefined {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) < time) low = middle + 1
    else high = middle
  }
  const after = times[low]
  const before = times[low - 1]
  const nearest = after === undefined || (before !== undefined && time - before <= after - time) ? low - 1 : low
  return values[nearest]
}

/** A number of at most `digits` figures, as a person reads it and as it fits: small ones with a power of ten. */
export function figure(n: number, digits = 5): string {
  const small = n !== 0 && Math.abs(n) < 1e-3
  return small ? n.toExponential(Math.max(1, digits - 3)) : String(Number(n.toPrecision(digits)))
}
