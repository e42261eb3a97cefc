import { Fault } from '../contract/index.js'
import { toHex } from './hex.js'
import { decodeTextLossy } from './text.js'

/** How a field's bytes are read. `text` is `size` bytes up to the first NUL; `pad` is skipped. */
type Read = (view: DataView, at: number, little: boolean) => number | bigint | boolean

interface Code {
  readonly size: number
  readonly read?: Read
}

const codes: Readonly<Record<string, Code>> = {
  b: { size: 1, read: (view, at) => view.getInt8(at) },
  B: { size: 1, read: (view, at) => view.getUint8(at) },
  '?': { size: 1, read: (view, at) => view.getUint8(at) !== 0 },
  h: { size: 2, read: (view, at, little) => view.getInt16(at, little) },
  H: { size: 2, read: (view, at, little) => view.getUint16(at, little) },
  i: { size: 4, read: (view, at, little) => view.getInt32(at, little) },
  I: { size: 4, read: (view, at, little) => view.getUint32(at, little) },
  q: { size: 8, read: (view, at, little) => view.getBigInt64(at, little) },
  Q: { size: 8, read: (view, at, little) => view.getBigUint64(at, little) },
  e: { size: 2, read: (view, at, little) => halfFloat(view.getUint16(at, little)) },
  f: { size: 4, read: (view, at, little) => view.getFloat32(at, little) },
  d: { size: 8, read: (view, at, little) => view.getFloat64(at, little) },
  s: { size: 1 },
  x: { size: 1 },
}

/** Other names of the same: those of Python's struct for 4 bytes, and those that need no table. */
const aliases: Readonly<Record<string, string>> = {
  l: 'i',
  L: 'I',
  c: 's',
  bool: '?',
  i8: 'b',
  u8: 'B',
  i16: 'h',
  u16: 'H',
  i32: 'i',
  u32: 'I',
  i64: 'q',
  u64: 'Q',
  f16: 'e',
  f32: 'f',
  f64: 'd',
}

/** Most values of a layout: nobody reads more of them, and a count like 999999999 is a slip. */
const MOST_VALUES = 100_000
const EXAMPLE = '<d:time f:x f:y H:flags 3f:acc'

export interface LayoutField {
  readonly name: string
  /** One of Python's codes: b B ? h H i I q Q e f d s. */
  readonly code: string
  /** Bytes from the start of the frame. */
  readonly offset: number
  /** Values; bytes of a text. 1 also stands for a field without a count. */
  readonly count: number
  /** Written with a count: its value is a list, even of one. */
  readonly list: boolean
}

export type LayoutValue = number | bigint | boolean | string | (number | bigint | boolean)[]

/** A binary layout: fields at fixed places, read straight from a frame. */
export class Layout {
  readonly fields: readonly LayoutField[]
  /** Bytes of all fields, padding included. */
  readonly size: number
  readonly little: boolean

  constructor(fields: readonly LayoutField[], size: number, little: boolean) {
    this.fields = fields
    this.size = size
    this.little = little
  }

  /** Every field's value, in order. What follows in the frame is not looked at. Throws Fault BAD_PAYLOAD when the frame is too short, with the byte. */
  read(bytes: Uint8Array): { field: LayoutField; value: LayoutValue }[] {
    this.#check(bytes.byteLength)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return this.fields.map((field) => ({ field, value: this.#value(field, bytes, view) }))
  }

  /**
   * A reader of one number: `speed`, `acc[1]`. It gives undefined where the frame is too short. Throws Fault BAD_PATH for what is no field of numbers.
   */
  number(path: string): (bytes: Uint8Array) => number | undefined {
    const [, name = path, index] = /^(.*)\[(\d+)\]$/.exec(path) ?? []
    const field = this.fields.find((f) => f.name === name)
    const at = Number(index ?? 0)
    const read = codes[field?.code ?? '']?.read
    if (field === undefined) throw badField(path, `there is no field ${name}`, this.fields)
    if (read === undefined) throw badField(path, `${name} is a text and no number`, this.fields)
    if (index !== undefined && at >= field.count) throw badField(path, `${name} has ${field.count} values`, this.fields)
    const { size } = codes[field.code]!
    const offset = field.offset + at * size
    const { little } = this
    return (bytes) => {
      if (offset + size > bytes.byteLength) return undefined
      return Number(read(new DataView(bytes.buffer, bytes.byteOffset + offset, size), 0, little))
    }
  }

