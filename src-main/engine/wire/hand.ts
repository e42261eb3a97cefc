import type { Block } from './block.js'
import { PLACES, type Native } from './native.js'

/** Bytes of frames that are taken before they are written, about: few enough to stay in the processor's cache. */
const BYTES = 128 * 1024
/** libzmq receives up to so many bytes at once (its ZMQ_IN_BATCH_SIZE), and leaves the frames that are whole there where they are. */
const STRETCH = 8192
/** Frames of at most so many bytes it keeps within the message, too. */
const SMALL = 33
/** Bytes in front of a frame where it was received, by its size. */
export const header = (size: number) => (size < 256 ? 2 : 9)
/** Between two looks at the clock: so many frames, or so many bytes. */
const CLOCK_FRAMES = 64
const CLOCK_BYTES = 64 * 1024

/**
 * Frames in hand: taken from a socket, held in libzmq's messages, and found in memory. One hand serves all sockets.
 *
 * To ask of each frame where it lies and whether others follow would cost twice what taking it does. But the frames of a connection lie as they came, each behind its header, in
 * pieces of memory of STRETCH bytes (ZMTP 3.1, RFC 37: flags, of which the lowest says that others follow, and the size, in 1 byte or 8):
 *
 *     … 00 64 ‹100 bytes› 01 05 ‹5 bytes› 00 64 ‹100 bytes› …
 *
 * So libzmq is asked for the address of one frame and of a later one. If those are as far apart as the sizes and headers between them make it, and that is no more than STRETCH, then all of it lies in
 * one piece, since two pieces are farther apart than that: behind each, libzmq has room for a description of every frame in it, which is more than the piece. That holds for one connection; between frames
 * of two, others would have to be counted that lie elsewhere. The stretch is copied, and its own headers must say the same sizes. Whatever is otherwise is asked for, frame by frame.
 */
export class Hand {
  /** How many frames there are. Of each: its bytes, ms since 1970 when it was taken, the address where it lies, and whether (1) another one of its message follows. */
  count = 0
  readonly sizes = new Float64Array(PLACES)
  readonly times = new Float64Array(PLACES)
  readonly addresses = new Float64Array(PLACES)
  readonly more = new Uint8Array(PLACES)
  /** Copies of stretches and of small frames. */
  readonly copies: Block
  #copied = 0
  readonly #native: Native
  readonly #now: () => number
  /** Where each frame would be if all had been received in one piece. */
  readonly #offsets = new Float64Array(PLACES)
  /** Those that are not small. */
  readonly #grown = new Int32Array(PLACES)
  #grownCount = 0
  readonly #stretch = { address: 0, size: 0 }

  /** @param now ms since 1970 */
  constructor(native: Native, now: () => number) {
    this.#native = native
    this.#now = now
    this.copies = native.block(BYTES + STRETCH + PLACES * (SMALL + header(STRETCH)))
  }

  /** Takes what is there, until the hand is full. False when libzmq gave nothing at last: then its error tells why. @param one takes nothing behind the frame that is a message's last */
  take(socket: number, one = false): boolean {
    const native = this.#native
    let time = this.#now()
    let bytes = 0
    let lookAt = CLOCK_BYTES
    let offset = 0
    this.count = this.#grownCount = this.#copied = 0
    while (this.count < PLACES && bytes < BYTES) {
      const n = this.count
      const size = native.take(socket, n)
      if (size < 0) return false
      bytes += size
      if ((++this.count & (CLOCK_FRAMES - 1)) === 0 || bytes >= lookAt) {
        time = this.#now()
        lookAt = bytes + CLOCK_BYTES
      }
      offset += header(size)
      this.sizes[n] = size
      this.times[n] = time
      this.#offsets[n] = offset
      if (size > SMALL) this.#grown[this.#grownCount++] = n
      offset += size
      if (one && !native.more(n)) break
    }
    return true
  }

  /** Finds all of them. @param alone whether all are of one connection */
  find(alone: boolean): void {
    const { count } = this
    const grown = this.#grown
    for (let f = 0, g = 0; f < count;) {
      while (g < this.#grownCount && grown[g]! < f) g++
      if (g === this.#grownCount || grown[g] !== f) {
        this.#ask(f, this.sizes[f] === 0 ? this.copies.address : this.#native.data(f))
        f++
        continue
      }
      const address = this.#native.data(f)
      const last = alone ? this.#reach(g, address) : g
      this.#ask(f, address)
      f = last === g ? f + 1 : this.#copy(f, grown[last]!, address)
    }
  }

  /** Gives back what is large, now that it has been written: the rest is held until other frames take its place. */
  release(): void {
    for (let n = 0; n < this.count; n++) if (this.sizes[n]! >= CLOCK_BYTES) this.#native.release(n)
  }

  /** The last frame of the stretch that begins with the `g`th of those that are not small: sought from the farthest that may be, in steps back that grow. */
  #reach(g: number, address: number): number {
    const grown = this.#grown
    const from = this.#offsets[grown[g]!]!
    let low = g + 1
    let high = low
    while (high < this.#grownCount && this.#end(grown[high]!) - from <= STRETCH) high++
    // Where not even the next one follows, each lies by itself.
    if (low === high || !this.#lies(grown[low]!, address - from)) return g
    for (let back = 1; high - low > 1; back *= 2) {
      const middle = Math.max((low + high) >> 1, high - back)
      if (this.#lies(grown[middle]!, address - from)) low = middle
      else high = middle
    }
    return low
  }

  /** Whether a frame lies where it would if all had been received in one piece that begins at an address. */
  #lies(n: number, begin: number): boolean {
    return this.#native.data(n) === begin + this.#offsets[n]!
  }

  /** Copies the stretch from frame `f`, which is at an address, to `last`. Gives the next frame that is to be found. */
  #copy(f: number, last: number, address: number): number {
    const stretch = this.#stretch
    const from = this.#offsets[f]!
    const size = this.#end(last) - from
    if (this.#copied + size > this.copies.size - PLACES * SMALL) return f + 1
    const to = this.#copied
    stretch.address = address
    stretch.size = size
    this.#native.copy(stretch, size, this.copies, to)
    this.#copied += size
    this.addresses[f] = this.copies.address + to
    for (let n = f + 1; n <= last; n++) {
      const at = to + this.#offsets[n]! - from
      const flags = this.#flags(at, this.sizes[n]!)
      if (flags < 0) return n
      this.addresses[n] = this.copies.address + at
      this.more[n] = flags & 1
    }
    return last + 1
  }

  /** What the header says in front of a frame that has been copied; -1 if it is not this frame's. */
  #flags(at: number, size: number): number {
    const { bytes, view } = this.copies
    if (header(size) === 2) return bytes[at - 2]! < 2 && bytes[at - 1] === size ? bytes[at - 2]! : -1
    const flags = bytes[at - 9]!
    return (flags === 2 || flags === 3) && view.getUint32(at - 8) === 0 && view.getUint32(at - 4) === size ? flags : -1
  }

  /** A frame by itself, which is at an address. */
  #ask(n: number, address: number): void {
    const inside = this.#native.inside(address)
    const size = this.sizes[n]!
    this.more[n] = this.#native.more(n) ? 1 : 0
    this.addresses[n] = address
    if (inside < 0) return
    const at = this.#copied
    this.copies.put(at, this.#native.places, inside, size)
    this.#copied += size
    this.addresses[n] = this.copies.address + at
  }

  #end(n: number): number {
    return this.#offsets[n]! + this.sizes[n]!
  }
}
