/** Wrong guesses that are free, and milliseconds until one more is. */
const FREE = 20
const REFILL = 1000
/** Addresses remembered; the one heard of longest ago is forgotten first. */
const REMEMBERED = 1000

/** Counts wrong guesses by where they come from, so that nobody tries tokens by the thousand. The clock is monotonic. */
export class Guesses {
  readonly #now: () => number
  /** By address, the time at which all its guesses will have been forgiven, in ms. */
  readonly #debts = new Map<string, number>()

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Milliseconds until this address may guess again; 0 when it may. */
  wait(address: string): number {
    const debt = (this.#debts.get(address) ?? 0) - this.#now()
    return Math.max(0, debt - (FREE - 1) * REFILL)
  }

  wrong(address: string): void {
    const debt = Math.max(this.#debts.get(address) ?? 0, this.#now())
    this.#debts.delete(address)
    this.#debts.set(address, debt + REFILL)
    const [oldest] = this.#debts.keys()
    if (this.#debts.size > REMEMBERED && oldest !== undefined) this.#debts.delete(oldest)
  }
}
