/** 2³²: numbers of 64 bits are written in two halves, since a BigInt for every message would cost more than the rest of it. */
const HALF = 2 ** 32
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A growing block of bytes that records are written into, little endian. */
export class ByteSink {
  bytes: Uint8Array
  view: DataView
  length = 0

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Makes room for `more` bytes behind the last. */
  reserve(more: number): void {
    const need = this.length + more
    if (need <= this.bytes.byteLength) return
    const grown = new Uint8Array(Math.max(need, this.bytes.byteLength * 2))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  /** What was written, as a view: valid until the next write. */
  get written(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }

  u8(value: number): this {
    this.reserve(1)
    this.view.setUint8(this.length, value)
    this.length += 1
    return this
  }
  u16(value: number): this {
    this.reserve(2)
    this.view.setUint16(this.length, value, true)
    this.length += 2
    return this
  }
  u32(value: number): this {
    this.reserve(4)
    this.view.setUint32(this.length, value, true)
    this.length += 4
    return this
  }
  /** A whole number up to 2⁵³. */
  u64(value: number): this {
    return this.u32(value % HALF).u32(Math.floor(value / HALF))
  }
  /** A time, from ms since 1970 to ns. */
  time(ms: number): this {
    this.reserve(8)
    setTime(this.view, this.length, ms)
    this.length += 8
    return this
  }
  raw(bytes: Uint8Array): this {
    this.reserve(bytes.byteLength)
    this.bytes.set(bytes, this.length)
    this.length += bytes.byteLength
    return this
  }
  /** Bytes behind their length. */
  blob(bytes: Uint8Array): this {
    return this.u32(bytes.byteLength).raw(bytes)
  }
  text(text: string): this {
    return this.blob(encoder.encode(text))
  }
  /** A map, or a list of pairs: behind its length in bytes. */
  sized(write: () => void): this {
    const at = this.length
    this.u32(0)
    write()
    this.view.setUint32(at, this.length - at - 4, true)
    return this
  }
  map(entries: Iterable<readonly [string, string]>): this {
    return this.sized(() => {
      for (const [key, value] of entries) this.text(key).text(value)
    })
  }
  /** A record: its opcode, its length, its content. */
  record(opcode: number, write: () => void): this {
    this.u8(opcode)
    const at = this.length
    this.u64(0)
    write()
    setLength(this.view, at, this.length - at - 8)
    return this
  }
}

/** Writes a length as u64. */
export function setLength(view: DataView, at: number, length: number): void {
  view.setUint32(at, length % HALF, true)
  view.setUint32(at + 4, Math.floor(length / HALF), true)
}

/** Writes ms since 1970 as ns: exact, where a double of the whole would round to 256 ns. */
export function setTime(view: DataView, at: number, ms: number): void {
  const seconds = Math.floor(ms / 1000)
  const rest = Math.round((ms - seconds * 1000) * 1e6)
  const upper = Math.floor(seconds / 65536) * 1e9
  const lower = (upper % 65536) * 65536 + (seconds % 65536) * 1e9 + rest
  view.setUint32(at, lower % HALF, true)
  view.setUint32(at + 4, Math.floor(upper / 65536) + Math.floor(lower / HALF), true)
}

/** Reads ns as ms since 1970, to the nearest that a double can say. */
export function getTime(view: DataView, at: number): number {
  const high = view.getUint32(at + 4, true)
  // 2³² ns are 4294 ms and 967,296 ns.
  const rest = high * 967_296 + view.getUint32(at, true)
  return high * 4294 + Math.floor(rest / 1e6) + (rest % 1e6) / 1e6
}

/** Reads records, and never past `end`: throws `RangeError` where they say more than there is. */
export class ByteSource {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly end: number
  at: number

  constructor(bytes: Uint8Array, at = 0, end = bytes.byteLength) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = at
    this.end = Math.min(end, bytes.byteLength)
  }

  get left(): number {
    return this.end - this.at
  }

  skip(size: number): number {
    const at = this.at
    if (!(size >= 0 && size <= this.end - at)) throw new RangeError(`${size} bytes of ${this.end - at}`)
    this.at = at + size
    return at
  }
  u8(): number {
    return this.view.getUint8(this.skip(1))
  }
  u16(): number {
    return this.view.getUint16(this.skip(2), true)
  }
  u32(): number {
    return this.view.getUint32(this.skip(4), true)
  }
  /** Beyond 2⁵³ it is not exact, and larger than any file. */
  u64(): number {
    const at = this.skip(8)
    return this.view.getUint32(at + 4, true) * HALF + this.view.getUint32(at, true)
  }
  time(): number {
    return getTime(this.view, this.skip(8))
  }
  raw(size: number): Uint8Array {
    const at = this.skip(size)
    return this.bytes.subarray(at, at + size)
  }
  blob(): Uint8Array {
    return this.raw(this.u32())
  }
  text(): string {
    return decoder.decode(this.blob())
  }
  /** What stands behind its length in bytes. */
  sized(): ByteSource {
    const size = this.u32()
    const at = this.skip(size)
    return new ByteSource(this.bytes, at, at + size)
  }
  map(): Map<string, string> {
    const entries = new Map<string, string>()
    for (const part = this.sized(); part.left > 0;) {
      const key = part.text()
      entries.set(key, part.text())
    }
    return entries
  }
}
