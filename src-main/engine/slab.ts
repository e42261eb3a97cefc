/** Bytes of an ordinary slab. One that must hold a larger message is made as large as that needs, with room behind it. */
export const SLAB_BYTES = 256 * 1024
/** Bytes left behind a row that has a slab to itself. */
const ROOM = SLAB_BYTES / 4

/**
 * One entry per row, growing down from the slab's end: time f64 · start u32 · end u32 · frames u32 · source u32 · ref u32 (seq minus the
 * seq referred to; 0 none) · marks u32 (direction, progress, malformed, rule: a byte each). `start` to `end` are the row's bytes.
 */
export const ENTRY_BYTES = 32

/** Mark of a row that refers to no other one and whose sender is known: its ref word is the number of that peer, as the receiving thread counts them. */
export const PEER_MARK = 1 << 17

export interface RowFields {
  readonly time: number
  readonly direction: number
  readonly progress: number
  readonly malformed: boolean
  readonly rule: number
  readonly source: number
  readonly ref: number
}

/**
 * A block of memory that rows are appended to: bytes grow up from the start, index entries down from the end, and a slab is full when
 * they meet. It has one writer: this thread by `append`, or the receiving thread (see wire/), which writes behind the rows that are known here and says how many
 * there are; `grown` makes those known, and nothing reads beyond them.
 * Of a row with several frames, a table of their sizes (u32 each, little endian) follows the bytes: how many there are is known last.
 */
export class Slab {
  /**
   * Plain memory, also where the other thread writes: it does so in C, by address, as Node's own file reads do. V8 copies in and out of shared memory byte by
   * byte (275 ns instead of 36 for 1 KB, 16 µs instead of 1.6 for 64 KB), and text decoders refuse it. What was in it before is not wiped out first, since nothing reads
   * beyond its rows: for a thousand slabs a second that would be a good part of a core.
   */
  readonly memory: ArrayBuffer
  /** Bytes, kept here: readers want it of every row, and to ask the memory is a call each time. */
  readonly size: number
  readonly bytes: Uint8Array
  /** For numbers in its bytes. */
  readonly view: DataView
  /** Sequence number of row 0. */
  firstSeq = 0
  readonly #words: Uint32Array
  readonly #times: Float64Array
  #rows = 0
  #end = 0

  /** @param size bytes, a multiple of 8. */
  constructor(size: number) {
    this.memory = Buffer.allocUnsafeSlow(size).buffer
    this.size = size
    this.bytes = new Uint8Array(this.memory)
    this.#words = new Uint32Array(this.memory)
    this.#times = new Float64Array(this.memory)
    this.view = new DataView(this.memory)
  }

  /** Bytes that a row takes, its entry included. */
  static need(frames: readonly Uint8Array[]): number {
    let bytes = ENTRY_BYTES + (frames.length > 1 ? frames.length * 4 : 0)
    for (const frame of frames) bytes += frame.byteLength
    return bytes
  }

  /**
   * The size of a slab fit for a row of `need` bytes, with room behind it so that small rows can follow a large one. In steps of about an eighth, so that frames of
   * like size can take each other's slabs over.
   */
  static sizeFor(need: number): number {
    if (need <= SLAB_BYTES) return SLAB_BYTES
    const step = Math.max(ROOM, 2 ** Math.floor(Math.log2(need)) / 8)
    return Math.ceil((need + ROOM) / step) * step
  }

  get rows(): number {
    return this.#rows
  }

  /** Makes the slab empty, to begin at `seq`. */
  reset(seq: number): void {
    this.firstSeq = seq
    this.#rows = 0
    this.#end = 0
  }

  /** Where the next row's bytes would begin. */
  get end(): number {
    return this.#end
  }

  /** Bytes that its rows take, their entries included. */
  get used(): number {
    return this.#end + this.#rows * ENTRY_BYTES
  }

  /** The other thread has written up to row `rows` - 1. */
  grown(rows: number): void {
    this.#rows = rows
    const count = this.count(rows - 1)
    this.#end = this.to(rows - 1) + (count > 1 ? count * 4 : 0)
  }

  fits(need: number): boolean {
    return this.#end + need + this.#rows * ENTRY_BYTES <= this.size
  }

  /** Appends a row; the caller has seen that it fits. */
  append(frames: readonly Uint8Array[], fields: RowFields): void {
    const start = this.#end
    let at = start
    for (const frame of frames) {
      this.bytes.set(frame, at)
      at += frame.byteLength
    }
    this.#describe(start, at, frames.length, fields)
    if (frames.length > 1) {
      for (const frame of frames) {
        this.view.setUint32(at, frame.byteLength, true)
        at += 4
      }
    }
    this.#end = at
    this.#rows++
  }

