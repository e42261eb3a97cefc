/** Length of one counting interval, ms, and how many are kept: the last ten seconds and the one that runs. */
const BUCKET = 100
const BUCKETS = 101

/** When the counting interval ends that a time falls into. */
export const intervalEnd = (at: number): number => (Math.floor(at / BUCKET) + 1) * BUCKET

/**
 * Counts messages and bytes exactly, and their rate over the last 1 s and 10 s. Adding costs no allocation; times are ms of any one clock that does not go back.
 */
export class Meter {
  messages = 0
  bytes = 0
  readonly #counts = new Uint32Array(BUCKETS)
  /** Number of the newest interval since the clock's zero. */
  #newest = 0
  #started: number | undefined

  /** @param bytes of all `messages` @param at when they came: it may lie somewhat back, and counts for that time then */
  add(bytes: number, at: number, messages = 1): void {
    this.#advance(at)
    this.#started ??= at
    this.messages += messages
    this.bytes += bytes
    const slot = Math.max(Math.floor(at / BUCKET), this.#newest - BUCKETS + 1) % BUCKETS
    this.#counts[slot] = (this.#counts[slot] ?? 0) + messages
  }

  /** Messages a second over the last `seconds` (1 or 10), the running interval left out; over the time since the first message if that is shorter. */
  rate(seconds: 1 | 10, at: number): number {
    if (this.#started === undefined) return 0
    this.#advance(at)
    let sum = 0
    for (let back = 1; back <= seconds * 10; back++) sum += this.#counts[(this.#newest - back) % BUCKETS] ?? 0
    const elapsed = (this.#newest * BUCKET - Math.floor(this.#started / BUCKET) * BUCKET) / 1000
    return elapsed <= 0 ? 0 : sum / Math.min(seconds, elapsed)
  }

  /** Whether a rate could still be above zero: a figure on the screen must be told when it has fallen. */
  busy(at: number): boolean {
    return this.#started !== undefined && Math.floor(at / BUCKET) - this.#lastAdd() <= 10 * 10 + 1
  }

  #lastAdd(): number {
    for (let back = 0; back < BUCKETS; back++)
      if ((this.#counts[(this.#newest - back) % BUCKETS] ?? 0) > 0) return this.#newest - back
    return 0
  }

  #advance(at: number): void {
    const bucket = Math.floor(at / BUCKET)
    if (bucket <= this.#newest) return
    if (bucket - this.#newest >= BUCKETS) this.#counts.fill(0)
    else for (let b = this.#newest + 1; b <= bucket; b++) this.#counts[b % BUCKETS] = 0
    this.#newest = bucket
  }
}
