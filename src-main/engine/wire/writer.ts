import { ENTRY_BYTES, PEER_MARK } from '../slab.js'
import type { Block, Native } from './native.js'
import { perSlab, type Command } from './protocol.js'

/** A slab that the main thread has lent: where it lies, and how far it is filled. */
interface Target {
  readonly slot: number
  readonly address: number
  readonly size: number
  rows: number
  end: number
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
    this.#need = need
    this.#wrote = wrote
  }

  /** Whether it can take a row now. */
  get ready(): boolean {
    if (this.held) return false
    if (this.#waiting !== undefined) return this.#place(this.#waiting)
    return this.#current !== undefined || this.#next(ENTRY_BYTES)
  }

  give({ slot, address, size, rows, end }: Extract<Command, { do: 'slab' }>): void {
    this.#queue.push({ slot, address, size, rows, end })
    this.#asked = false
  }

  /** Where the next row's bytes begin in the slab that is being filled. */
  get end(): number {
    return this.#current?.end ?? 0
  }

  /** Whether that slab has room for so many bytes and rows. */
  fits(bytes: number, rows: number): boolean {
    const slab = this.#current
    return slab !== undefined && slab.end + bytes + (slab.rows + rows) * ENTRY_BYTES <= slab.size
  }

  /** Writes rows and makes them known: their bytes lie in `bytes` from `at` on, their entries at the end of `entries`, the last one first. */
  write(bytes: Block, at: number, size: number, entries: Block, rows: number): void {
    const slab = this.#current
    if (slab === undefined || !this.fits(size, rows)) throw new RangeError('There is no such room.')
    const index = slab.size - (slab.rows + rows) * ENTRY_BYTES
    this.#native.copyOut(bytes, at, size, slab.address + slab.end, index - slab.end)
    const length = rows * ENTRY_BYTES
    this.#native.copyOut(entries, entries.size - length, length, slab.address + index, length)
    slab.end += size
    slab.rows += rows
    Atomics.store(this.#words, slab.slot * perSlab.words + perSlab.rows, slab.rows)
    this.#wrote()
  }

  /** Goes on to a slab that has room for `need` bytes. False when there is none: then it has been asked for. */
  advance(need: number): boolean {
    this.#finish()
    return this.#next(need)
  }

  /** Keeps a row aside until there is a slab for it. */
  keep(from: Block, at: number, row: Omit<Waiting, 'block'>): void {
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
    this.write(block, 0, size, entry, 1)
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

/** Entry `n` from the end of a block; the words are those of slab.ts. All is received, and nothing but who sent it is known besides. */
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
  const at = entries.size - n * ENTRY_BYTES
  const { view } = entries
  view.setFloat64(at, time, true)
  view.setUint32(at + 8, start, true)
  view.setUint32(at + 12, end, true)
  view.setUint32(at + 16, frames, true)
  view.setUint32(at + 20, source, true)
  setPeer(entries, n, peer)
}

/** Who sent row `n` from the end of a block; 0: not known. */
export function setPeer(entries: Block, n: number, peer: number): void {
  const at = entries.size - n * ENTRY_BYTES
  entries.view.setUint32(at + 24, peer, true)
  entries.view.setUint32(at + 28, peer === 0 ? 0 : PEER_MARK, true)
}
