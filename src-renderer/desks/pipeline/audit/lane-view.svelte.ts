/** Milliseconds that can be shown at least, and that following shows at first. */
const LEAST = 2
const FIRST = 10_000

/**
 * Which stretch of a run is looked at. It follows the newest until it is moved, and again when it is brought to the end. Times are
 * milliseconds since 1970.
 */
export class LaneView {
  #from = $state(0)
  #to = $state(FIRST)
  #following = $state(true)
  #first = 0
  #last = 0

  get from(): number {
    return this.#from
  }
  get to(): number {
    return this.#to
  }
  get span(): number {
    return this.#to - this.#from
  }
  get following(): boolean {
    return this.#following
  }

  /** For another run: as at first. */
  restart(): void {
    this.#following = true
    this.#first = 0
    this.#last = 0
    this.#set(0, FIRST)
  }
  /** How far there is something to see. */
  bound(first: number, last: number): void {
    this.#first = first
    this.#last = Math.max(first + LEAST, last)
    if (this.#following) this.#set(this.#last - this.span, this.#last)
  }

  /** @param factor below 1: closer. @param at the time that stays where it is */
  zoom(factor: number, at = (this.#from + this.#to) / 2): void {
    const most = Math.max(FIRST, (this.#last - this.#first) * 1.05)
    const span = Math.min(most, Math.max(LEAST, this.span * factor))
    // While it follows, the newest stays at its edge: what is looked at is how it goes on.
    const anchor = this.#following ? this.#to : at
    const share = (anchor - this.#from) / this.span
    this.#set(anchor - span * share, anchor + span * (1 - share))
  }
  /** @param part of the span, to the right */
  pan(part: number): void {
    const by = part * this.span
    const to = Math.min(this.#last, Math.max(this.#first + this.span, this.#to + by))
    this.#following = to >= this.#last
    this.#set(to - this.span, to)
  }
  all(): void {
    this.#following = false
    this.#set(this.#first, this.#last)
  }
  toStart(): void {
    this.#following = false
    this.#set(this.#first, this.#first + this.span)
  }
  follow(): void {
    this.#following = true
    this.#set(this.#last - this.span, this.#last)
  }
  /** Shows a moment, in the middle. */
  show(time: number): void {
    this.#following = false
    this.#set(time - this.span / 2, time + this.span / 2)
  }

  #set(from: number, to: number): void {
    if (from === this.#from && to === this.#to) return
    this.#from = from
    this.#to = to
  }
}

/** Where marks of a time axis stand: round steps, `most` of them or fewer. */
export function ticks(from: number, to: number, most: number): { step: number; at: number[] } {
  const wanted = (to - from) / Math.max(1, most)
  const steps = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 3_600_000,
  ]
  const step = steps.find((each) => each >= wanted) ?? 3_600_000
  const at: number[] = []
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) at.push(time)
  return { step, at }
}
