import {
  directions,
  PAGE_FRAME_BYTES,
  PAGE_HEADER_BYTES,
  PAGE_MAGIC,
  PAGE_ROW_BYTES,
  PageView,
  progressNames,
  type Direction,
  type PageRow,
  type Progress,
} from '../contract/index.js'
import { Slab } from './slab.js'

/** Bytes of kept frames after which a page ends early; it always holds its first row. */
const PAGE_BYTES = 8 * 1024 * 1024
/**
 * Bytes of empty slabs that the pool keeps for the next taker instead of giving them back to the system: a full journal of 5 MB frames then writes into memory
 * that it has, where fresh memory costs a page fault for each 4 KB.
 */
const SPARE_BYTES = 16 * 1024 * 1024

/** What may be said of a row when it is written; all optional. */
export interface RowMarks {
  /** ms since 1970; see clock.ts. */
  readonly time: number
  readonly source?: number
  readonly ref?: number
  readonly progress?: Progress
  readonly malformed?: boolean
  /** Number of the rule that made it, 1–255. */
  readonly rule?: number
}

/**
 * The memory that all journals share. A journal asks for a slab when it needs one; when the limit is reached the oldest slab of the
 * largest journal goes, and no journal may hold more than half. Every row that goes is counted in its journal.
 */
export class JournalPool {
  readonly limit: number
  #used = 0
  readonly #journals = new Set<Journal>()
  readonly #spare: Slab[] = []

  /** @param limit bytes, over all journals. */
  constructor(limit: number) {
    this.limit = limit
  }

  /** Bytes held by journals now. */
  get used(): number {
    return this.#used
  }

  open(): Journal {
    const journal = new Journal(this)
    this.#journals.add(journal)
    return journal
  }

