import { badPayload } from './bad-payload.js'
import type { Bits } from './bits.js'
import { ByteWriter } from './byte-writer.js'
import { floatText } from './numbers.js'
import { STRETCH, type Tape } from './tape.js'

const fail = (at: number, sentence: string) => badPayload('cbor', at, `This is not CBOR: ${sentence}`)

/** An item's head (RFC 8949 §3): major type, additional information, its argument, and where it ends. */
interface Head {
  major: number
  info: number
  /** As far as a number holds it; `wide` for all 64 bits. Meaningless where `info` is 31. */
  value: number
  end: number
}
const INDEFINITE = 31

function head(bits: Bits, at: number): Head {
  const first = bits.u8(at)
  const major = first >> 5
  const info = first & 0x1f
  if (info < 24) return { major, info, value: info, end: at + 1 }
  if (info === INDEFINITE) {
    if (major === 0 || major === 1 || major === 6)
      throw fail(at, `byte ${at} is 0x${first.toString(16)}, which the format never uses.`)
    return { major, info, value: 0, end: at + 1 }
  }
  if (info > 27) throw fail(at, `byte ${at} is 0x${first.toString(16)}, which the format never uses.`)
  const size = 2 ** (info - 24)
  if (at + 1 + size > bits.length) throw fail(at, `it ends within the item at byte ${at}.`)
  const value =
    size === 1
      ? bits.u8(at + 1)
      : size === 2
        ? bits.u16(at + 1)
        : size === 4
          ? bits.u32(at + 1)
          : Number(bits.view.getBigUint64(at + 1))
  return { major, info, value, end: at + 1 + size }
}

/** All 64 bits of a head's argument. */
const wide = (bits: Bits, at: number, { info, value }: Head): bigint =>
  info === 27 ? bits.view.getBigUint64(at + 1) : BigInt(value)

/** Marks a container that ends with a break, in place of the number of values still to come. */
const UNTIL_BREAK = -1

/**
 * Puts the one CBOR item that `bits` are on the tape, in slices. Throws BAD_PAYLOAD, with the byte, for what is not well-formed
 * (RFC 8949 appendix F), for an item that is cut off, and for bytes that are left over.
 */
export function* scanCbor(bits: Bits, tape: Tape): Generator<void, void, void> {
  const { length } = bits
  /** Items still to come in each open container, or UNTIL_BREAK. */
  const due: number[] = []
  /** Whether the next item of each open container that ends with a break is a map's value: a break may not come then. */
  const half: boolean[] = []
  let at = 0
  for (let values = 1; ; values++) {
    if (values % STRETCH === 0) yield
    const start = at
    if (at >= length) throw fail(at, `it ends at byte ${at} where another item should be.`)
    if (bits.u8(at) === 0xff) {
      if (due.at(-1) !== UNTIL_BREAK || half.at(-1) === true)
        throw fail(at, `byte ${at} is a break, and there is nothing that it could end.`)
      tape.close(++at)
      due.pop()
      half.pop()
    } else {
      const it = head(bits, start)
      at = it.end
      if (it.major === 4 || it.major === 5 || it.major === 6) {
        const kind = it.major === 4 ? 'array' : it.major === 5 ? 'map' : 'tag'
        const children =
          it.info === INDEFINITE ? UNTIL_BREAK : kind === 'tag' ? 1 : kind === 'map' ? it.value * 2 : it.value
        if (children > length - at)
          throw fail(
            start,
            `the ${kind} at byte ${start} says that it has ${kind === 'tag' ? 'a value' : `${it.value} ${kind === 'map' ? 'pairs' : 'values'}`}, and only ${length - at} bytes follow.`,
          )
        tape.open(kind, start)
        due.push(children)
        half.push(false)
        if (children !== 0) continue
        tape.close(at)
        due.pop()
        half.pop()
      } else {
        at = leaf(bits, tape, start, it)
      }
    }
    // A value is complete: the containers that it completes close with it.
    for (;;) {
      const last = due.length - 1
      if (last < 0) break
      if (due[last] === UNTIL_BREAK) {
        if (tape.lastOpenIsMap()) half[last] = !half[last]
        break
      }
      if (--due[last]! > 0) break
      tape.close(at)
      due.pop()
      half.pop()
    }
    if (due.length === 0) break
  }
  if (at < length) throw fail(at, `an item ends at byte ${at}, and ${length - at} more bytes follow.`)
}

