/**
 * Unpacks an LZ4 frame (lz4_Frame_format.md), for recordings that others made. Its checksums are not looked at: the chunk has one of its own.
 * Throws `RangeError` for bytes that are none.
 */
export function unpackLz4(bytes: Uint8Array, size: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const out = new Uint8Array(size)
  let length = 0
  let at = 0
  while (at < bytes.byteLength) {
    const magic = view.getUint32(at, true)
    // Frames that are to be skipped.
    if (magic >>> 4 === 0x184d2a5) {
      at += 8 + view.getUint32(at + 4, true)
      continue
    }
    if (magic !== 0x184d2204) throw new RangeError('not an LZ4 frame')
    const flags = view.getUint8(at + 4)
    if (flags >> 6 !== 1) throw new RangeError('not a version of LZ4 that is known')
    at += 7 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0)
    for (;;) {
      const word = view.getUint32(at, true)
      at += 4
      if (word === 0) break
      const end = at + (word & 0x7fffffff)
      if (end > bytes.byteLength) throw new RangeError('an LZ4 block ends past its frame')
      if (word >>> 31 === 1) {
        out.set(bytes.subarray(at, end), length)
        length += end - at
      } else length = unpackBlock(bytes, at, end, out, length)
      at = end + (flags & 0x10 ? 4 : 0)
    }
    at += flags & 0x04 ? 4 : 0
  }
  return length === size ? out : out.subarray(0, length)
}

/** @returns the end of what is in `out`. */
function unpackBlock(bytes: Uint8Array, at: number, end: number, out: Uint8Array, length: number): number {
  while (at < end) {
    const token = bytes[at++]!
    let literals = token >> 4
    if (literals === 15)
      for (let more = 255; more === 255;) {
        more = bytes[at++] ?? 0
        literals += more
      }
    if (literals > 0) {
      if (at + literals > end) throw new RangeError('an LZ4 block ends too early')
      out.set(bytes.subarray(at, at + literals), length)
      at += literals
      length += literals
    }
    if (at >= end) return length
    const back = bytes[at]! | (bytes[at + 1]! << 8)
    at += 2
    let match = token & 15
    if (match === 15)
      for (let more = 255; more === 255;) {
        more = bytes[at++] ?? 0
        match += more
      }
    match += 4
    if (back === 0 || back > length || length + match > out.byteLength)
      throw new RangeError('an LZ4 match leads astray')
    if (back >= match) out.copyWithin(length, length - back, length - back + match)
    else for (let i = 0; i < match; i++) out[length + i] = out[length + i - back]!
    length += match
  }
  return length
}