  /** A slab for a row of `need` bytes. It is given even if it alone is larger than the limit: the newest message is always kept whole. */
  take(journal: Journal, need: number): Slab {
    const size = Slab.sizeFor(need)
    while (journal.kept + size > this.limit / 2 && journal.dropOldest());
    while (this.#used + size > this.limit && this.#largest()?.dropOldest());
    this.#used += size
    const spare = this.#spare.findLastIndex((slab) => slab.size === size)
    return this.#spare.splice(spare, spare < 0 ? 0 : 1)[0] ?? new Slab(size)
  }

  give(slab: Slab): void {
    this.#used -= slab.size
    if (slab.size > SPARE_BYTES) return
    this.#spare.push(slab)
    let bytes = 0
    for (const { size } of this.#spare) bytes += size
    while (bytes > SPARE_BYTES) bytes -= this.#spare.shift()?.size ?? bytes
  }

  leave(journal: Journal): void {
    this.#journals.delete(journal)
  }

  #largest(): Journal | undefined {
    let largest: Journal | undefined
    for (const journal of this.#journals)
      if (journal.droppable && journal.kept > (largest?.kept ?? 0)) largest = journal
    return largest
  }
}

/** All that a session has sent and received, as far as memory reaches: a ring of slabs, rows numbered from 1. No message is ever cut. */
export class Journal {
  /** Rows that fell off the end. */
  evicted = 0
  /** Raised whenever a row that was already written changes. */
  revision = 0
  /** Bytes of memory held. */
  kept = 0
  readonly #pool: JournalPool
  readonly #slabs: Slab[] = []
  /** Slabs that the receiving thread writes to, in the order in which it fills them. Only of the first can rows be known here. */
  readonly #lent: Slab[] = []
  #next = 1
  /** Rows before this one are hidden: a person cleared them, and may still take that back. */
  #from = 1
  /** Rows before this one stay hidden for good. */
  #dropped = 1

  constructor(pool: JournalPool) {
    this.#pool = pool
  }

  /** Bytes that all journals may hold. */
  get limit(): number {
    return this.#pool.limit
  }

  /** Oldest row in memory that is not hidden; `first > last` when there is none. */
  get first(): number {
    return Math.max(this.#slabs[0]?.firstSeq ?? this.#next, this.#from)
  }

  get last(): number {
    return this.#next - 1
  }

  /** Writes one message and returns its sequence number. The frames are copied. */
  append(direction: Direction, frames: readonly Uint8Array[], marks: RowMarks): number {
    if (this.#lent.length > 0) throw new Error('The journal has a writer already.')
    const need = Slab.need(frames)
    let slab = this.#slabs[this.#slabs.length - 1]
    if (slab === undefined || !slab.fits(need)) {
      slab = this.#pool.take(this, need)
      slab.reset(this.#next)
      this.#slabs.push(slab)
      this.kept += slab.size
    }
    slab.append(frames, {
      time: marks.time,
      direction: directions.indexOf(direction),
      progress: progressNames.indexOf(marks.progress ?? 'none'),
      malformed: marks.malformed ?? false,
      rule: marks.rule ?? 0,
      source: marks.source ?? 0,
      ref: marks.ref ?? 0,
    })
    return this.#next++
  }

  /**
   * A slab for the receiving thread to write to, until `settle`: the newest there is if it has room behind its rows, else an empty one with room for `need` bytes.
   * While any is lent, that thread is the journal's one writer, and what it writes to neither falls off the end nor is used for anything else.
   */
  lend(need: number): Slab {
    let slab = this.#slabs[this.#slabs.length - 1]
    if (this.#lent.length > 0 || slab?.fits(Math.max(need, slab.size / 4)) !== true) {
      slab = this.#pool.take(this, need)
      slab.reset(0)
      this.kept += slab.size
    }
    this.#lent.push(slab)
    return slab
  }

  /** The first of the lent slabs has `rows` rows now, more than before: they become the journal's newest. */
  adopt(slab: Slab, rows: number): void {
    if (slab !== this.#lent[0]) throw new Error('Slabs are filled in the order in which they were lent.')
    if (slab.rows === 0) {
      slab.firstSeq = this.#next
      this.#slabs.push(slab)
    }
    slab.grown(rows)
    this.#next = slab.firstSeq + rows
  }

  /** The first of the lent slabs is written to no more. */
  settle(slab: Slab): void {
    if (slab !== this.#lent[0]) throw new Error('Slabs come back in the order in which they were lent.')
    this.#lent.shift()
    if (slab.rows > 0) return
    this.kept -= slab.size
    this.#pool.give(slab)
  }

  setProgress(seq: number, progress: Progress): void {
    const slab = this.slabOf(seq)
    if (slab === undefined) return
    slab.setProgress(seq - slab.firstSeq, progressNames.indexOf(progress))
    this.revision++
  }

  /** One row with its frames whole, as copies; undefined when it is not in memory. */
  row(seq: number): PageRow | undefined {
    const page = new PageView(this.page(seq, 1, Infinity))
    return page.rows === 1 && page.first === seq ? page.row(0) : undefined
  }

  /**
   * Rows from `from` on, at most `count`, as a page (see contract/page.ts) with each frame cut to `head` bytes. What is no longer, or not yet, in memory is left
   * out: look at the page's `first`. It ends early after 8 MiB.
   */
  page(from: number, count: number, head: number): Uint8Array {
    const first = Math.max(from, this.first)
    const end = Math.min(from + count, this.last + 1)
    return this.#write([...this.walk(first, end)], first, head)
  }

  /** The rows of these numbers that are in memory, in that order, as a page; otherwise as `page`. */
  pick(seqs: Iterable<number>, head: number): Uint8Array {
    const places: [Slab, number][] = []
    for (const seq of seqs) {
      const slab = this.slabOf(seq)
      if (slab !== undefined) places.push([slab, seq - slab.firstSeq])
    }
    const [slab, i] = places[0] ?? []
    return this.#write(places, slab === undefined ? 0 : slab.firstSeq + (i ?? 0), head)
  }

  #write(places: readonly [Slab, number][], first: number, head: number): Uint8Array {
    let rows = 0
    let frames = 0
    let kept = 0
    for (const [slab, i] of places) {
      if (rows > 0 && kept > PAGE_BYTES) break
      for (const frame of slab.frames(i)) {
        kept += Math.min(head, frame.byteLength)
        frames++
      }
      rows++
    }

    const tableAt = PAGE_HEADER_BYTES + rows * PAGE_ROW_BYTES
    let bytesAt = tableAt + frames * PAGE_FRAME_BYTES
    const page = new Uint8Array(bytesAt + kept)
    const view = new DataView(page.buffer)
    view.setUint32(0, PAGE_MAGIC, true)
    view.setUint32(4, rows, true)
    view.setFloat64(8, first, true)
    view.setUint32(16, frames, true)
    let row = PAGE_HEADER_BYTES
    let frameIndex = 0
    for (const [slab, i] of places.slice(0, rows)) {
      const fields = slab.fields(i)
      view.setFloat64(row, fields.time, true)
      view.setFloat64(row + 8, slab.firstSeq + i, true)
      view.setFloat64(row + 16, fields.ref, true)
      view.setUint32(row + 24, frameIndex, true)
      view.setUint32(row + 28, fields.frames, true)
      view.setUint32(row + 32, fields.source, true)
      view.setUint8(row + 36, fields.direction)
      view.setUint8(row + 37, fields.progress)
      view.setUint8(row + 38, fields.malformed ? 1 : 0)
      view.setUint8(row + 39, fields.rule)
      row += PAGE_ROW_BYTES
      for (const frame of slab.frames(i)) {
        const size = Math.min(head, frame.byteLength)
        const entry = tableAt + frameIndex * PAGE_FRAME_BYTES
        view.setUint32(entry, frame.byteLength, true)
        view.setUint32(entry + 4, size, true)
        view.setUint32(entry + 8, bytesAt, true)
        page.set(size === frame.byteLength ? frame : frame.subarray(0, size), bytesAt)
        bytesAt += size
        frameIndex++
      }
    }
    return page
  }

  /** Whether it has rows that can go: those of a slab that is being written to cannot. */
  get droppable(): boolean {
    const [slab] = this.#slabs
    return slab !== undefined && slab !== this.#lent[0]
  }

  /** Gives the oldest slab back and counts its rows as evicted. False when there is none that can go. */
  dropOldest(): boolean {
    const slab = this.droppable ? this.#slabs.shift() : undefined
    if (slab === undefined) return false
    // What a person cleared is not counted as evicted.
    this.evicted += Math.max(0, slab.rows - Math.max(0, this.#from - slab.firstSeq))
    this.kept -= slab.size
    this.#pool.give(slab)
    return true
  }

  /** Forgets every row; numbering goes on. What a person clears is not counted as evicted. */
  clear(): void {
    const evicted = this.evicted
    while (this.dropOldest());
    this.evicted = evicted
    this.revision++
  }

  /** Hides every row that is there; numbering goes on. `show` brings them back, `dropHidden` lets them go. */
  hide(): void {
    this.#from = this.#next
    this.revision++
  }

  /** Brings hidden rows back, as far as they are still in memory. */
  show(): void {
    this.#from = this.#dropped
    this.revision++
  }

  /** Gives back the memory of hidden rows, but for those that share a slab with others. */
  dropHidden(): void {
    this.#dropped = this.#from
    const gone = ([slab]: readonly Slab[]) => slab !== undefined && slab.firstSeq + slab.rows <= this.#from
    while (gone(this.#slabs) && this.dropOldest());
  }

  close(): void {
    this.clear()
    this.#pool.leave(this)
  }

  /** Rows `from` to `end` - 1 that are in memory, each as its slab and its place there: valid until the next append. */
  *walk(from: number, end: number): Generator<[Slab, number]> {
    if (from >= end) return
    for (let s = this.#indexOf(from); s >= 0 && s < this.#slabs.length; s++) {
      const slab = this.#slabs[s]!
      for (let i = Math.max(0, from - slab.firstSeq); i < slab.rows; i++) {
        if (slab.firstSeq + i >= end) return
        yield [slab, i]
      }
    }
  }

  /** The slab that row `seq` is in; undefined when it is not in memory. Valid until the next append. */
  slabOf(seq: number): Slab | undefined {
    if (seq < this.first || seq > this.last) return undefined
    return this.#slabs[this.#indexOf(seq)]
  }

  /** Index of the last slab that begins at or before `seq`; -1 if none does. */
  #indexOf(seq: number): number {
    let low = 0
    let high = this.#slabs.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      if (this.#slabs[middle]!.firstSeq <= seq) low = middle + 1
      else high = middle - 1
    }
    return high
  }
}
