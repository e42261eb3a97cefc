import type { Journal } from '../journal.js'
import type { Slab } from '../slab.js'

/** Rows `from` to `to` - 1 of a slab (its own numbering): valid until the call returns. */
export type Visit = (slab: Slab, from: number, to: number) => void

/** Rows of one visit at most. */
export const STRIDE = 128

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
  readonly #visit: Visit
  readonly #lost: ((rows: number) => void) | undefined
  /** Milliseconds that it may still take of a turn. */
  #left = 0

  /**
   * @param from the first row to read; a reader of all there is begins at 1, and what is gone by then is counted
   * @param lost told of rows that were gone, before the next are visited
   */
  constructor(journal: Journal, visit: Visit, from = 1, lost?: (rows: number) => void) {
    this.#journal = journal
    this.#visit = visit
    this.#lost = lost
    this.next = from
  }

  /**
   * All of these read on until each has read all, or until `end` (a time of `performance.now()`). Those at the same row visit it one behind the other, while it is in
   * the processor's caches. Each may take an equal share of the time, so that none waits for one that is slow; what they leave of it is for those that are not through.
   */
  static read(journal: Journal, readers: readonly JournalReader[], end: number): void {
    let behind = readers.filter((reader) => reader.#begins())
    while (behind.length > 0) {
      const share = (end - performance.now()) / behind.length
      if (share <= 0) return
      for (const reader of behind) reader.#left = share
      JournalReader.#turn(journal, behind)
      behind = behind.filter(({ behind }) => behind > 0)
    }
  }

  /** The one that is furthest behind first, and with it whoever is there too, until all is read or each has used its share. */
  static #turn(journal: Journal, readers: readonly JournalReader[]): void {
    let at = performance.now()
    for (;;) {
      let first = Infinity
      for (const reader of readers) if (reader.#left > 0) first = Math.min(first, reader.next)
      const slab = journal.slabOf(first)
      if (slab === undefined) return
      const from = first - slab.firstSeq
      let to = Math.min(slab.rows, from + STRIDE)
      for (const { next } of readers) if (next > first) to = Math.min(to, next - slab.firstSeq)
      for (const reader of readers) {
        if (reader.next !== first || reader.#left <= 0) continue
        reader.#visit(slab, from, to)
        reader.next = slab.firstSeq + to
        const now = performance.now()
        reader.#left -= now - at
        at = now
      }
    }
  }

  /** Rows in memory that are still to be read. */
  get behind(): number {
    return Math.max(0, this.#journal.last + 1 - Math.max(this.next, this.#journal.first))
  }

  /** Reads on until all is read, or until `end` (a time of `performance.now()`). */
  advance(end: number): void {
    JournalReader.read(this.#journal, [this], end)
  }

  /** Leaves out what is unread, and does not count it: a person dropped it. */
  skip(): void {
    this.next = this.#journal.last + 1
  }

  /** Counts what is gone, and says whether anything is to be read. */
  #begins(): boolean {
    const rows = this.#journal.first - this.next
    if (rows > 0) {
      this.gone += rows
      this.next = this.#journal.first
      this.#lost?.(rows)
    }
    return this.behind > 0
  }
}