  #value(field: LayoutField, bytes: Uint8Array, view: DataView): LayoutValue {
    const { offset, count, code } = field
    const { read, size } = codes[code]!
    if (read === undefined) {
      const text = bytes.subarray(offset, offset + count)
      const end = text.indexOf(0)
      return decodeTextLossy(end < 0 ? text : text.subarray(0, end))
    }
    if (!field.list) return read(view, offset, this.little)
    return Array.from({ length: count }, (_, i) => read(view, offset + i * size, this.little))
  }

  #check(length: number): void {
    if (length >= this.size) return
    const cut = this.fields.find((f) => f.offset + f.count * codes[f.code]!.size > length)
    const where = cut === undefined ? '' : ` and field ${cut.name} begins at byte ${cut.offset}`
    throw new Fault('BAD_PAYLOAD', `The layout needs ${this.size} bytes${where}, but the frame has only ${length}.`, {
      format: 'struct',
      position: length,
    })
  }
}

/**
 * Reads a layout in the manner of Python's struct, with names: `<d:time f:x f:y H:flags 3f:acc`. First the order of bytes: `<` little endian (also if left
 * out), `>` or `!` big, `@` little with each field at a multiple of its size, as C compilers lay structs out. Then fields apart by blanks or commas: a count if
 * there are several (of `s` and `x`: bytes), a type (b B ? h H i I l L q Q e f d s x, or i8…u64, f16 f32 f64, bool), and `:name` (`field1`, … without).
 * Throws Fault BAD_LAYOUT whose detail has `position`, an index into the text.
 */
export function parseLayout(text: string): Layout {
  const order = /^\s*([<>!=@])?/.exec(text)!
  const aligned = order[1] === '@'
  const little = order[1] !== '>' && order[1] !== '!'
  const fields: LayoutField[] = []
  const names = new Set<string>()
  let size = 0
  let widest = 1
  let values = 0
  const token = /(\d+)?([A-Za-z?][A-Za-z0-9]*)(?::([^\s,;]*))?/y
  const blank = /[\s,;]*/y
  let next = order[0].length
  for (;;) {
    blank.lastIndex = next
    blank.exec(text)
    const at = blank.lastIndex
    if (at >= text.length) break
    token.lastIndex = at
    const [, digits, type, name] = token.exec(text) ?? []
    if (type === undefined)
      throw badLayout(
        text,
        at,
        `expected a type such as d, f or u16, found “${String.fromCodePoint(text.codePointAt(at) ?? 0)}”`,
      )
    next = token.lastIndex
    const code = aliases[type] ?? type
    const known = codes[code]
    const typeAt = at + (digits?.length ?? 0)
    if (known === undefined) throw badLayout(text, typeAt, `there is no type ${type}`)
    const count = Number(digits ?? 1)
    if (count === 0) throw badLayout(text, at, 'a count begins at 1')
    values += code === 's' || code === 'x' ? 1 : count
    if (values > MOST_VALUES || count > 2 ** 30) throw badLayout(text, at, `a layout has at most ${MOST_VALUES} values`)
    if (aligned) {
      size = roundUp(size, known.size)
      widest = Math.max(widest, known.size)
    }
    if (code !== 'x') {
      const called = name ?? `field${fields.length + 1}`
      const nameAt = typeAt + type.length + 1
      if (!/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(called))
        throw badLayout(text, nameAt, `a name is letters, digits, _, . and -, found “${called}”`)
      if (names.has(called)) throw badLayout(text, name === undefined ? at : nameAt, `there are two fields ${called}`)
      names.add(called)
      fields.push({ name: called, code, offset: size, count, list: digits !== undefined && code !== 's' })
    } else if (name !== undefined) {
      throw badLayout(text, typeAt + 1, 'padding (x) has no name')
    }
    size += count * known.size
  }
  if (fields.length === 0) throw badLayout(text, text.length, 'it has no field')
  return new Layout(fields, aligned ? roundUp(size, widest) : size, little)
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step

function badLayout(text: string, position: number, why: string): Fault {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text
  return new Fault('BAD_LAYOUT', `Layout “${shown}”, character ${position + 1}: ${why}. For example ${EXAMPLE}.`, {
    layout: shown,
    position,
  })
}

function badField(path: string, why: string, fields: readonly LayoutField[]): Fault {
  const names = fields.slice(0, 20).map((f) => f.name)
  return new Fault('BAD_PATH', `Field “${path}”: ${why}. The layout has ${names.join(', ')}.`, { path, at: 1 })
}

/** IEEE 754 binary16. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** A layout's values over several lines, for a person: `name = value`. */
export function layoutText(layout: Layout, bytes: Uint8Array): string {
  const lines = layout.read(bytes).map(({ field, value }) => `${field.name} = ${shown(value)}`)
  const rest = bytes.byteLength - layout.size
  if (rest > 0)
    lines.push(`+ ${rest} bytes: ${toHex(bytes.subarray(layout.size, layout.size + 32))}${rest > 32 ? '…' : ''}`)
  return lines.join('\n')
}

const shown = (value: LayoutValue): string =>
  Array.isArray(value) ? `[${value.join(', ')}]` : typeof value === 'string' ? JSON.stringify(value) : String(value)
