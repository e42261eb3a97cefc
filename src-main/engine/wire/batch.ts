import { ENTRY_BYTES } from '../slab.js'
import type { Block } from './block.js'
import { header } from './hand.js'
import { PLACES, type Native } from './native.js'
import { writeEntry, type RowFacts, type Writer } from './writer.js'

/** Rows that are written at once, at most: as many as there can be frames in hand. */
const ROWS = PLACES
/** Room for gathering, at first. */
const BYTES = 128 * 1024
/** Bytes of the memory for gathering that are kept once they have been used. */
const KEPT = 8 * 1024 * 1024
/** Frames of at most so many bytes are gathered in JavaScript: a call would cost more. */
const FEW = 48

/**
 * Rows on their way to a session's slab; one batch serves all sockets. A message of one frame stays where it is until it is written: what lies side by side, or with a header between, goes in one
 * piece, and no row points at the headers. Frames of one message are gathered first.
 */
export class Batch {
  readonly #entries: Block
  /** Bytes that have been gathered. */
  gathered = 0
  readonly #native: Native
  readonly #copies: Block
  #writer!: Writer
  #block: Block
  /** What is copied next: from an address up to another one. Both 0: nothing. */
  #from = 0
  #to = 0
  readonly #piece = { address: 0, size: 0 }
  /** In the slab: where the next row may begin, and where the entries are. */
  #end = 0
  #limit = 0
  #rows = 0
  #payload = 0

  /** @param copies where frames may lie that are gathered */
  constructor(native: Native, copies: Block) {
    this.#native = native
    this.#copies = copies
    this.#entries = native.block(ROWS * ENTRY_BYTES)
    this.#block = native.block(BYTES)
  }

  /** The next rows are this session's; nothing is gathered. */
  begin(writer: Writer): void {
    this.#writer = writer
    this.gathered = 0
    if (this.#block.size > KEPT) this.#block = this.#native.block(BYTES)
    this.aim()
  }

  /** The next rows go where its session's slab has room now. */
  aim(): void {
    const { end, room } = this.#writer
    this.#end = end
    this.#limit = end + room
    this.#rows = this.#payload = 0
  }

  /** Brings a frame behind those that were gathered before. */
  gather(address: number, size: number): void {
    const at = this.#reserve(size)
    const inside = address - this.#copies.address
    if (size <= FEW && inside >= 0 && inside < this.#copies.size) this.#block.put(at, this.#copies, inside, size)
    else this.#native.copy({ address, size }, size, this.#block, at)
  }

  /** Brings the sizes of frames behind them. Gives the address of what was gathered from `start` on. */
  table(sizes: Float64Array, frames: number, start: number): number {
    let at = this.#reserve(frames * 4)
    for (let f = 0; f < frames; f++, at += 4) this.#block.view.setUint32(at, sizes[f]!, true)
    return this.#block.address + start
  }

  /** Adds a row whose bytes are `size` from an address on. False when the slab has no room for it: nothing is changed then. */
  add(address: number, size: number, row: RowFacts): boolean {
    const gap = address - this.#to
    const follows = gap === 0 || gap === header(size)
    const start = follows ? this.#end + gap : this.#end
    if (start + size + (this.#rows + 1) * ENTRY_BYTES > this.#limit) return false
    if (!follows) {
      this.#copy()
      this.#from = address
    }
    this.#to = address + size
    this.#end = start + size
    this.#payload += row.bytes
    writeEntry(this.#entries, ++this.#rows, start, row)
    return true
  }

  /** Writes its rows and makes them known. */
  write(): void {
    this.#copy()
    if (this.#rows > 0) this.#writer.publish(this.#entries, this.#rows, this.#payload)
    this.aim()
  }

  #copy(): void {
    const piece = this.#piece
    piece.address = this.#from
    piece.size = this.#to - this.#from
    this.#from = this.#to = 0
    if (piece.size > 0) this.#writer.copy(piece, 0, piece.size)
  }

  /** Room for so many bytes behind what has been gathered; gives where it begins. */
  #reserve(size: number): number {
    const at = this.gathered
    this.gathered += size
    if (this.gathered <= this.#block.size) return at
    this.#copy() // what waits there to be copied lies there no more
    const larger = this.#native.block(Math.max(this.gathered, this.#block.size * 1.5))
    this.#native.copy(this.#block, at, larger, 0)
    this.#block = larger
    return at
  }
}
