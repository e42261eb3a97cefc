import { Fault, type NumberType, type Place, type ProtoFile } from '../../contract/index.js'
import { atPath, parsePath } from '../../payload/json-path.js'
import { JsonScan } from '../../payload/json-scan.js'
import { parseLayout } from '../../payload/struct.js'
import { numberAt } from '../../payload/tree-path.js'
import { readTree, type TreeFormat } from '../../payload/tree.js'
import type { Slab } from '../slab.js'

/** Reads a number out of row `i`; NaN when it is not there. */
export type RowNumber = (slab: Slab, i: number) => number

/** What reads Protobuf for the engine: src-main/proto does, where code may be compiled. Throws Fault BAD_PROTO. */
export interface ProtobufReader {
  /** @returns a frame's message as plain values; it throws for what cannot be read */
  reader(text: string, type: string): (bytes: Uint8Array) => unknown
}

export interface PlaceTools {
  readonly protos: readonly ProtoFile[]
  readonly protobuf: ProtobufReader | undefined
}

/** A reader of the number at a place. Throws Fault BAD_PATH, BAD_LAYOUT or BAD_PROTO for a place that cannot be. */
export function numberReader(place: Place, tools: PlaceTools): RowNumber {
  const { frame } = place
  switch (place.kind) {
    case 'json': {
      const scan = new JsonScan(parsePath(place.path))
      return inFrame(frame, ({ bytes }, from, to) => scan.number(bytes, from, to))
    }
    case 'msgpack':
    case 'cbor':
      return treeNumber(place.kind, place.path, frame)
    case 'number': {
      const { offset, type, endian } = place
      const size = sizes[type]
      const little = endian === 'little'
      return inFrame(frame, (slab, from, to) =>
        from + offset + size > to ? NaN : binaryNumber(slab.view, from + offset, type, little),
      )
    }
    case 'struct': {
      const read = parseLayout(place.layout).number(place.field)
      return inFrame(frame, ({ bytes }, from, to) => read(bytes.subarray(from, to)) ?? NaN)
    }
    case 'protobuf':
      return protobufNumber(place, tools)
  }
}

function treeNumber(format: TreeFormat, text: string, frame: number): RowNumber {
  const path = parsePath(text)
  return inFrame(frame, ({ bytes }, from, to) => {
    try {
      return numberAt(readTree(bytes.subarray(from, to), format), path)
    } catch (error) {
      if (error instanceof Fault) return NaN
      throw error
    }
  })
}

function protobufNumber(place: Extract<Place, { kind: 'protobuf' }>, { protos, protobuf }: PlaceTools): RowNumber {
  const file = protos.find(({ name }) => name === place.proto)
  if (file === undefined || protobuf === undefined)
    throw new Fault('BAD_PROTO', `There is no .proto file “${place.proto}” here: load it first.`, {
      proto: place.proto,
    })
  const path = parsePath(place.path)
  const read = protobuf.reader(file.text, place.type)
  return inFrame(place.frame, ({ bytes }, from, to) => {
    try {
      return plainNumber(atPath(read(bytes.subarray(from, to)), path))
    } catch {
      return NaN // these bytes are something else
    }
  })
}

function plainNumber(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean' || typeof value === 'bigint') return Number(value)
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN
}

/** @param frame from the end if negative */
function inFrame(frame: number, read: (slab: Slab, from: number, to: number) => number): RowNumber {
  return (slab, i) => {
    const count = slab.count(i)
    const f = frame < 0 ? count + frame : frame
    if (f < 0 || f >= count) return NaN
    const from = slab.frameFrom(i, f)
    return read(slab, from, from + slab.sizeOf(i, f))
  }
}

const sizes: Readonly<Record<NumberType, number>> = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  f32: 4,
  f64: 8,
}

/** Where a number of this type starts again; 0 for one that does not in practice. */
export function moduloOf(place: Place): number {
  if (place.kind !== 'number' || place.type.startsWith('f') || sizes[place.type] === 8) return 0
  return place.type.startsWith('u') ? 2 ** (8 * sizes[place.type]) : 0
}

/** Of 64 bits in two halves: together they round as the whole would, and make no object on the way. */
const HIGH = 2 ** 32

function binaryNumber(view: DataView, at: number, type: NumberType, little: boolean): number {
  const high = little ? at + 4 : at
  const low = little ? at : at + 4
  switch (type) {
    case 'u8':
      return view.getUint8(at)
    case 'u16':
      return view.getUint16(at, little)
    case 'u32':
      return view.getUint32(at, little)
    case 'u64':
      return view.getUint32(high, little) * HIGH + view.getUint32(low, little)
    case 'i8':
      return view.getInt8(at)
    case 'i16':
      return view.getInt16(at, little)
    case 'i32':
      return view.getInt32(at, little)
    case 'i64':
      return view.getInt32(high, little) * HIGH + view.getUint32(low, little)
    case 'f32':
      return view.getFloat32(at, little)
    case 'f64':
      return view.getFloat64(at, little)
  }
}
