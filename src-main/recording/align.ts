import type { Difference } from '../contract/index.js'

/** Messages of one topic, on either side, within which a common one is looked for when the next two are not the same. */
export const WINDOW = 128

/** Told of what became of the messages of a topic, in order: their rows on both sides, 0 where there is none. */
export type Settled = (kind: 'same' | Difference, a: number, b: number) => void

/** Digests and rows that wait for their counterparts. Numbers alone, so that a million takes 16 MB. */
class Queue {
  #digests: number[] = []
  #rows: number[] = []
  #head = 0

  get length(): number {
    return this.#rows.length - this.#head
  }
  digest(i: number): number {
    return this.#digests[this.#head + i]!
  }
  row(i: number): number {
    return this.#rows[this.#head + i]!
  }
  push(digest: number, row: number): void {
    this.#digests.push(digest)
    this.#rows.push(row)
  }
  shift(count: number): void {
    this.#head += count
    if (this.#head < 4096 || this.#head * 2 < this.#rows.length) return
    this.#digests = this.#digests.slice(this.#head)
    this.#rows = this.#rows.slice(this.#head)
    this.#head = 0
  }
}

/**
 * Lays two rows of messages of one topic beside each other. While the next ones are the same they are taken off together. Where they are not, the nearest message that both
 * have within `WINDOW` is where they meet again: of what stands before it as many as both have are changed, and the rest is missing in the second, or extra. Where
 * they do not meet, half a window is changed.
 */
export class Alignment {
  readonly #settled: Settled
  readonly #sides = [new Queue(), new Queue()] as const

  constructor(settled: Settled) {
    this.#settled = settled
  }

  /** Messages that wait. */
  get waiting(): number {
    return this.#sides[0].length + this.#sides[1].length
  }

  /** @param side 0 the first, 1 the second */
  add(side: 0 | 1, digest: number, row: number): void {
    this.#sides[side].push(digest, row)
  }

  /** Settles what can be. @param ended whether a side has no more: then nothing of it is waited for */
  settle(ended: readonly [boolean, boolean]): void {
    const [a, b] = this.#sides
    while (a.length > 0 && b.length > 0) {
      if (a.digest(0) === b.digest(0)) {
        this.#settled('same', a.row(0), b.row(0))
        a.shift(1)
        b.shift(1)
        continue
      }
      if ((a.length < WINDOW && !ended[0]) || (b.length < WINDOW && !ended[1])) return
      this.#meet(a, b)
    }
    if (ended[1] && b.length === 0) this.#apart(a.length, 0)
    if (ended[0] && a.length === 0) this.#apart(0, b.length)
  }

  /** Settles everything, with nothing more to come or to wait for. */
  force(): void {
    this.settle([true, true])
  }

  #meet(a: Queue, b: Queue): void {
    const [mostA, mostB] = [Math.min(WINDOW, a.length), Math.min(WINDOW, b.length)]
    const places = new Map<number, number>()
    for (let j = mostB - 1; j >= 0; j--) places.set(b.digest(j), j)
    let best: { i: number; j: number } | undefined
    for (let i = 0; i < mostA && (best === undefined || i < best.i + best.j); i++) {
      const j = places.get(a.digest(i))
      if (j !== undefined && (best === undefined || i + j < best.i + best.j)) best = { i, j }
    }
    if (best !== undefined) return this.#apart(best.i, best.j)
    const half = Math.max(1, Math.min(mostA, mostB, WINDOW / 2))
    this.#apart(half, half)
  }

  /** The next `i` of one and `j` of the other are not the same. */
  #apart(i: number, j: number): void {
    const [a, b] = this.#sides
    const both = Math.min(i, j)
    for (let n = 0; n < both; n++) this.#settled('changed', a.row(n), b.row(n))
    for (let n = both; n < i; n++) this.#settled('missing', a.row(n), 0)
    for (let n = both; n < j; n++) this.#settled('extra', 0, b.row(n))
    a.shift(i)
    b.shift(j)
  }
}
