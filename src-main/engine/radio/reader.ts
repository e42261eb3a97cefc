import type { Journal } from '../journal.js'
import type { Slab } from '../slab.js'

/** Rows `from` to `to` - 1 of a slab (its own numbering): valid until the call returns. */
export type Visit = (slab: Slab, from: number, to: number) => void

/** Rows between two looks at the clock. */
const STRIDE = 128

/**
 * Reads a journal behind the receive path: every row once, in order, a slice of time at a time, so that what is counted costs the one who receives nothing.
 * Rows that fell off the journal's end before they were read are counted, and said.
 */
export class JournalReader {
  /** The next row to read. */
  next: number
  /** Rows that were gone before they were read. */
  gone = 0
  readonly #journal: Journal

  /** @param from the first row to read; a reader of all there is begins at 1, and what is gone by then is counted. */
  constructor(journal: Journal, from = 1) {
    this.#journal = journal
    this.next = from
  }

  /** Rows in memory that are still to be read. */
  get behind(): number {
    return Math.max(0, this.#journal.last + 1 - Math.max(this.next, this.#journal.first))
  }

  /** Whether more than half of what is in memory is unread: what nobody reads soon may fall off its end. */
  get pressed(): boolean {
    const { first, last } = this.#journal
    return this.behind > (last + 1 - first) / 2
  }

  /** Reads on until all is read, or until `end` (a time of `performance.now()`). @param lost told of rows that were gone, before the next are visited. */
  advance(end: number, visit: Visit, lost?: (rows: number) => void): void {
    const journal = this.#journal
    if (this.next < journal.first) {
      const rows = journal.first - this.next
      this.gone += rows
      this.next = journal.first
      lost?.(rows)
    }
    while (this.next <= journal.last) {
      const slab = journal.slabOf(this.next)
      if (slab === undefined) return
      let i = this.next - slab.firstSeq
      while (i < slab.rows) {
        const to = Math.min(slab.rows, i + STRIDE)
        visit(slab, i, to)
        i = to
        this.next = slab.firstSeq + i
        if (performance.now() >= end) return
      }
    }
  }

  /** Leaves out what is unread, and does not count it: a person dropped it. */
  skip(): void {
    this.next = this.#journal.last + 1
  }
}
