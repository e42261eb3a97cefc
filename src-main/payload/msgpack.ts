import { badPayload } from './bad-payload.js'
import type { Bits } from './bits.js'
import { floatText } from './numbers.js'
import { STRETCH, type Tape } from './tape.js'
import { ByteWriter } from './byte-writer.js'

const fail = (at: number, sentence: string) => badPayload('msgpack', at, `This is not MessagePack: ${sentence}`)

/** Bytes of the number after each first byte that announces one. */
const fixedSize: Record<number, number> = {
  0xca: 4,
  0xcb: 8,
  0xcc: 1,
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1,
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
}

/**
 * Puts the one MessagePack value that `bits` are on the tape, in slices. Throws BAD_PAYLOAD, with the byte, for anything that the
 * format does not have, for a value that is cut off, and for bytes that are left over.
 */
export function* scanMsgpack(bits: Bits, tape: Tape): Generator<void, void, void> {
  const { length } = bits
  /** Values still to come in each open container. */
  const due: number[] = []
  let at = 0
  for (let values = 1; ; values++) {
    if (values % STRETCH === 0) yield
    const start = at
    if (at >= length) throw fail(at, `it ends at byte ${at} where another value should be.`)
    const head = header(bits, start)
    at += head.header
    if (head.kind === 'array' || head.kind === 'map') {
      const children = head.kind === 'map' ? head.size * 2 : head.size
      if (children > length - at)
        throw fail(
          start,
          `the ${head.kind} at byte ${start} says that it has ${head.size} ${head.kind === 'map' ? 'pairs' : 'values'}, and only ${length - at} bytes follow.`,
        )
      tape.open(head.kind, start)
      due.push(children)
    } else {
      if (head.size > length - at)
        throw fail(
          start,
          `the ${head.kind} at byte ${start} says that it has ${head.size} bytes, and only ${length - at} follow.`,
        )
      at += head.size
      tape.leaf(head.kind, start, at)
      if (due.length > 0) due[due.length - 1]!--
    }
    while (due.at(-1) === 0) {
      tape.close(at)
      due.pop()
      if (due.length > 0) due[due.length - 1]!--
    }
    if (due.length === 0) break
  }
  if (at < length) throw fail(at, `a value ends at byte ${at}, and ${length - at} more follow.`)
}

/** Kind, bytes before the content, and its size: bytes, or values or pairs of a container. */
interface Head {
  kind: 'null' | 'false' | 'true' | 'number' | 'string' | 'bytes' | 'extension' | 'array' | 'map'
  header: number
  size: number
}

function header(bits: Bits, at: number): Head {
  const first = bits.u8(at)
  if (first < 0x80 || first >= 0xe0) return { kind: 'number', header: 1, size: 0 }
  if (first < 0x90) return { kind: 'map', header: 1, size: first & 0x0f }
  if (first < 0xa0) return { kind: 'array', header: 1, size: first & 0x0f }
  if (first < 0xc0) return { kind: 'string', header: 1, size: first & 0x1f }
  const size = fixedSize[first]
  if (size !== undefined) return { kind: 'number', header: 1, size }
  const sized = (kind: Head['kind'], bytes: 1 | 2 | 4, more = 0): Head => {
    if (at + 1 + bytes > bits.length) throw fail(at, `it ends within the length of the ${kind} at byte ${at}.`)
    const stated = bytes === 1 ? bits.u8(at + 1) : bytes === 2 ? bits.u16(at + 1) : bits.u32(at + 1)
    return { kind, header: 1 + bytes, size: stated + more }
  }
  switch (first) {
    case 0xc0:
      return { kind: 'null', header: 1, size: 0 }
    case 0xc2:
      return { kind: 'false', header: 1, size: 0 }
    case 0xc3:
      return { kind: 'true', header: 1, size: 0 }
    case 0xc4:
      return sized('bytes', 1)
    case 0xc5:
      return sized('bytes', 2)
    case 0xc6:
      return sized('bytes', 4)
    // An extension's type byte is the first of its content here.
    case 0xc7:
      return sized('extension', 1, 1)
    case 0xc8:
      return sized('extension', 2, 1)
    case 0xc9:
      return sized('extension', 4, 1)
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return { kind: 'extension', header: 1, size: 1 + 2 ** (first - 0xd4) }
    case 0xd9:
      return sized('string', 1)
    case 0xda:
      return sized('string', 2)
    case 0xdb:
      return sized('string', 4)
    case 0xdc:
      return sized('array', 2)
    case 0xdd:
      return sized('array', 4)
    case 0xde:
      return sized('map', 2)
    case 0xdf:
      return sized('map', 4)
    default:
      throw fail(at, `byte ${at} is 0x${first.toString(16)}, which the format never uses.`)
  }
}

