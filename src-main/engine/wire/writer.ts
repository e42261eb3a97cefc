import { ENTRY_BYTES, PEER_MARK } from '../slab.js'
import type { Block, Memory } from './block.js'
import type { Native } from './native.js'
import { Counted, perSlab, type LentSlab } from './protocol.js'

/** A slab that the main thread has lent, and how far it is filled. */
class Target {
  readonly slot: number
  readonly address: number
  readonly size: number
  rows: number
  end: number
  /** Payload of the rows that were written here. */
  payload = 0

  constructor({ slot, address, size, rows, end }: LentSlab) {
    this.slot = slot
    this.address = address
    this.size = size
    this.rows = rows
    this.end = end
  }

  /** Bytes between its rows and their entries. */
  get room(): number {
    return this.size - this.end - this.rows * ENTRY_BYTES
  }
}

/** What is known of a row besides its bytes: how many of those are not its table of frame sizes, how many frames, ms since 1970, of which socket, and from which peer. */
export interface RowFacts {
  readonly bytes: number
  readonly frames: number
  readonly time: number
  readonly source: number
  readonly peer: number
}

/** A row that has been taken from its socket and finds no room: where its bytes lie aside, its table of frame sizes behind them. */
interface Aside {
  readonly at: number
  readonly size: number
  readonly row: RowFacts
}

/**
 * The receiving thread's side of one session's journal: writes rows into the slabs that the main thread has lent, in order, and says how many there are. It is
 * the only writer of those slabs. Bytes and entries are copied first and the count is stored last, by Atomics: who reads the count first sees whole rows only.
 */
export class Writer {
  readonly lane: number
  held = false
  readonly #native: Native
  readonly #words: Int32Array
  readonly #counted: Counted
  readonly #queue: Target[] = []
  #current: Target | undefined
  readonly #waiting: Aside[] = []
  #aside: Block | undefined
  #asked = false
  readonly #need: (bytes: number) => void
  readonly #wrote: () => void

  /** @param need called when no slab is left with room for so many bytes. @param wrote called with every write: also of a row that was kept aside, long after its turn */
  constructor(
    native: Native,
    lane: number,
    words: SharedArrayBuffer,
    need: (bytes: number) => void,
    wrote: () => void,
  ) {
    this.#native = native
    this.lane = lane
    this.#words = new Int32Array(words)
    this.#counted = new Counted(words)
    this.#need = need
    this.#wrote = wrote
  }

  /** Whether it can take a row now. */
  get ready(): boolean {
    if (this.held) return false
    if (this.behind && !this.#catchUp()) return false
    return this.#current !== undefined || this.#next(ENTRY_BYTES)
  }

  give(slabs: readonly LentSlab[]): void {
    for (const slab of slabs) this.#queue.push(new Target(slab))
    this.#asked = false
  }

  /** Where the next row's bytes begin in the slab that is being filled. */
  get end(): number {
    return this.#current?.end ?? 0
  }

  /** Bytes of that slab that are free: for rows and their entries. */
  get room(): number {
    return this.#current?.room ?? 0
  }

  /** Copies bytes of rows behind what is there. */
  copy(from: Memory, at: number, size: number): void {
    const slab = this.#current
    if (slab === undefined || size > slab.room) throw new RangeError('There is no such room.')
    this.#native.copyOut(from, at, size, slab.address + slab.end, slab.room)
    slab.end += size
  }

  /** Makes known the rows whose bytes have been copied. @param entries theirs, at its end, the last one first. @param payload their bytes without tables of sizes */
  publish(entries: Block, rows: number, payload: number): void {
    const slab = this.#current
    const size = rows * ENTRY_BYTES
    if (slab === undefined || size > slab.room) throw new RangeError('There is no such room.')
    const index = slab.size - slab.rows * ENTRY_BYTES - size
    this.#native.copyOut(entries, entries.size - size, size, slab.address + index, size)
    slab.rows += rows
    slab.payload += payload
    this.#counted.store(slab.slot, slab.rows, slab.payload)
    this.#wrote()
  }

  /** Goes on to a slab that has room for `need` bytes. False when there is none: then it has been asked for. */
  advance(need: number): boolean {
    this.#finish()
    return this.#next(need)
  }

  /** Whether rows are kept aside: those that come after them are to be, too. */
  get behind(): boolean {
    return this.#waiting.length > 0
  }

  /** Keeps a row aside until there is a slab for it. */
  keep(from: Memory, row: RowFacts): void {
    const { size } = from
    const last = this.#waiting.at(-1)
    const at = last === undefined ? 0 : last.at + last.size
    const aside = this.#aside
    if (aside === undefined || at + size > aside.size) {
      this.#aside = this.#native.block((at + size) * 2)
      if (aside !== undefined) this.#native.copy(aside, at, this.#aside, 0)
    }
    this.#native.copy(from, size, this.#aside!, at)
    this.#waiting.push({ at, size, row: { ...row } })
  }

  /** Gives back every slab. Rows that were kept aside are lost: it is as if they had not been read. */
  leave(): void {
    this.#finish()
    for (const slab of this.#queue.splice(0)) this.#done(slab)
    this.#waiting.length = 0
    this.#aside = undefined
  }

  /** Places the rows that were kept aside, as far as there is room. True when that was all of them. */
  #catchUp(): boolean {
    const entry = this.#native.block(ENTRY_BYTES)
    let placed = 0
    for (const { at, size, row } of this.#waiting) {
      const need = size + ENTRY_BYTES
      if (this.room < need && !this.advance(need)) break
      writeEntry(entry, 1, this.end, row)
      this.copy(this.#aside!, at, size)
      this.publish(entry, 1, row.bytes)
      placed++
    }
    this.#waiting.splice(0, placed)
    if (this.behind) return false
    this.#aside = undefined
    return true
  }

  #next(need: number): boolean {
    for (let slab = this.#queue.shift(); slab !== undefined; slab = this.#queue.shift()) {
      this.#current = slab
      if (slab.room >= need) return true
      this.#finish()
    }
    if (!this.#asked) this.#need(need)
    this.#asked = true
    return false
  }

  #finish(): void {
    if (this.#current !== undefined) this.#done(this.#current)
    this.#current = undefined
  }

  #done(slab: Target): void {
    Atomics.store(this.#words, slab.slot * perSlab.words + perSlab.done, 1)
  }
}

/** Entry `n` from the end of a block, whose size is a multiple of an entry's: of a row whose bytes begin at `start`. The words are those of slab.ts; nothing else is known of what is received. */
export function writeEntry(entries: Block, n: number, start: number, row: RowFacts): void {
  const at = (entries.size - n * ENTRY_BYTES) >> 2
  const { words } = entries
  entries.times[at >> 1] = row.time
  words[at + 2] = start
  words[at + 3] = start + row.bytes
  words[at + 4] = row.frames
  words[at + 5] = row.source
  words[at + 6] = row.peer
  words[at + 7] = row.peer === 0 ? 0 : PEER_MARK
}
