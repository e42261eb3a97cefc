import { badPayload, quoteCharacter } from './bad-payload.js'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const values = new Int8Array(128).fill(-1)
for (let i = 0; i < 64; i++) values[alphabet.charCodeAt(i)] = i
// The URL alphabet is read as well: both are found in the wild and they do not clash.
values[0x2d] = 62
values[0x5f] = 63

const isBlank = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d)

/** RFC 4648 §4, padded, on one line. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  // btoa takes a string of byte values; pieces of a multiple of 3 bytes need no padding and join up.
  for (let start = 0; start < bytes.length; start += 0x6000)
    text += btoa(String.fromCharCode(...bytes.subarray(start, start + 0x6000)))
  return text
}

/**
 * Bytes from base64, plain or URL alphabet, padding optional, blanks and line ends skipped. Throws BAD_PAYLOAD with the
 * position of the first character that cannot be there.
 */
export function fromBase64(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4))
  let length = 0
  let bits = 0
  let held = 0
  let digits = 0
  let last = -1
  let at = 0
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (isBlank(code)) continue
    if (code === 0x3d) break
    const value = code < 128 ? values[code]! : -1
    if (value < 0)
      throw badPayload(
        'base64',
        at,
        `${quoteCharacter(text, at)} at character ${at + 1} is not base64: use A–Z, a–z, 0–9, "+" and "/".`,
      )
    held = ((held << 6) | value) & 0xffff
    bits += 6
    digits++
    last = at
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = (held >> bits) & 0xff
    }
  }
  let padding = 0
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (isBlank(code)) continue
    padding++
    if (code !== 0x3d || padding > (4 - (digits % 4)) % 4)
      throw badPayload(
        'base64',
        i,
        `${quoteCharacter(text, i)} at character ${i + 1} comes after the end of the base64: remove it.`,
      )
  }
  if (digits % 4 === 1 || (padding > 0 && (digits + padding) % 4 !== 0))
    throw badPayload(
      'base64',
      Math.max(0, last),
      `The base64 ends too early, after character ${last + 1}: its length must be a multiple of four, with "=" to fill up.`,
    )
  return bytes.slice(0, length)
}
