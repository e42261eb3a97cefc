import { NODE_HISTORY_MS, NODE_HISTORY_POINTS } from '../../contract/index.js'

/** Intervals kept: those of the history, and the one that runs. */
const INTERVALS = NODE_HISTORY_POINTS + 1

/** When the interval ends that a time falls into. */
export const tideEnd = (at: number): number => (Math.floor(at / NODE_HISTORY_MS) + 1) * NODE_HISTORY_MS

/** Counts what passes: in all, a second, and over the last half minute. Adding costs no allocation; times are ms of any one clock that does not go back. */
export class Tide {
  count = 0
  readonly #counts = new Uint32Array(INTERVALS)
  #newest = 0
  #started = 0

  add(at: number, messages = 1): void {
    this.#advance(at)
    if (this.count === 0) this.#started = this.#newest
    this.count += messages
    const slot = this.#newest % INTERVALS
    this.#counts[slot] = this.#counts[slot]! + messages
  }

  /** A second, over the last second of whole intervals; over the time since the first one if that is shorter. */
  rate(at: number): number {
    if (this.count === 0) return 0
    this.#advance(at)
    const back = Math.min(1000 / NODE_HISTORY_MS, this.#newest - this.#started)
    let sum = 0
    for (let i = 1; i <= back; i++) sum += this.#counts[(this.#newest - i) % INTERVALS]!
    return back === 0 ? 0 : (sum * 1000) / (back * NODE_HISTORY_MS)
  }

  /** Number of the interval that runs: the history has a new point when it has grown. */
  interval(at: number): number {
    return Math.floor(at / NODE_HISTORY_MS)
  }

  /** Rates of the last intervals, oldest first, written to `points` from `from` on. */
  history(at: number, points: Float32Array, from: number): void {
    this.#advance(at)
    for (let i = 0; i < NODE_HISTORY_POINTS; i++)
      points[from + i] = (this.#counts[(this.#newest + 1 + i) % INTERVALS]! * 1000) / NODE_HISTORY_MS
  }

  #advance(at: number): void {
    const interval = Math.floor(at / NODE_HISTORY_MS)
    if (interval <= this.#newest) return
    if (interval - this.#newest >= INTERVALS) this.#counts.fill(0)
    else for (let i = this.#newest + 1; i <= interval; i++) this.#counts[i % INTERVALS] = 0
    this.#newest = interval
  }
}

/** A mean in which the last 20 or so weigh most; undefined before the first. */
export class Recent {
  value: number | undefined

  add(value: number): void {
    this.value = this.value === undefined ? value : this.value + (value - this.value) / 10
  }
}
