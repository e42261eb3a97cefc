const LINE_END = 0x0a
const RETURN = 0x0d
/** Marks at a file's beginning that say it is UTF-8; no part of its first line. */
const MARK = [0xef, 0xbb, 0xbf] as const

/** Most bytes of a line. What is longer is no file of lines, and would fill the memory before it is known. */
export const MAX_LINE = 16 * 1024 * 1024

/** A line, and the bytes of the file up to its end. `bytes` undefined: it is longer than MAX_LINE. */
export interface FileLine {
  readonly bytes: Uint8Array | undefined
  readonly number: number
  readonly end: number
}

/** Cuts a file that comes in pieces into lines, without their ends (`\n` or `\r\n`). Lines within a piece are views of it. */
export class LineSplitter {
  #pieces: Uint8Array[] = []
  #at = 0
  /** The beginning of a line that goes on in a later piece, and its length. */
  #begun: Uint8Array[] = []
  #length = 0
  #taken = 0
  #lines = 0
  #buffered = 0
  #ended = false

  /** Bytes that were given and not yet taken as lines. */
  get buffered(): number {
    return this.#buffered
  }
  /** There is nothing more to come. */
  get ended(): boolean {
    return this.#ended
  }

  push(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return
    this.#pieces.push(bytes)
    this.#buffered += bytes.byteLength
  }
  /** @param whole false: the file ends here by accident, so that a line without its end is none */
  end(whole = true): void {
    this.#ended = true
    if (whole) return
    this.#begun = []
    this.#buffered -= this.#length
    this.#length = 0
    const last = this.#pieces.at(-1)
    if (last === undefined) return
    const cut = Math.max(last.lastIndexOf(LINE_END) + 1, this.#pieces.length === 1 ? this.#at : 0)
    this.#buffered -= last.byteLength - cut
    this.#pieces[this.#pieces.length - 1] = last.subarray(0, cut)
  }

  /** The next line; undefined while it is not all there, and at the end. */
  next(): FileLine | undefined {
    for (;;) {
      const piece = this.#pieces[0]
      if (piece === undefined) return this.#ended && this.#length > 0 ? this.#line(new Uint8Array(), 0) : undefined
      const end = piece.indexOf(LINE_END, this.#at)
      if (end >= 0) {
        const line = this.#line(piece.subarray(this.#at, end), end + 1 - this.#at)
        this.#at = end + 1
        return line
      }
      const rest = piece.subarray(this.#at)
      // Of a line that is too long already nothing needs to be kept.
      if (this.#length <= MAX_LINE) this.#begun.push(rest)
      else this.#begun = []
      this.#length += rest.byteLength
      this.#pieces.shift()
      this.#at = 0
    }
  }

  #line(tail: Uint8Array, taken: number): FileLine {
    const length = this.#length + tail.byteLength
    const whole = this.#length === 0 ? tail : length > MAX_LINE ? undefined : Buffer.concat([...this.#begun, tail])
    this.#buffered -= this.#length + taken
    this.#taken += this.#length + taken
    this.#begun = []
    this.#length = 0
    this.#lines++
    return {
      bytes: whole === undefined ? undefined : trimmed(whole, this.#lines === 1),
      number: this.#lines,
      end: this.#taken,
    }
  }
}

function trimmed(line: Uint8Array, first: boolean): Uint8Array {
  const from = first && MARK.every((byte, i) => line[i] === byte) ? MARK.length : 0
  const to = line[line.byteLength - 1] === RETURN ? line.byteLength - 1 : line.byteLength
  return from === 0 && to === line.byteLength ? line : line.subarray(from, Math.max(from, to))
}
