import { HISTORY_MS, HISTORY_POINTS } from '../../contract/index.js'
import { mod } from './modulo.js'

/** The interval of the rate history that a time falls into. */
export const intervalOf = (time: number): number => Math.floor(time / HISTORY_MS)

/** Intervals that make a second. */
const SECOND = 1000 / HISTORY_MS

/**
 * Messages, bytes and the recent rate of many things by number: columns and no objects, 290 bytes each. Intervals are numbered since 1970, and given by the
 * caller: rows carry their time.
 */
export class Tally {
  messages = new Float64Array(16)
  bytes = new Float64Array(16)
  #newest = new Float64Array(16)
  #counts = new Uint32Array(16 * HISTORY_POINTS)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Makes room for numbers below `length`. */
  extend(length: number): void {
    if (length <= this.#length) return
    this.#length = length
    if (length <= this.messages.length) return
    const size = Math.max(length, this.messages.length * 2)
    this.messages = copied(this.messages, new Float64Array(size))
    this.bytes = copied(this.bytes, new Float64Array(size))
    this.#newest = copied(this.#newest, new Float64Array(size))
    this.#counts = copied(this.#counts, new Uint32Array(size * HISTORY_POINTS))
  }

  add(n: number, bytes: number, interval: number): void {
    this.messages[n]!++
    this.bytes[n]! += bytes
    if (interval > this.#newest[n]!) this.#turn(n, interval)
    this.#counts[n * HISTORY_POINTS + mod(this.#newest[n]!, HISTORY_POINTS)]!++
  }

  /** Messages a second over the last whole second before `interval`. */
  rate(n: number, interval: number): number {
    let sum = 0
    for (let back = 1; back <= SECOND; back++) sum += this.#count(n, interval - back)
    return sum
  }

  /** Messages in each of the `HISTORY_POINTS` whole intervals before `interval`, oldest first, written to `into` at `at`. */
  history(n: number, interval: number, into: Uint32Array, at: number): void {
    for (let p = 0; p < HISTORY_POINTS; p++) into[at + p] = this.#count(n, interval - HISTORY_POINTS + p)
  }

  #count(n: number, interval: number): number {
    const newest = this.#newest[n]!
    if (interval > newest || interval <= newest - HISTORY_POINTS) return 0
    return this.#counts[n * HISTORY_POINTS + mod(interval, HISTORY_POINTS)]!
  }

  #turn(n: number, interval: number): void {
    const from = Math.max(this.#newest[n]! + 1, interval - HISTORY_POINTS + 1)
    for (let b = from; b <= interval; b++) this.#counts[n * HISTORY_POINTS + mod(b, HISTORY_POINTS)] = 0
    this.#newest[n] = interval
  }
}

function copied<A extends Float64Array | Uint32Array>(from: A, to: A): A {
  to.set(from)
  return to
}
