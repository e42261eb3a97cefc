import type Koffi from 'koffi'

/** Memory that C may read. */
export interface Memory {
  readonly address: number
  readonly size: number
}

/** Memory that C may write to. */
export class Block implements Memory {
  readonly address: number
  readonly size: number
  readonly bytes: Uint8Array
  readonly words: Int32Array
  readonly times: Float64Array
  readonly view: DataView

  /** @param size bytes; at least 4096 are taken, so that the memory lies outside of V8's heap. */
  constructor(koffi: typeof Koffi, size: number) {
    const memory = new ArrayBuffer(Math.max(4096, Math.ceil(size / 8) * 8))
    this.bytes = new Uint8Array(memory)
    this.words = new Int32Array(memory)
    this.times = new Float64Array(memory)
    this.view = new DataView(memory)
    this.size = memory.byteLength
    this.address = addressOf(koffi, memory)
  }

  /** Copies a few bytes from another block: for so few a call of C would cost more. */
  put(at: number, from: Block, fromAt: number, size: number): void {
    const to = this.bytes
    const { bytes } = from
    for (let i = 0; i < size; i++) to[at + i] = bytes[fromAt + i]!
  }
}

/** Where an ArrayBuffer's memory lies. It stays there as long as the buffer is held and neither transferred nor resized. */
export function addressOf(koffi: typeof Koffi, memory: ArrayBuffer): number {
  if (memory.byteLength < 4096) throw new RangeError('Memory for C must lie outside of the heap.')
  const address = Number(koffi.address(new Uint8Array(memory)))
  if (!Number.isSafeInteger(address) || address <= 0) throw new RangeError('This address cannot be passed on.')
  return address
}
