import type { NumberType } from '../../src-main/contract/index.js'

/** Bytes that a number of this type takes. */
export const numberSize = (type: NumberType): number => Number(type.slice(1)) / 8

/** A number in a frame, with all its digits; undefined where the frame is too short. */
export function readNumber(
  bytes: Uint8Array,
  offset: number,
  type: NumberType,
  endian: 'little' | 'big',
): number | bigint | undefined {
  const size = numberSize(type)
  if (!Number.isInteger(offset) || offset < 0 || offset + size > bytes.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, size)
  const little = endian === 'little'
  switch (type) {
    case 'u8':
      return view.getUint8(0)
    case 'u16':
      return view.getUint16(0, little)
    case 'u32':
      return view.getUint32(0, little)
    case 'u64':
      return view.getBigUint64(0, little)
    case 'i8':
      return view.getInt8(0)
    case 'i16':
      return view.getInt16(0, little)
    case 'i32':
      return view.getInt32(0, little)
    case 'i64':
      return view.getBigInt64(0, little)
    case 'f32':
      return view.getFloat32(0, little)
    case 'f64':
      return view.getFloat64(0, little)
  }
}
