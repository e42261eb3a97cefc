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
      return inFrame(frame, (bytes, from, to) => scan.number(bytes, from, to))
    }
    case 'msgpack':
    case 'cbor':
      return treeNumber(place.kind, place.path, frame)
    case 'number': {
      const { offset, type, endian } = place
      const size = sizes[type]
      const little = endian === 'little'
      return inFrame(frame, (bytes, from, to) =>
        from + offset + size > to ? NaN : binaryNumber(bytes, from + offset, type, little),
      )
    }
    case 'struct': {
      const read = parseLayout(place.layout).number(place.field)
      return inFrame(frame, (bytes, from, to) => read(bytes.subarray(from, to)) ?? NaN)
    }
    case 'protobuf':
      return protobufNumber(place, tools)
  }
}

function treeNumber(format: TreeFormat, text: string, frame: number): RowNumber {
  const path = parsePath(text)
  return inFrame(frame, (bytes, from, to) => {
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
  return inFrame(place.frame, (bytes, from, to) => {
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
function inFrame(frame: number, read: (bytes: Uint8Array, from: number, to: number) => number): RowNumber {
  return (slab, i) => {
    const count = slab.count(i)
    const f = frame < 0 ? count + frame : frame
    if (f < 0 || f >= count) return NaN
    const from = slab.frameFrom(i, f)
    return read(slab.bytes, from, from + slab.sizeOf(i, f))
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

const scratch = new DataView(new ArrayBuffer(8))

function binaryNumber(bytes: Uint8Array, at: number, type: NumberType, little: boolean): number {
  for (let i = 0; i < sizes[type]; i++) scratch.setUint8(i, bytes[at + i]!)
  switch (type) {
    case 'u8':
      return scratch.getUint8(0)
    case 'u16':
      return scratch.getUint16(0, little)
    case 'u32':
      return scratch.getUint32(0, little)
    case 'u64':
      return Number(scratch.getBigUint64(0, little))
    case 'i8':
      return scratch.getInt8(0)
    case 'i16':
      return scratch.getInt16(0, little)
    case 'i32':
      return scratch.getInt32(0, little)
    case 'i64':
      return Number(scratch.getBigInt64(0, little))
    case 'f32':
      return scratch.getFloat32(0, little)
    case 'f64':
      return scratch.getFloat64(0, little)
  }
}
