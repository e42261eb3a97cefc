import type { TopicKey } from '../contract/index.js'
import { fromHex, toHex } from './hex.js'
import { decodeText, encodeText, isPrintable } from './text.js'

/** Bytes of a topic that tell it from others; what is longer counts as the topic of its first so many bytes. */
export const TOPIC_BYTES = 256

const SPACE = 0x20
const TAB = 0x09
const DELETE = 0x7f

/**
 * How many bytes at `from` are the topic of a message with `frames` frames, whose first one is `bytes` from `from` to `to`; -1 when it has none. Of several
 * frames the first is the topic. A single frame has one if it begins with a word and white space (`10001 25 60`), or is one word that begins like a name
 * (`heartbeat`, and not `13.5` or `{"a":1}`).
 */
export function topicLength(bytes: Uint8Array, from: number, to: number, frames: number): number {
  const size = to - from
  if (frames > 1) return Math.min(size, TOPIC_BYTES)
  const first = bytes[from]
  if (size === 0 || first === undefined || !beginsWord(first)) return -1
  const end = Math.min(to, from + TOPIC_BYTES)
  for (let at = from + 1; at < end; at++) {
    const byte = bytes[at]!
    if (byte === SPACE || byte === TAB || byte === 0x0a || byte === 0x0d) return at - from
    if (byte < SPACE || byte === DELETE) return -1
  }
  return size <= TOPIC_BYTES && beginsName(first) ? size : -1
}

const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
/** Letters, `/`, `_`, `$`, `@` and what is not ASCII. */
const beginsName = (byte: number): boolean =>
  isLetter(byte) || byte === 0x2f || byte === 0x5f || byte === 0x24 || byte === 0x40 || byte >= 0x80
const beginsWord = (byte: number): boolean => beginsName(byte) || (byte >= 0x30 && byte <= 0x39)

/** A topic's bytes as a person reads them: text where they are that, otherwise hex. */
export function topicKey(bytes: Uint8Array): TopicKey {
  const text = decodeText(bytes)
  return text !== undefined && isPrintable(text) ? { kind: 'text', name: text } : { kind: 'hex', name: toHex(bytes) }
}

/** The topic of a message, from its frames. */
export function topicOf(frames: readonly Uint8Array[]): TopicKey {
  const first = frames[0] ?? new Uint8Array()
  const length = topicLength(first, 0, first.byteLength, frames.length)
  return length < 0 ? { kind: 'none', name: '' } : topicKey(first.subarray(0, length))
}

/** The bytes of a topic; undefined for messages without one. Throws Fault BAD_PAYLOAD for what is not hex. */
export function topicBytes({ kind, name }: TopicKey): Uint8Array | undefined {
  if (kind === 'none') return undefined
  return (kind === 'hex' ? fromHex(name) : encodeText(name)).subarray(0, TOPIC_BYTES)
}
