import { Fault } from '../contract/index.js'
import { toBase64 } from './base64.js'
import { badPayload } from './bad-payload.js'
import { Bits } from './bits.js'
import { cborArgument, cborContent, cborNumber, scanCbor } from './cbor.js'
import { toHex } from './hex.js'
import { prettyJson, walkJson } from './json.js'
import { msgpackContent, msgpackNumber, msgpackTime, scanMsgpack } from './msgpack.js'
import { Tape } from './tape.js'
import { decodeText, ownBytes } from './text.js'

/** What can be read as a tree. */
export const treeFormats = ['json', 'msgpack', 'cbor'] as const
export type TreeFormat = (typeof treeFormats)[number]

/** Characters of a key that is itself an array or a map, where it stands as text. */
const KEY_LIMIT = 200

/** A value of one of the formats: its structure, and texts of whatever part is asked for. */
export abstract class TreeDocument {
  readonly format: TreeFormat
  readonly tape: Tape

  constructor(format: TreeFormat, tape: Tape) {
    this.format = format
    this.tape = tape
  }

  /** A value that holds no other, as a person reads it, and at most about `limit` characters of it. */
  abstract leaf(node: number, limit: number): string
  /** The same, whole, as a JSON value. What JSON lacks (bytes, NaN, tags) becomes the nearest that it has. */
  abstract leafJson(node: number): string
  /** The whole text of a string; undefined where it is none, or not UTF-8. */
  abstract text(node: number): string | undefined
  /** The number of a tag. */
  abstract tag(node: number): string
  /** The bytes of a byte string, of an extension's content, or of a string's text. */
  abstract bytes(node: number): Uint8Array | undefined

  /** A key as a name: its text if it is a string, otherwise how it is written. */
  name(node: number): string {
    return this.text(node) ?? this.notation(node, KEY_LIMIT)
  }

  /** Any value on one line, as CBOR's diagnostic notation (RFC 8949 §8) writes it: `{1: h'00ff', "a": [1.0]}`. */
  notation(node: number, limit: number): string {
    return this.#write(node, limit, false)
  }

  /** A value as JSON text. */
  json(node: number): string {
    return this.#write(node, Infinity, true)
  }
  /** The same over several lines. */
  prettyJson(node: number): string {
    return prettyJson(this.json(node))
  }

  /** Where a value stands, as `parsePath` reads it: `pose.position[0]`, `["a.b"]`. Tags take no step; the root's path is empty. */
  path(node: number): string {
    const { tape } = this
    const steps: string[] = []
    for (let at = node, up = tape.parent(at); up >= 0; at = up, up = tape.parent(at)) {
      if (tape.kind(up) === 'array') steps.push(`[${tape.index(at)}]`)
      else if (tape.kind(up) === 'map') steps.push(this.#step(this.keyOf(at)))
    }
    return steps.reverse().join('').replace(/^\./, '')
  }

  /** The key of a map's value. It stands before the value, and may have many nodes itself. */
  keyOf(value: number): number {
    const { tape } = this
    let at = value - 1
    while (tape.parent(at) !== tape.parent(value)) at = tape.parent(at)
    return at
  }

  #step(key: number): string {
    const name = this.text(key)
    if (name === undefined) return `[${this.notation(key, KEY_LIMIT)}]`
    return /^[^.[\]"]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
  }

  /** One loop and no recursion: a frame may nest as deep as it is long. */
  #write(root: number, limit: number, json: boolean): string {
    const { tape } = this
    const open: { end: number; close: string; map: boolean; nodes: number }[] = []
    const parts: string[] = []
    let length = 0
    const put = (text: string): void => {
      parts.push(text)
      length += text.length
    }
    const stop = tape.next(root)
    for (let node = root; node < stop && length < limit; node++) {
      while (open.length > 0 && node >= open.at(-1)!.end) put(open.pop()!.close)
      const around = open.at(-1)
      if (around !== undefined) {
        if (around.map && around.nodes % 2 === 1) put(json ? ':' : ': ')
        else if (around.nodes > 0) put(json ? ',' : ', ')
        if (json && around.map && around.nodes % 2 === 0) {
          put(JSON.stringify(this.name(node)))
          around.nodes++
          node = tape.next(node) - 1
          continue
        }
        around.nodes++
      }
      if (!tape.holds(node)) {
        put(json ? this.leafJson(node) : this.leaf(node, limit))
        continue
      }
      const kind = tape.kind(node)
      const [before, close] =
        kind === 'array'
          ? ['[', ']']
          : kind === 'map'
            ? ['{', '}']
            : json
              ? [`{"tag":${this.tag(node)},"value":`, '}']
              : [`${this.tag(node)}(`, ')']
      put(before)
      open.push({ end: tape.next(node), close, map: kind === 'map', nodes: 0 })
    }
    if (length >= limit && limit < Infinity) return `${parts.join('').slice(0, limit)}…`
    while (open.length > 0) put(open.pop()!.close)
    return parts.join('')
  }
}

