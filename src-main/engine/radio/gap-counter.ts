import type { GapCounts } from '../../contract/index.js'
import { mod } from './modulo.js'

/** How far behind the highest number one may come late, or again, and be known for that. */
export const GAP_WINDOW = 4096
/** Repeated numbers in a row after which it is the sender that begins anew, and not the network that repeats. */
const RESTART_RUN = 32

export type GapKind = 'gap' | 'duplicate' | 'reordered' | 'restart'
/** Told of everything but a number that follows its predecessor. `from` and `to` are the numbers concerned, both included. */
export type OnGap = (kind: GapKind, from: number, to: number) => void

/**
 * Counts what a sender's sequence numbers say: they rise by one, so one left out is missing until it comes late, and one that comes again is a duplicate. A
 * number far below the highest is a restart if the next one follows it, and else a very late message. Numbers that wrap are unwrapped: with a modulus, a jump of up
 * to half of it forward is a gap and any other is backward.
 */
export class GapCounter implements GapCounts {
  received = 0
  gaps = 0
  missing = 0
  duplicates = 0
  reordered = 0
  restarts = 0
  readonly #modulo: number
  readonly #window: number
  /** A bit for each of the last numbers: whether it has come. */
  readonly #seen: Uint8Array
  /** Highest number, and lowest that counts, unwrapped. NaN before the first. */
  #highest = NaN
  #lowest = NaN
  /** A number far behind that may have been a restart; NaN if there is none. */
  #candidate = NaN
  /** Repeated numbers that followed each other: the first, the last, and how many. */
  #runFrom = NaN
  #runTo = NaN
  #run = 0
  #resumed = false

  /** @param modulo where numbers start again at 0; 0: never */
  constructor(modulo = 0) {
    this.#modulo = modulo
    this.#window = modulo > 0 ? Math.max(1, Math.min(GAP_WINDOW, Math.floor(modulo / 2))) : GAP_WINDOW
    this.#seen = new Uint8Array(this.#window)
  }

  /** Highest number since the last restart, as the sender writes it; 0 before the first. */
  get last(): number {
    if (Number.isNaN(this.#highest)) return 0
    return this.#modulo > 0 ? mod(this.#highest, this.#modulo) : this.#highest
  }

  /** Rows were not looked at: what they held is not missing. The next number is taken as it is. */
  resume(): void {
    this.#resumed = true
  }

  add(number: number, on: OnGap): void {
    this.received++
    const n = this.#unwrapped(number)
    if (Number.isNaN(this.#highest) || (this.#resumed && n > this.#highest)) {
      this.#resumed = false
      this.#begin(n)
      return
    }
    if (n > this.#highest) this.#forward(n, on)
    else if (n > this.#highest - this.#window) this.#near(n, on)
    else this.#far(n, on)
  }

  #forward(n: number, on: OnGap): void {
    this.#settle(on)
    const left = n - this.#highest - 1
    if (left > 0) {
      this.gaps++
      this.missing += left
      const from = this.#highest + 1
      if (left >= this.#window) this.#seen.fill(0)
      else for (let at = from; at < n; at++) this.#seen[mod(at, this.#window)] = 0
      on('gap', this.#told(from), this.#told(n - 1))
    }
    this.#highest = n
    this.#seen[mod(n, this.#window)] = 1
    this.#run = 0
  }

  #near(n: number, on: OnGap): void {
    this.#settle(on)
    const slot = mod(n, this.#window)
    if (this.#seen[slot] === 0) {
      this.#seen[slot] = 1
      this.reordered++
      // Before the first one that we heard nothing was missing.
      if (n > this.#lowest) this.missing--
      on('reordered', this.#told(n), this.#told(n))
      return
    }
    this.duplicates++
    if (n === this.#runTo + 1 && this.#run > 0) this.#run++
    else {
      this.#run = 1
      this.#runFrom = n
    }
    this.#runTo = n
    const fromTheTop = this.#runFrom <= 1 && this.#run >= 2 && this.#modulo === 0
    if (fromTheTop || this.#run >= RESTART_RUN) {
      this.duplicates -= this.#run
      this.#restart(this.#runFrom, n, on)
    } else on('duplicate', this.#told(n), this.#told(n))
  }

  #far(n: number, on: OnGap): void {
    if (n === this.#candidate + 1) {
      const from = this.#candidate
      this.#candidate = NaN
      this.#restart(from, n, on)
      return
    }
    this.#settle(on)
    this.#candidate = n
  }

  /** The number far behind was not followed: it only came very late. Whether it was missing is not known any more, so it counts as it is. */
  #settle(on: OnGap): void {
    if (Number.isNaN(this.#candidate)) return
    this.reordered++
    on('reordered', this.#told(this.#candidate), this.#told(this.#candidate))
    this.#candidate = NaN
  }

  #restart(from: number, n: number, on: OnGap): void {
    this.restarts++
    this.#begin(from)
    for (let at = from; at <= n; at++) this.#seen[mod(at, this.#window)] = 1
    this.#highest = n
    on('restart', this.#told(from), this.#told(n))
  }

  #begin(n: number): void {
    this.#highest = this.#lowest = n
    this.#candidate = NaN
    this.#run = 0
    // What came before the first is not known: one that comes late then is a reordering and no duplicate.
    this.#seen.fill(0)
    this.#seen[mod(n, this.#window)] = 1
  }

  #unwrapped(n: number): number {
    const modulo = this.#modulo
    if (modulo === 0 || Number.isNaN(this.#highest)) return n
    const ahead = mod(n - this.#highest, modulo)
    return this.#highest + (ahead <= modulo / 2 ? ahead : ahead - modulo)
  }

  #told(n: number): number {
    return this.#modulo > 0 ? mod(n, this.#modulo) : n
  }
}
