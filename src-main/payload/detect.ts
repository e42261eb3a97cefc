import { Fault } from '../contract/index.js'
import { imageInfo } from './image.js'
import { walkJson } from './json.js'
import { decodeText, isPrintable } from './text.js'
import { TreeReading } from './tree.js'

/** How a frame is best shown. */
export type Shown = 'text' | 'json' | 'hex' | 'msgpack' | 'cbor' | 'image'

/** Stretches of a reader after which a frame that has given no offence is taken for what it seems to be: tens of thousands of values. */
const SLICES = 3

/**
 * - `image`: PNG, JPEG or WebP by signature.
 * - `json`: an object or an array. A bare number or word is JSON too, but nobody who sends `42` thinks of it so.
 * - `text`: strictly UTF-8 without control characters other than tab and line ends; an empty frame is text.
 * - `msgpack`, `cbor`: a map or array of which every byte is accounted for, with texts that are texts and keys that are scalars.
 * - `hex`: everything else.
 *
 * It takes a bounded time: of a large frame only the beginning is looked at for JSON, MessagePack and CBOR.
 * @param text the frame's text, if it has been decoded already; undefined where it is not UTF-8
 */
export function detect(bytes: Uint8Array, text = decodeText(bytes)): Shown {
  if (text !== undefined && isPrintable(text)) return /^\s*[[{]/.test(text) && beginsAsJson(text) ? 'json' : 'text'
  if (imageInfo(bytes) !== undefined) return 'image'
  const first = bytes[0] ?? 0
  // Only what begins as a container: one byte in four begins a number, and would be called MessagePack.
  if (((first >= 0x80 && first < 0xa0) || (first >= 0xdc && first <= 0xdf)) && isTree(bytes, 'msgpack'))
    return 'msgpack'
  if (first >= 0x80 && first < 0xe0 && isTree(bytes, 'cbor')) return 'cbor'
  return 'hex'
}

function beginsAsJson(text: string): boolean {
  const steps = walkJson(text, () => undefined)
  try {
    for (let i = 0; i < SLICES; i++) if (steps.next().done === true) return true
    return true
  } catch (error) {
    if (error instanceof Fault) return false
    throw error
  }
}

/** Values that are looked at for being what a person would send. */
const LOOKED_AT = 1000

function isTree(bytes: Uint8Array, format: 'msgpack' | 'cbor'): boolean {
  if (bytes.length < 3) return false
  const reading = new TreeReading(bytes, format)
  reading.advance(SLICES)
  if (reading.fault !== undefined) return false
  const { document } = reading
  // Tens of thousands of values without a fault are no accident.
  if (document === undefined) return true
  const { tape } = document
  if (tape.length < 2 || (tape.kind(0) === 'tag' && !tape.holds(1))) return false
  for (let node = 1; node < Math.min(tape.length, LOOKED_AT); node++) {
    if (tape.kind(node) === 'string' && document.text(node) === undefined) return false
    const key = tape.kind(tape.parent(node)) === 'map' && tape.index(node) % 2 === 0
    if (key && tape.kind(node) !== 'string' && tape.kind(node) !== 'number') return false
  }
  return true
}