class JsonDocument extends TreeDocument {
  readonly #source: string

  constructor(source: string, tape: Tape) {
    super('json', tape)
    this.#source = source
  }

  /** As it is written: escapes stay, and so does every digit. */
  leaf(node: number, limit: number): string {
    const from = this.tape.start(node)
    const to = this.tape.end(node)
    return to - from <= limit ? this.#source.slice(from, to) : `${this.#source.slice(from, from + limit)}…`
  }
  leafJson(node: number): string {
    return this.leaf(node, Infinity)
  }
  override json(node: number): string {
    return this.leaf(node, Infinity)
  }
  text(node: number): string | undefined {
    return this.tape.kind(node) === 'string' ? (JSON.parse(this.leaf(node, Infinity)) as string) : undefined
  }
  tag(): string {
    return ''
  }
  bytes(): undefined {
    return undefined
  }
}

class BinaryDocument extends TreeDocument {
  readonly #bits: Bits

  constructor(format: 'msgpack' | 'cbor', bits: Bits, tape: Tape) {
    super(format, tape)
    this.#bits = bits
  }

  leaf(node: number, limit: number): string {
    const kind = this.tape.kind(node)
    switch (kind) {
      case 'number':
        return this.#number(node)
      case 'string': {
        const text = headText(this.#content(node), limit)
        return text === undefined ? this.#hex(this.#content(node), limit) : quoted(text, limit)
      }
      case 'bytes':
        return this.#hex(this.#content(node), limit)
      case 'extension': {
        const content = this.#content(node)
        return msgpackTime(content) ?? `ext(${extensionType(content)}, ${this.#hex(content.subarray(1), limit)})`
      }
      case 'simple':
        return `simple(${cborArgument(this.#bits, this.tape.start(node))})`
      default:
        return kind
    }
  }
  leafJson(node: number): string {
    const kind = this.tape.kind(node)
    switch (kind) {
      case 'number': {
        const text = this.#number(node)
        return /[NI]/.test(text) ? `"${text}"` : text
      }
      case 'string':
        return JSON.stringify(decodeText(this.#content(node)) ?? toBase64(this.#content(node)))
      case 'bytes':
        return JSON.stringify(toBase64(this.#content(node)))
      case 'extension': {
        const content = this.#content(node)
        const time = msgpackTime(content)
        return time === undefined
          ? `{"ext":${extensionType(content)},"data":${JSON.stringify(toBase64(content.subarray(1)))}}`
          : JSON.stringify(time)
      }
      case 'simple':
        return `{"simple":${cborArgument(this.#bits, this.tape.start(node))}}`
      case 'undefined':
        return 'null'
      default:
        return kind
    }
  }
  text(node: number): string | undefined {
    return this.tape.kind(node) === 'string' ? decodeText(this.#content(node)) : undefined
  }
  tag(node: number): string {
    return cborArgument(this.#bits, this.tape.start(node))
  }
  bytes(node: number): Uint8Array | undefined {
    const kind = this.tape.kind(node)
    if (kind === 'extension') return this.#content(node).subarray(1)
    return kind === 'bytes' || kind === 'string' ? this.#content(node) : undefined
  }

  #number(node: number): string {
    const start = this.tape.start(node)
    return this.format === 'msgpack' ? msgpackNumber(this.#bits, start) : cborNumber(this.#bits, start)
  }
  #content(node: number): Uint8Array {
    const start = this.tape.start(node)
    return this.format === 'msgpack' ? msgpackContent(this.#bits, start) : cborContent(this.#bits, start)
  }
  #hex(bytes: Uint8Array, limit: number): string {
    const digits = toHex(bytes.subarray(0, Math.ceil(limit / 2)))
    return bytes.length * 2 > digits.length ? `h'${digits}…'` : `h'${digits}'`
  }
}

const extensionType = (content: Uint8Array): number => ((content[0] ?? 0) << 24) >> 24

const quoted = (text: string, limit: number): string => {
  const whole = JSON.stringify(text)
  return whole.length <= limit + 2 ? whole : `${whole.slice(0, limit)}…`
}

/** Enough of a text to see `limit` characters, or undefined where it is not UTF-8. A head may end within a character. */
function headText(bytes: Uint8Array, limit: number): string | undefined {
  const head = bytes.length <= limit * 4 ? bytes : bytes.subarray(0, limit * 4)
  for (let less = 0; less <= (head === bytes ? 0 : 3); less++) {
    const text = decodeText(head.subarray(0, head.length - less))
    if (text !== undefined) return text
  }
  return undefined
}

/** A value being read, a slice at a time, so that a page stays alive over a large one. */
export class TreeReading {
  readonly format: TreeFormat
  readonly #steps: Generator<void, TreeDocument, void>
  #document: TreeDocument | undefined
  #fault: Fault | undefined

  /** @param text the frame's text, if it has been decoded already */
  constructor(bytes: Uint8Array, format: TreeFormat, text?: string) {
    this.format = format
    this.#steps = read(bytes, format, text)
  }

  /** The whole value, once it is read. */
  get document(): TreeDocument | undefined {
    return this.#document
  }
  /** Why it cannot be read. */
  get fault(): Fault | undefined {
    return this.#fault
  }
  get done(): boolean {
    return this.#document !== undefined || this.#fault !== undefined
  }

  /** Goes on for `slices` stretches of about a millisecond. Answers whether it is done. */
  advance(slices = 1): boolean {
    try {
      for (let i = 0; i < slices && !this.done; i++) {
        const step = this.#steps.next()
        if (step.done === true) this.#document = step.value
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      this.#fault = error
    }
    return this.done
  }
}

/** Reads a whole value at once. Throws BAD_PAYLOAD. */
export function readTree(bytes: Uint8Array, format: TreeFormat): TreeDocument {
  const steps = read(bytes, format)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

function* read(bytes: Uint8Array, format: TreeFormat, decoded?: string): Generator<void, TreeDocument, void> {
  const tape = new Tape(format)
  if (format === 'json') {
    const text = decoded ?? decodeText(bytes)
    if (text === undefined) throw badPayload('json', 0, 'This is not JSON: its bytes are not UTF-8.')
    yield* tapeJson(text, tape)
    return new JsonDocument(text, tape)
  }
  const bits = new Bits(ownBytes(bytes))
  yield* format === 'msgpack' ? scanMsgpack(bits, tape) : scanCbor(bits, tape)
  return new BinaryDocument(format, bits, tape)
}

/** Puts JSON on a tape, its positions in UTF-16 units. Throws BAD_PAYLOAD. */
export function* tapeJson(text: string, tape: Tape): Generator<void, void, void> {
  yield* walkJson(text, (start, end) => {
    const first = text[start]!
    if (first === '{' || first === '[') tape.open(first === '{' ? 'map' : 'array', start)
    else if (first === '}' || first === ']') tape.close(end)
    else if (first === '"') tape.leaf('string', start, end)
    else if (first === 't') tape.leaf('true', start, end)
    else if (first === 'f') tape.leaf('false', start, end)
    else if (first === 'n') tape.leaf('null', start, end)
    else if (first !== ',' && first !== ':') tape.leaf('number', start, end)
  })
}
