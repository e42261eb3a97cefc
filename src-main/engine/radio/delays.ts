import type { Delay } from '../../contract/index.js'

/** The last delays of a sender, ms: what p50 and p99 are of. They may be below zero, where two clocks differ, so a histogram will not do. */
export class Delays {
  #count = 0
  #values = new Float64Array(16)
  readonly #limit: number

  /** @param limit how many are kept, a power of two */
  constructor(limit: number) {
    this.#limit = limit
  }

  add(ms: number): void {
    if (this.#count === this.#values.length && this.#count < this.#limit) {
      const grown = new Float64Array(this.#count * 2)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.#count++ % this.#values.length] = ms
  }

  /** Undefined before the first. */
  report(): Delay | undefined {
    if (this.#count === 0) return undefined
    const sorted = this.#values.slice(0, this.#count).sort()
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
    return { count: this.#count, p50: at(0.5), p99: at(0.99), min: sorted[0]!, max: sorted[sorted.length - 1]! }
  }
}
