import { ENTRY_BYTES } from '../slab.js'
import type { Block } from './block.js'
import type { Native } from './native.js'
import type { Peers } from './peers.js'

/** Rows are written to their slab together, at most so many and about so many bytes: few calls, and all of it still in the processor's cache. */
export const ROWS = 1024
export const BYTES = 128 * 1024
/** Bytes of the landing that are kept in memory once they have been used. */
const KEPT = 8 * 1024 * 1024

/** Where frames land before it is known where they belong. One for all sockets. */
export class Landing {
  readonly entries: Block
  readonly cell: Block
  readonly notice: Block
  block: Block
  readonly peers: Peers
  readonly #native: Native
  #limit = 0

  constructor(native: Native, peers: Peers) {
    this.#native = native
    this.peers = peers
    this.entries = native.block(ROWS * ENTRY_BYTES)
    this.cell = native.block(16)
    this.notice = native.block(4096)
    this.block = native.block(BYTES)
  }

  /** From now on there is room for any frame of `limit` bytes behind a batch. Memory that is not used is not taken from the system. */
  reach(limit: number): void {
    if (limit <= this.#limit) return
    this.block = this.#native.block(2 * BYTES + limit)
    this.#limit = limit
  }

  /** Makes room for `room` bytes from `at` on, and keeps what is before. */
  grow(at: number, room: number): void {
    if (at + room <= this.block.size) return
    const larger = this.#native.block(Math.max(at + room, this.block.size * 1.5))
    this.#native.copy(this.block, 0, at, larger, 0)
    this.block = larger
  }

  /** Nothing lies here now. */
  rest(used: number): void {
    if (used > KEPT) this.block = this.#native.block(2 * BYTES + this.#limit)
  }
}
