import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NumberType } from '../../../src-main/contract/index.js'
import { numberReader } from '../../../src-main/engine/radio/place.js'
import { Slab, SLAB_BYTES } from '../../../src-main/engine/slab.js'

const readers: Readonly<Record<NumberType, (view: DataView, at: number, little: boolean) => number | bigint>> = {
  u8: (view, at) => view.getUint8(at),
  u16: (view, at, little) => view.getUint16(at, little),
  u32: (view, at, little) => view.getUint32(at, little),
  u64: (view, at, little) => view.getBigUint64(at, little),
  i8: (view, at) => view.getInt8(at),
  i16: (view, at, little) => view.getInt16(at, little),
  i32: (view, at, little) => view.getInt32(at, little),
  i64: (view, at, little) => view.getBigInt64(at, little),
  f32: (view, at, little) => view.getFloat32(at, little),
  f64: (view, at, little) => view.getFloat64(at, little),
}
const types = Object.keys(readers) as NumberType[]

/** Bytes of which numbers at the edges are made as often as others. */
const payload = fc.array(fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)), { maxLength: 20 })

describe('a number at a place of a row', () => {
  it('is the one that stands there, of any type, in either order of bytes, and none where the frame ends before it does', () => {
    fc.assert(
      fc.property(
        fc.array(payload, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...types),
        fc.boolean(),
        fc.nat(14),
        fc.integer({ min: -3, max: 3 }),
        (frames, type, little, offset, frame) => {
          const slab = new Slab(SLAB_BYTES)
          const fields = { time: 1, direction: 0, progress: 0, malformed: false, rule: 0, source: 0, ref: 0 }
          const row = frames.map((bytes) => Uint8Array.from(bytes))
          slab.append([Uint8Array.of(1, 2, 3)], fields) // so that the row stands at no round address
          slab.append(row, fields)
          const of = row.at(frame)
          let wanted = NaN
          if (of !== undefined && frame < row.length)
            try {
              wanted = Number(readers[type](new DataView(of.buffer), offset, little))
            } catch {
              // beyond the frame's end
            }
          const place = { kind: 'number', type, endian: little ? 'little' : 'big', offset, frame } as const
          expect(numberReader(place, { protos: [], protobuf: undefined })(slab, 1)).toBe(wanted)
        },
      ),
      { numRuns: 3000 },
    )
  })
})
