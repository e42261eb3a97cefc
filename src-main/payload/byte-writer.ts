/** Bytes that grow as they are written. */
export class ByteWriter {
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  u8(value: number): void {
    this.#room(1)
    this.#bytes[this.#length++] = value
  }
  /** A first byte and a number of 1, 2 or 4 bytes after it, in two's complement if negative. */
  head(first: number, value: number, size: 1 | 2 | 4): void {
    this.#room(5)
    this.#bytes[this.#length++] = first
    if (size === 1) this.#view.setUint8(this.#length, value)
    else if (size === 2) this.#view.setUint16(this.#length, value)
    else this.#view.setUint32(this.#length, value)
    this.#length += size
  }
  /** The same with 8 bytes. */
  wide(first: number, value: bigint): void {
    this.#room(9)
    this.#bytes[this.#length++] = first
    this.#view.setBigUint64(this.#length, BigInt.asUintN(64, value))
    this.#length += 8
  }
  f64(first: number, value: number): void {
    this.#room(9)
    this.#bytes[this.#length++] = first
    this.#view.setFloat64(this.#length, value)
    this.#length += 8
  }
  raw(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    larger.set(this.#bytes)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}
