import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { Direction, SessionNumbers } from '../contract/index.js'
import { now } from './clock.js'
import { Meter } from './meter.js'

/** A session's figures, counted where things happen and not where they are shown. */
export class Counters {
  readonly in = new Meter()
  readonly out = new Meter()
  malformed = 0
  refused = 0
  late = 0
  /** Nanoseconds. */
  readonly #roundTrip: RecordableHistogram = createHistogram()

  message(direction: Direction, frames: readonly Uint8Array[], time: number): void {
    let bytes = 0
    for (const frame of frames) bytes += frame.byteLength
    ;(direction === 'in' ? this.in : this.out).add(bytes, time)
  }

  /** @param ms from a question to its answer. */
  roundTrip(ms: number): void {
    this.#roundTrip.record(Math.max(1, Math.round(ms * 1e6)))
  }

  /** Round trips as [percent, milliseconds] pairs, ascending: as fine as the histogram has them. */
  roundTrips(): [percent: number, milliseconds: number][] {
    if (this.#roundTrip.count === 0) return []
    return [...this.#roundTrip.percentiles].map(([percent, ns]) => [percent, ns / 1e6])
  }

  /** Whether a rate may still be falling, so that a screen must be told again without anything happening. */
  get busy(): boolean {
    const at = now()
    return this.in.busy(at) || this.out.busy(at)
  }

  /** What a view is told of them. */
  figures(): Pick<SessionNumbers, 'in' | 'out' | 'malformed' | 'refused' | 'late' | 'roundTrip'> {
    const at = now()
    const { malformed, refused, late } = this
    const trips = this.#roundTrip
    const ms = (percent: number) => trips.percentile(percent) / 1e6
    const roundTrip = { count: trips.count, p50: ms(50), p90: ms(90), p99: ms(99), max: trips.max / 1e6 }
    return {
      in: traffic(this.in, at),
      out: traffic(this.out, at),
      malformed,
      refused,
      late,
      ...(trips.count === 0 ? {} : { roundTrip }),
    }
  }
}

function traffic(meter: Meter, at: number): SessionNumbers['in'] {
  return { messages: meter.messages, bytes: meter.bytes, rate1: meter.rate(1, at), rate10: meter.rate(10, at) }
}
