import type { Direction, Fault, RoundTrips, SessionNumbers } from '../contract/index.js'
import { now } from './clock.js'
import { intervalEnd, Meter } from './meter.js'
import { TripMeter } from './round-trips.js'
import type { Slab } from './slab.js'

/** A session's figures, counted where things happen and not where they are shown. */
export class Counters {
  readonly in = new Meter()
  readonly out = new Meter()
  malformed = 0
  refused = 0
  late = 0
  readonly #refusals = new WeakSet<Fault>()
  readonly #trips = new TripMeter()
  /** Those of the last run of repeated questions. */
  #run: TripMeter | undefined

  /** Counts a refusal once, however many hands it goes through. @returns whether it is new */
  refuse(fault: Fault): boolean {
    if (this.#refusals.has(fault)) return false
    this.#refusals.add(fault)
    this.refused++
    return true
  }

  message(direction: Direction, frames: readonly Uint8Array[], time: number): void {
    let bytes = 0
    for (const frame of frames) bytes += frame.byteLength
    ;(direction === 'in' ? this.in : this.out).add(bytes, time)
  }

  /** Rows `from` to `to` - 1 of a slab, in the order of their times, of so many bytes: each counts for the time at which it came, their bytes for that of the first. Few of them are looked at, however many they are. */
  received(slab: Slab, from: number, to: number, bytes: number): void {
    for (let i = from; i < to;) {
      const time = slab.time(i)
      const next = slab.since(i + 1, to, intervalEnd(time))
      this.in.add(i === from ? bytes : 0, time, next - i)
      i = next
    }
  }

  /** @param ms from a question to its answer. @param inRun whether the question was one of a run. */
  roundTrip(ms: number, inRun: boolean): void {
    this.#trips.record(ms)
    if (inRun) this.#run?.record(ms)
  }
  /** A run of repeated questions begins: its round trips are also counted by themselves. */
  beginRun(): void {
    this.#run = new TripMeter()
  }
  /** The last run's round trips, or all where there was none. */
  roundTrips(): RoundTrips {
    const trips = this.#run ?? this.#trips
    return { ...trips.figures(), buckets: trips.buckets() }
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
    return {
      in: traffic(this.in, at),
      out: traffic(this.out, at),
      malformed,
      refused,
      late,
      ...(this.#trips.count === 0 ? {} : { roundTrip: this.#trips.figures() }),
    }
  }
}

function traffic(meter: Meter, at: number): SessionNumbers['in'] {
  return { messages: meter.messages, bytes: meter.bytes, rate1: meter.rate(1, at), rate10: meter.rate(10, at) }
}
