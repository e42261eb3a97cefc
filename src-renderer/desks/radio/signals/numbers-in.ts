import { Fault, type FaultShape, type MessageType, type Place } from '../../../../src-main/contract/index.js'
import { decodeText, detect, readTree, type TreeDocument } from '../../../../src-main/payload/index.js'
import { parsePath } from '../../../../src-main/payload/json-path.js'
import { parseLayout } from '../../../../src-main/payload/struct.js'

/** Numbers that are listed of one message at most: nobody picks among more. */
export const MOST_FOUND = 2000
/** Bytes of a frame that is read as a tree to find them. */
const LARGEST = 4 * 1024 * 1024

/** A number in a message that could be drawn. */
export interface Found {
  /** How it is told from the message's others; '' where it is the whole frame. */
  readonly path: string
  /** As it stands there. */
  readonly text: string
  /** What more is known: the type and the byte where it begins. */
  readonly note: string
  readonly place: Place
}

export interface Reading {
  readonly found: readonly Found[]
  /** Why there is nothing, or less than there could be. */
  readonly fault?: FaultShape
  /** Bytes behind the last field of a layout. */
  readonly rest?: number
}

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text))

/** The numbers of a frame that says by itself what it is: a number as text, JSON, MessagePack or CBOR. @param frame its index, as places have it */
export function numbersIn(bytes: Uint8Array, frame: number): Reading {
  const text = bytes.length <= 64 ? decodeText(bytes) : undefined
  if (text !== undefined && isNumber(text))
    return { found: [{ path: '', text: text.trim(), note: '', place: { kind: 'json', path: '', frame } }] }
  if (bytes.length > LARGEST) return { found: [] }
  const format = detect(bytes)
  if (format !== 'json' && format !== 'msgpack' && format !== 'cbor') return { found: [] }
  try {
    return { found: leaves(readTree(bytes, format), frame) }
  } catch (error) {
    return refused(error)
  }
}

function leaves(document: TreeDocument, frame: number): Found[] {
  const { tape, format } = document
  const found: Found[] = []
  for (let node = 0; node < tape.length && found.length < MOST_FOUND; node++) {
    const kind = tape.kind(node)
    if (kind !== 'number' && kind !== 'true' && kind !== 'false' && kind !== 'string') continue
    const up = tape.parent(node)
    if (up >= 0 && tape.kind(up) === 'map' && tape.index(node) % 2 === 0) continue // a key
    const text = kind === 'string' ? (document.text(node) ?? '') : document.leaf(node, 60)
    if (kind === 'string' && (text.length > 40 || !isNumber(text))) continue
    if (kind === 'number' && !Number.isFinite(Number(text))) continue
    const path = document.path(node)
    if (canBeFound(path)) found.push({ path, text, note: '', place: { kind: format, path, frame } })
  }
  return found
}

/** A key that is no text stands in no path. */
function canBeFound(path: string): boolean {
  try {
    parsePath(path)
    return path.length <= 1000
  } catch {
    return false
  }
}

/** The numbers of a frame that is laid out as the text says. */
export function numbersByLayout(bytes: Uint8Array, layout: string, frame: number): Reading {
  try {
    const parsed = parseLayout(layout)
    const found: Found[] = []
    for (const { field, value } of parsed.read(bytes)) {
      const values = Array.isArray(value) ? value : [value]
      for (const [i, each] of values.entries()) {
        if (typeof each === 'string' || found.length >= MOST_FOUND) continue
        const path = field.list ? `${field.name}[${i}]` : field.name
        const note = `${field.code} @ ${field.offset + i * sizeOf(field.code)}`
        found.push({ path, text: String(each), note, place: { kind: 'struct', layout, field: path, frame } })
      }
    }
    return { found, rest: Math.max(0, bytes.length - parsed.size) }
  } catch (error) {
    return refused(error)
  }
}

const sizes: Readonly<Record<string, number>> = { h: 2, H: 2, e: 2, i: 4, I: 4, f: 4, q: 8, Q: 8, d: 8 }
const sizeOf = (code: string): number => sizes[code] ?? 1

/** Whether a layout can be read at all, before there is a message to try it on. */
export function layoutFault(layout: string): FaultShape | undefined {
  try {
    parseLayout(layout)
    return undefined
  } catch (error) {
    return refused(error).fault
  }
}

/** The numbers of a Protobuf message, from its JSON. */
export function numbersByProto(json: string, proto: string, type: string, frame: number): Reading {
  const found: Found[] = []
  const walk = (value: unknown, path: string): void => {
    if (found.length >= MOST_FOUND) return
    if (Array.isArray(value)) for (const [i, each] of value.entries()) walk(each, `${path}[${i}]`)
    else if (typeof value === 'object' && value !== null)
      for (const [name, each] of Object.entries(value)) walk(each, path === '' ? name : `${path}.${name}`)
    else if (typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && isNumber(value)))
      if (canBeFound(path))
        found.push({ path, text: String(value), note: '', place: { kind: 'protobuf', proto, type, path, frame } })
  }
  walk(JSON.parse(json), '')
  return { found }
}

/** Fields as a .proto file has them, on one line: `speed: double, wheels: repeated Wheel`. */
export const fieldsOf = (type: MessageType): string =>
  type.fields.map((field) => `${field.name}: ${field.repeated ? 'repeated ' : ''}${field.type}`).join(', ')

function refused(error: unknown): Reading {
  if (error instanceof Fault) return { found: [], fault: error.shape() }
  throw error
}