/** Puts an item that holds no other on the tape; answers where it ends. */
function leaf(bits: Bits, tape: Tape, start: number, it: Head): number {
  const { major, info, value, end } = it
  if (major < 2) {
    tape.leaf('number', start, end)
    return end
  }
  if (major < 4) {
    const kind = major === 2 ? 'bytes' : 'string'
    const stop = info === INDEFINITE ? chunks(bits, start, major, () => undefined) : end + value
    if (stop > bits.length)
      throw fail(
        start,
        `the ${kind} at byte ${start} says that it has ${value} bytes, and only ${bits.length - end} follow.`,
      )
    tape.leaf(kind, start, stop)
    return stop
  }
  if (info === 24 && value < 32)
    throw fail(start, `the simple value at byte ${start} is written in two bytes where one is prescribed.`)
  const kind =
    info === 20
      ? 'false'
      : info === 21
        ? 'true'
        : info === 22
          ? 'null'
          : info === 23
            ? 'undefined'
            : info > 24
              ? 'number'
              : 'simple'
  tape.leaf(kind, start, end)
  return end
}

/** Walks a string of indefinite length: definite chunks of the same kind up to a break. Answers where it ends. */
function chunks(bits: Bits, start: number, major: number, chunk: (bytes: Uint8Array) => void): number {
  for (let at = start + 1; ;) {
    if (at >= bits.length) throw fail(start, `the string at byte ${start} has no end.`)
    if (bits.u8(at) === 0xff) return at + 1
    const it = head(bits, at)
    if (it.major !== major || it.info === INDEFINITE)
      throw fail(at, `the string at byte ${start} is in pieces, and byte ${at} begins something else.`)
    if (it.end + it.value > bits.length)
      throw fail(
        at,
        `the piece at byte ${at} says that it has ${it.value} bytes, and only ${bits.length - it.end} follow.`,
      )
    chunk(bits.bytes.subarray(it.end, it.end + it.value))
    at = it.end + it.value
  }
}

/** The content of a string or byte string, its pieces joined. */
export function cborContent(bits: Bits, start: number): Uint8Array {
  const it = head(bits, start)
  if (it.info !== INDEFINITE) return bits.bytes.subarray(it.end, it.end + it.value)
  const writer = new ByteWriter()
  chunks(bits, start, it.major, (bytes) => {
    writer.raw(bytes)
  })
  return writer.finish()
}

/** A number exactly: integers to the last digit, floats with a point. */
export function cborNumber(bits: Bits, start: number): string {
  const it = head(bits, start)
  if (it.major === 0) return String(wide(bits, start, it))
  if (it.major === 1) return String(-1n - wide(bits, start, it))
  if (it.info === 25) return floatText(halfFloat(bits.u16(start + 1)))
  return floatText(it.info === 26 ? bits.view.getFloat32(start + 1) : bits.view.getFloat64(start + 1))
}

/** The number of a tag or of a simple value. */
export const cborArgument = (bits: Bits, start: number): string => String(wide(bits, start, head(bits, start)))

/** IEEE 754 half precision. */
function halfFloat(code: number): number {
  const exponent = (code >> 10) & 0x1f
  const fraction = code & 0x3ff
  const size =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction === 0
          ? Infinity
          : NaN
        : (fraction + 1024) * 2 ** (exponent - 25)
  return code & 0x8000 ? -size : size
}

/** Writes CBOR in its preferred, shortest heads; lengths are always stated. */
export class CborWriter extends ByteWriter {
  null(): void {
    this.u8(0xf6)
  }
  boolean(value: boolean): void {
    this.u8(value ? 0xf5 : 0xf4)
  }
  /** Beyond 64 bits as a bignum (tags 2 and 3). */
  integer(value: bigint): void {
    const size = value < 0n ? -1n - value : value
    if (size <= 0xffffffffffffffffn) {
      this.#head(value < 0n ? 1 : 0, size)
      return
    }
    this.#head(6, value < 0n ? 3n : 2n)
    const digits = size.toString(16)
    const even = digits.padStart(digits.length + (digits.length % 2), '0')
    const bytes = Uint8Array.from(even.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    this.#head(2, BigInt(bytes.length))
    this.raw(bytes)
  }
  float(value: number): void {
    this.f64(0xfb, value)
  }
  string(bytes: Uint8Array): void {
    this.#head(3, BigInt(bytes.length))
    this.raw(bytes)
  }
  array(count: number): void {
    this.#head(4, BigInt(count))
  }
  map(pairs: number): void {
    this.#head(5, BigInt(pairs))
  }

  #head(major: number, value: bigint): void {
    const first = major << 5
    if (value < 24n) this.u8(first | Number(value))
    else if (value <= 0xffn) this.head(first | 24, Number(value), 1)
    else if (value <= 0xffffn) this.head(first | 25, Number(value), 2)
    else if (value <= 0xffffffffn) this.head(first | 26, Number(value), 4)
    else this.wide(first | 27, value)
  }
}
