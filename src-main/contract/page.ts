/**
 * A page: some rows of a journal as one block of bytes, so that a row costs no object on its way to the screen.
 *
 * Little endian, offsets from the start of the page:
 * - 32-byte header: `PAGE_MAGIC` u32 · rows u32 · first seq f64 · frames in all u32 · 12 bytes zero
 * - per row 40 bytes: time f64 · seq f64 · ref f64 (seq of the question this answers, or 0) · first frame u32 ·
 *   frames u32 · source u32 · direction u8 · progress u8 · malformed u8 · rule u8
 * - per frame 12 bytes: true size u32 · kept size u32 · offset of its kept bytes u32
 * - the kept bytes
 *
 * A frame is cut to its head in a page (never in the journal): `size > kept.length` says so.
 */
export const PAGE_MAGIC = 0x31504753
export const PAGE_HEADER_BYTES = 32
export const PAGE_ROW_BYTES = 40
export const PAGE_FRAME_BYTES = 12

/** Direction of a row, as stored: 0 in, 1 out. */
export const directions = ['in', 'out'] as const
export type Direction = (typeof directions)[number]

/**
 * How far an outgoing row has come, as stored by index. The words are all that ZeroMQ lets us know: nobody is ever told *delivered*.
 * Incoming rows are `none`, or `answered` once a server has answered them.
 */
export const progressNames = ['none', 'queued', 'handed', 'answered', 'no-reply', 'cancelled', 'failed'] as const
export type Progress = (typeof progressNames)[number]

export interface PageFrame {
  /** Bytes of the frame as received. */
  readonly size: number
  /** Its first bytes, a view into the page; all of it unless `bytes.length < size`. */
  readonly bytes: Uint8Array
}

export interface PageRow {
  readonly seq: number
  /** Milliseconds since 1970, with a fraction. */
  readonly time: number
  readonly direction: Direction
  readonly progress: Progress
  readonly malformed: boolean
  /** Number of the rule that sent it (see the server's status); 0 = none. */
  readonly rule: number
  /** Which peer or endpoint, as far as the role can know; 0 otherwise. */
  readonly source: number
  /** Sequence number of the question that this answers, or of the task this is the result of; 0 if none. */
  readonly ref: number
  readonly frames: readonly PageFrame[]
  /** Bytes of all frames as received. */
  readonly size: number
}

/** Rows in `page`, decoded only when asked for. Throws `RangeError` when the bytes are not a page. */
export class PageView {
  readonly rows: number
  readonly first: number
  readonly #bytes: Uint8Array
  readonly #view: DataView

  constructor(page: Uint8Array) {
    this.#bytes = page
    this.#view = new DataView(page.buffer, page.byteOffset, page.byteLength)
    if (page.byteLength < PAGE_HEADER_BYTES || this.#view.getUint32(0, true) !== PAGE_MAGIC)
      throw new RangeError(`not a page: ${page.byteLength} bytes without the page mark`)
    this.rows = this.#view.getUint32(4, true)
    this.first = this.#view.getFloat64(8, true)
    const frames = this.#view.getUint32(16, true)
    if (page.byteLength < PAGE_HEADER_BYTES + this.rows * PAGE_ROW_BYTES + frames * PAGE_FRAME_BYTES)
      throw new RangeError(`not a page: its tables end past ${page.byteLength} bytes`)
  }

  /** Row `i`, 0 ≤ i < rows. */
  row(i: number): PageRow {
    if (!(i >= 0 && i < this.rows)) throw new RangeError(`row ${i} of ${this.rows}`)
    const view = this.#view
    const at = PAGE_HEADER_BYTES + i * PAGE_ROW_BYTES
    const table = PAGE_HEADER_BYTES + this.rows * PAGE_ROW_BYTES
    const firstFrame = view.getUint32(at + 24, true)
    const count = view.getUint32(at + 28, true)
    const frames: PageFrame[] = []
    let total = 0
    for (let f = firstFrame; f < firstFrame + count; f++) {
      const entry = table + f * PAGE_FRAME_BYTES
      const size = view.getUint32(entry, true)
      const start = view.getUint32(entry + 8, true)
      frames.push({ size, bytes: this.#bytes.subarray(start, start + view.getUint32(entry + 4, true)) })
      total += size
    }
    return {
      time: view.getFloat64(at, true),
      seq: view.getFloat64(at + 8, true),
      ref: view.getFloat64(at + 16, true),
      source: view.getUint32(at + 32, true),
      direction: directions[view.getUint8(at + 36)] ?? 'in',
      progress: progressNames[view.getUint8(at + 37)] ?? 'none',
      malformed: view.getUint8(at + 38) === 1,
      rule: view.getUint8(at + 39),
      frames,
      size: total,
    }
  }

  /** All rows, oldest first. */
  *[Symbol.iterator](): Generator<PageRow> {
    for (let i = 0; i < this.rows; i++) yield this.row(i)
  }
}
