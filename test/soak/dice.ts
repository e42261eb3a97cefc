/** Chance that can be had again: the same seed throws the same. */
export class Dice {
  #state: number
  constructor(seed: number) {
    this.#state = seed >>> 0
  }
  /** From 0 to 1, 1 excluded (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  between(from: number, to: number): number {
    return from + this.next() * (to - from)
  }
  of<T>(all: readonly T[]): T {
    return all[Math.floor(this.next() * all.length)]!
  }
}
