import { badPayload } from './bad-payload.js'

/** `fatal`: overlong forms, surrogates and cut sequences are refused. `ignoreBOM`: a byte order mark is payload, and kept. */
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const loose = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** The text that these bytes are, or undefined if they are not strictly UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(ownBytes(bytes))
  } catch {
    return undefined
  }
}

/** Bytes as text whatever they are, with U+FFFD for what is not UTF-8. For looking at only: it cannot be turned back. */
export function decodeTextLossy(bytes: Uint8Array): string {
  return loose.decode(ownBytes(bytes))
}

/** UTF-8 of `text`. Throws BAD_PAYLOAD on half a surrogate pair, which UTF-8 cannot hold and TextEncoder would replace. */
export function encodeText(text: string): Uint8Array {
  const half = loneSurrogate(text)
  if (half >= 0)
    throw badPayload(
      'text',
      half,
      `Character ${half + 1} is half of a surrogate pair, which cannot be written as UTF-8: remove it, or send the bytes as hex.`,
    )
  return encoder.encode(text)
}

/** Index of the first half surrogate pair, or -1. */
export function loneSurrogate(text: string): number {
  return text.search(/\p{Surrogate}/u)
}

/**
 * Control characters other than tab, line feed and carriage return. Terminals obey them and screens do not show them,
 * so a frame with one of them is better shown as bytes.
 */
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/

/** Whether a person can read this text as it is: it has no control characters but tab and line ends. */
export function isPrintable(text: string): boolean {
  return !control.test(text)
}

/** Browsers refuse to decode shared memory, which journals are made of; `slice` copies into memory of our own. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return typeof SharedArrayBuffer !== 'undefined' && bytes.buffer instanceof SharedArrayBuffer ? bytes.slice() : bytes
}
