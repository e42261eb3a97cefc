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

/** A row that has been taken from its socket and finds no room: kept aside until there is. Its table of frame sizes is behind its bytes. */
interface Waiting {
  readonly block: Block
  readonly size: number
  readonly bytes: number
  readonly frames: number
  readonly time: number
  readonly source: number
  readonly peer: number
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
  #waiting: Waiting | undefined
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
    if (this.#waiting !== undefined) return this.#place(this.#waiting)
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

  /** Whether that slab has room for so many bytes and rows. */
  fits(bytes: number, rows: number): boolean {
    return bytes + rows * ENTRY_BYTES <= this.room
  }

  /** Writes rows and makes them known: their bytes lie in `bytes` from `at` on, their entries at the end of `entries`, the last one first. @param payload without tables of sizes */
  write(bytes: Memory, at: number, size: number, entries: Block, rows: number, payload: number): void {
    const slab = this.#current
    if (slab === undefined || !this.fits(size, rows)) throw new RangeError('There is no such room.')
    const index = slab.size - (slab.rows + rows) * ENTRY_BYTES
    this.#native.copyOut(bytes, at, size, slab.address + slab.end, index - slab.end)
    const length = rows * ENTRY_BYTES
    this.#native.copyOut(entries, entries.size - length, length, slab.address + index, length)
    slab.end += size
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

  /** Keeps a row aside until there is a slab for it. */
  keep(from: Memory, at: number, row: Omit<Waiting, 'block'>): void {
    const block = this.#native.block(row.size)
    this.#native.copy(from, at, row.size, block, 0)
    this.#waiting = { block, ...row }
  }

  /** Gives back every slab. A row that was kept aside is lost: it is as if it had not been read. */
  leave(): void {
    this.#finish()
    for (const slab of this.#queue.splice(0)) this.#done(slab)
    this.#waiting = undefined
  }

  #place({ block, size, bytes, frames, time, source, peer }: Waiting): boolean {
    const need = size + ENTRY_BYTES
    if (!this.fits(size, 1) && !this.advance(need)) return false
    const entry = this.#native.block(ENTRY_BYTES)
    writeEntry(entry, 1, this.end, this.end + bytes, frames, time, source, peer)
    this.write(block, 0, size, entry, 1, bytes)
    this.#waiting = undefined
    return true
  }

  #next(need: number): boolean {
    for (let slab = this.#queue.shift(); slab !== undefined; slab = this.#queue.shift()) {
      this.#current = slab
      if (this.fits(need - ENTRY_BYTES, 1)) return true
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

/** Entry `n` from the end of a block, whose size is a multiple of an entry's; the words are those of slab.ts. All is received, and nothing but who sent it is known besides. */
export function writeEntry(
  entries: Block,
  n: number,
  start: number,
  end: number,
  frames: number,
  time: number,
  source: number,
  peer: number,
): void {
  const at = (entries.size - n * ENTRY_BYTES) >> 2
  const { words } = entries
  entries.times[at >> 1] = time
  words[at + 2] = start
  words[at + 3] = end
  words[at + 4] = frames
  words[at + 5] = source
  setPeer(entries, n, peer)
}

/** Who sent row `n` from the end of a block; 0: not known. */
export function setPeer(entries: Block, n: number, peer: number): void {
  const at = (entries.size - n * ENTRY_BYTES) >> 2
  entries.words[at + 6] = peer
  entries.words[at + 7] = peer === 0 ? 0 : PEER_MARK
}
