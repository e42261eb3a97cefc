/** Bytes with the ways to read numbers in them, big endian as MessagePack and CBOR have them. Reading beyond the end is a bug of the caller. */
export class Bits {
  readonly bytes: Uint8Array
  readonly view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get length(): number {
    return this.bytes.length
  }
  u8(at: number): number {
    return this.bytes[at]!
  }
  u16(at: number): number {
    return this.view.getUint16(at)
  }
  u32(at: number): number {
    return this.view.getUint32(at)
  }
}