/** The content of a string, byte string or extension (whose first byte is then its type). */
export function msgpackContent(bits: Bits, start: number): Uint8Array {
  const { header: before, size } = header(bits, start)
  return bits.bytes.subarray(start + before, start + before + size)
}

/** A number exactly: integers to the last digit, floats with a point. */
export function msgpackNumber(bits: Bits, start: number): string {
  const first = bits.u8(start)
  const at = start + 1
  switch (first) {
    case 0xca:
      return floatText(bits.view.getFloat32(at))
    case 0xcb:
      return floatText(bits.view.getFloat64(at))
    case 0xcc:
      return String(bits.u8(at))
    case 0xcd:
      return String(bits.u16(at))
    case 0xce:
      return String(bits.u32(at))
    case 0xcf:
      return String(bits.view.getBigUint64(at))
    case 0xd0:
      return String(bits.view.getInt8(at))
    case 0xd1:
      return String(bits.view.getInt16(at))
    case 0xd2:
      return String(bits.view.getInt32(at))
    case 0xd3:
      return String(bits.view.getBigInt64(at))
    default:
      return String(first < 0x80 ? first : first - 0x100)
  }
}

/** Time of a timestamp extension (type -1) in ISO 8601 with its nanoseconds, or undefined if it is none that a calendar has. */
export function msgpackTime(content: Uint8Array): string | undefined {
  if (content[0] !== 0xff) return undefined
  const view = new DataView(content.buffer, content.byteOffset + 1, content.length - 1)
  let seconds: bigint
  let nanos = 0
  if (view.byteLength === 4) seconds = BigInt(view.getUint32(0))
  else if (view.byteLength === 8) {
    seconds = view.getBigUint64(0) & 0x3ffffffffn
    nanos = view.getUint32(0) >>> 2
  } else if (view.byteLength === 12) {
    nanos = view.getUint32(0)
    seconds = view.getBigInt64(4)
  } else return undefined
  const date = new Date(Number(seconds) * 1000)
  if (nanos > 999_999_999 || Number.isNaN(date.getTime())) return undefined
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`
  return date.toISOString().replace(/\.\d+Z$/, `${fraction}Z`)
}

/** Writes MessagePack, each value in its shortest form. */
export class MsgpackWriter extends ByteWriter {
  null(): void {
    this.u8(0xc0)
  }
  boolean(value: boolean): void {
    this.u8(value ? 0xc3 : 0xc2)
  }
  /** Throws BAD_PAYLOAD: 64 bits are the most that there is. */
  integer(value: bigint, at: number): void {
    if (value >= 0n) {
      if (value < 0x80n) this.u8(Number(value))
      else if (value <= 0xffn) this.head(0xcc, Number(value), 1)
      else if (value <= 0xffffn) this.head(0xcd, Number(value), 2)
      else if (value <= 0xffffffffn) this.head(0xce, Number(value), 4)
      else if (value <= 0xffffffffffffffffn) this.wide(0xcf, value)
      else throw tooLarge(value, at)
    } else if (value >= -0x20n) this.u8(Number(value) & 0xff)
    else if (value >= -0x80n) this.head(0xd0, Number(value), 1)
    else if (value >= -0x8000n) this.head(0xd1, Number(value), 2)
    else if (value >= -0x80000000n) this.head(0xd2, Number(value), 4)
    else if (value >= -0x8000000000000000n) this.wide(0xd3, value)
    else throw tooLarge(value, at)
  }
  float(value: number): void {
    this.f64(0xcb, value)
  }
  string(bytes: Uint8Array): void {
    const { length } = bytes
    if (length < 32) this.u8(0xa0 | length)
    else if (length <= 0xff) this.head(0xd9, length, 1)
    else if (length <= 0xffff) this.head(0xda, length, 2)
    else this.head(0xdb, length, 4)
    this.raw(bytes)
  }
  array(count: number): void {
    if (count < 16) this.u8(0x90 | count)
    else if (count <= 0xffff) this.head(0xdc, count, 2)
    else this.head(0xdd, count, 4)
  }
  map(pairs: number): void {
    if (pairs < 16) this.u8(0x80 | pairs)
    else if (pairs <= 0xffff) this.head(0xde, pairs, 2)
    else this.head(0xdf, pairs, 4)
  }
}

function tooLarge(value: bigint, at: number): Error {
  return badPayload(
    'msgpack',
    at,
    `${value} does not fit in the 64 bits of a MessagePack integer: write it as text, or with a decimal point.`,
  )
}
