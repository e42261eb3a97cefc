/** Points that one block sums up. */
const BLOCK = 32
const FIRST_CAPACITY = 1024

/** Points of one signal that are kept: 16 bytes each. */
export const MOST_POINTS = 1_048_576

/**
 * A signal's points by time: a ring of two columns that grows to its limit and then forgets the oldest. Of each block of 32 it knows which are least and greatest,
 * so that a million points are drawn by looking at a sixteenth of them. Points are numbered from 0 on, also when the first are gone. Times do not go back.
 */
export class Points {
  readonly #limit: number
  #capacity = FIRST_CAPACITY
  #times = new Float64Array(FIRST_CAPACITY)
  #values = new Float64Array(FIRST_CAPACITY)
  /** Offset of the least and the greatest in each block of the ring. */
  #least = new Uint8Array(FIRST_CAPACITY / BLOCK)
  #greatest = new Uint8Array(FIRST_CAPACITY / BLOCK)
  #end = 0

  /** @param limit a power of two of at least 1024 */
  constructor(limit = MOST_POINTS) {
    this.#limit = limit
  }

  /** Number of the oldest point kept. A block goes as a whole, when its first place is written again. */
  get first(): number {
    return Math.max(0, Math.ceil((this.#end - this.#capacity) / BLOCK) * BLOCK)
  }
  /** One after the newest. */
  get end(): number {
    return this.#end
  }
  time(n: number): number {
    return this.#times[n % this.#capacity]!
  }
  value(n: number): number {
    return this.#values[n % this.#capacity]!
  }

  /** @param value finite */
  add(time: number, value: number): void {
    if (this.#end === this.#capacity && this.#capacity < this.#limit) this.#grow()
    const at = this.#end % this.#capacity
    this.#times[at] = time
    this.#values[at] = value
    const block = Math.floor(at / BLOCK)
    const offset = at % BLOCK
    if (offset === 0) this.#least[block] = this.#greatest[block] = 0
    else {
      const start = at - offset
      if (value < this.#values[start + this.#least[block]!]!) this.#least[block] = offset
      if (value > this.#values[start + this.#greatest[block]!]!) this.#greatest[block] = offset
    }
    this.#end++
  }

  /** Number of the first point at or after `time`; `end` if there is none. */
  at(time: number): number {
    let low = this.first
    let high = this.#end
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (this.time(middle) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Number of the first point after `time`. */
  after(time: number): number {
    let low = this.first
    let high = this.#end
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (this.time(middle) <= time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Numbers of the least and the greatest point from `from` to `to` - 1; there is at least one. The earlier of equals. */
  extremes(from: number, to: number): [least: number, greatest: number] {
    let least = from
    let greatest = from
    const look = (n: number): void => {
      if (this.value(n) < this.value(least)) least = n
      if (this.value(n) > this.value(greatest)) greatest = n
    }
    for (let n = from; n < to;) {
      if (n % BLOCK === 0 && n + BLOCK <= to) {
        const block = (n % this.#capacity) / BLOCK
        look(n + this.#least[block]!)
        look(n + this.#greatest[block]!)
        n += BLOCK
      } else look(n++)
    }
    return [least, greatest]
  }

  #grow(): void {
    const old = this.#capacity
    this.#capacity = old * 2
    const grown = <A extends Float64Array | Uint8Array>(from: A, to: A): A => {
      to.set(from)
      return to
    }
    this.#times = grown(this.#times, new Float64Array(this.#capacity))
    this.#values = grown(this.#values, new Float64Array(this.#capacity))
    this.#least = grown(this.#least, new Uint8Array(this.#capacity / BLOCK))
    this.#greatest = grown(this.#greatest, new Uint8Array(this.#capacity / BLOCK))
  }
}

/**
 * Points from `from` to `to` (ms, included) for a plot `width` pixels wide, and the neighbours just outside so that lines reach the edges: at most two a
 * pixel, ascending. First and last are kept, and of each pixel the least and the greatest: a single spike in a million stays. All of them where they fit.
 * @returns n times, then n values
 */
export function decimate(points: Points, from: number, to: number, width: number): Float64Array {
  const first = Math.max(points.first, points.at(from) - 1)
  const end = Math.min(points.end, points.after(to) + 1)
  const chosen: number[] = []
  if (end - first <= width * 2) for (let n = first; n < end; n++) chosen.push(n)
  else {
    // The first and the last take one pixel's two.
    const start = points.time(first)
    const step = (points.time(end - 1) - start) / (width - 1)
    chosen.push(first)
    for (let n = first + 1, pixel = 1; n < end - 1 && pixel < width; pixel++) {
      const next = pixel === width - 1 ? end - 1 : Math.max(n, Math.min(end - 1, points.at(start + step * pixel)))
      if (next === n) continue
      const [least, greatest] = points.extremes(n, next)
      chosen.push(Math.min(least, greatest))
      if (least !== greatest) chosen.push(Math.max(least, greatest))
      n = next
    }
    chosen.push(end - 1)
  }
  const drawn = new Float64Array(chosen.length * 2)
  chosen.forEach((n, i) => {
    drawn[i] = points.time(n)
    drawn[chosen.length + i] = points.value(n)
  })
  return drawn
}
