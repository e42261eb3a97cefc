/**
 * Numbers of rows anew, without holes: who answers whom is found by the distance of two numbers. What refers to a row that was left out refers to none. Rows that
 * follow one another keep together, so that a part cut out by time alone takes three numbers.
 */
export class Renumbering {
  #next = 1
  /** Of each stretch of rows that followed one another: their first and last number then, and the first one now. */
  readonly #from: number[] = []
  readonly #to: number[] = []
  readonly #now: number[] = []
  readonly #remembers: boolean

  /** @param remembers whether `now` will be asked */
  constructor(remembers: boolean) {
    this.#remembers = remembers
  }

  /** The number that the next row will have. */
  get next(): number {
    return this.#next
  }

  /** The number of the next row, which had number `then`; they ascend. */
  take(then: number): number {
    const now = this.#next++
    if (!this.#remembers) return now
    const last = this.#to.length - 1
    if (last >= 0 && then === this.#to[last]! + 1 && now === this.#now[last]! + then - this.#from[last]!)
      this.#to[last] = then
    else {
      this.#from.push(then)
      this.#to.push(then)
      this.#now.push(now)
    }
    return now
  }

  /** So many numbers are left out: rows that are missing have them. */
  skip(count: number): void {
    this.#next += count
  }

  /** The number now of the row that had `then`; 0 when it was left out. */
  now(then: number): number {
    let low = 0
    let high = this.#from.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#from[middle]! <= then) low = middle + 1
      else high = middle
    }
    const i = low - 1
    return i < 0 || then > this.#to[i]! ? 0 : this.#now[i]! + then - this.#from[i]!
  }
}