  /** Makes these bytes the beginning of its memory, for `place`. It is empty, and large enough. */
  hold(bytes: Uint8Array): void {
    this.bytes.set(bytes)
    this.#end = bytes.byteLength
  }

  /** Appends a row whose frames stand in memory already, from `start` to `end`, with their sizes behind them if there is more than one. */
  place(start: number, end: number, frames: number, fields: RowFields): void {
    this.#describe(start, end, frames, fields)
    this.#rows++
  }

  /** Writes the next row's entry. */
  #describe(start: number, end: number, frames: number, fields: RowFields): void {
    const entry = this.#entry(this.#rows)
    const word = entry >> 2
    this.#times[entry >> 3] = fields.time
    this.#words[word + 2] = start
    this.#words[word + 3] = end
    this.#words[word + 4] = frames
    this.#words[word + 5] = fields.source
    this.#words[word + 6] = fields.ref === 0 ? 0 : this.firstSeq + this.#rows - fields.ref
    this.#words[word + 7] =
      (fields.direction | (fields.progress << 8) | (fields.malformed ? 1 << 16 : 0) | (fields.rule << 24)) >>> 0
  }

  /** Row `i`'s entry; its frames are found with `frame`. */
  fields(i: number): RowFields & { readonly frames: number } {
    const entry = this.#entry(i)
    const word = entry >> 2
    const marks = this.#words[word + 7]!
    const back = this.#words[word + 6]!
    return {
      time: this.#times[entry >> 3]!,
      direction: marks & 0xff,
      progress: (marks >> 8) & 0xff,
      malformed: ((marks >> 16) & 1) === 1,
      rule: marks >>> 24,
      source: this.#words[word + 5]!,
      ref: back === 0 || (marks & PEER_MARK) !== 0 ? 0 : this.firstSeq + i - back,
      frames: this.#words[word + 4]!,
    }
  }

  // Single figures of row `i`, for readers that pass over a million rows and make no object on the way.

  /** ms since 1970. */
  time(i: number): number {
    return this.#times[this.#entry(i) >> 3]!
  }

  /** The first of rows `i` to `end` - 1 that is not before a time, else `end`; they are in the order of their times. */
  since(i: number, end: number, time: number): number {
    if (i >= end || this.time(end - 1) < time) return end
    let [low, high] = [i, end - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.time(middle) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  source(i: number): number {
    return this.#words[(this.#entry(i) >> 2) + 5]!
  }

  /** Number of the peer that it came from; 0 where that is not known. */
  peer(i: number): number {
    const word = this.#entry(i) >> 2
    return (this.#words[word + 7]! & PEER_MARK) === 0 ? 0 : this.#words[word + 6]!
  }

  /** An index into `directions`. */
  direction(i: number): number {
    return this.#words[(this.#entry(i) >> 2) + 7]! & 0xff
  }

  /** How many frames it has. */
  count(i: number): number {
    return this.#words[(this.#entry(i) >> 2) + 4]!
  }

  /** Where its first frame begins in `bytes`. */
  from(i: number): number {
    return this.#words[(this.#entry(i) >> 2) + 2]!
  }

  /** Where its last frame ends in `bytes`. */
  to(i: number): number {
    return this.#words[(this.#entry(i) >> 2) + 3]!
  }

  /** Bytes of its frame `f`. */
  sizeOf(i: number, f: number): number {
    const word = this.#entry(i) >> 2
    const to = this.#words[word + 3]!
    return this.#words[word + 4] === 1 ? to - this.#words[word + 2]! : this.view.getUint32(to + f * 4, true)
  }

  /** Where its frame `f` begins in `bytes`. */
  frameFrom(i: number, f: number): number {
    if (f === 0) return this.from(i)
    if (f === this.count(i) - 1) return this.to(i) - this.sizeOf(i, f)
    let at = this.from(i)
    for (let before = 0; before < f; before++) at += this.sizeOf(i, before)
    return at
  }

  /** The frames of row `i`, as views into the slab: valid until the slab is reset. */
  *frames(i: number): Generator<Uint8Array> {
    const word = this.#entry(i) >> 2
    let at = this.#words[word + 2]!
    const to = this.#words[word + 3]!
    const count = this.#words[word + 4]!
    if (count === 1) {
      yield this.bytes.subarray(at, to)
      return
    }
    for (let f = 0; f < count; f++) {
      const size = this.view.getUint32(to + f * 4, true)
      yield this.bytes.subarray(at, at + size)
      at += size
    }
  }

  setProgress(i: number, progress: number): void {
    this.view.setUint8(this.#entry(i) + 29, progress)
  }

  #entry(i: number): number {
    return (this.size & ~7) - (i + 1) * ENTRY_BYTES
  }
}
