import { badPayload, quoteCharacter } from './bad-payload.js'

const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Two lower-case digits a byte, nothing between them. */
export function toHex(bytes: Uint8Array): string {
  // In pieces: joining one array of every byte of a large frame would take fifty times its memory.
  let text = ''
  for (let start = 0; start < bytes.length; start += 4096) {
    let piece = ''
    const end = Math.min(start + 4096, bytes.length)
    for (let i = start; i < end; i++) piece += pairs[bytes[i]!]!
    text += piece
  }
  return text
}

const isSeparator = (code: number): boolean =>
  code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0x2c || code === 0x3a || code === 0x2d || code === 0x3b
const value = (code: number): number => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/**
 * Bytes from hex digits, two a byte. Between bytes there may be blanks, line ends, `,` `;` `:` `-`, and each byte or group may begin
 * with `0x` or `\x`, so that what other tools print can be pasted. Throws BAD_PAYLOAD with the position of the first thing that is neither.
 */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1)
  let length = 0
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at)
    if (isSeparator(code)) {
      at++
      continue
    }
    if ((code === 0x30 || code === 0x5c) && (text.charCodeAt(at + 1) | 0x20) === 0x78) {
      if (value(text.charCodeAt(at + 2)) < 0) throw notADigit(text, at + 2)
      at += 2
      continue
    }
    const high = value(code)
    if (high < 0) throw notADigit(text, at)
    const low = value(text.charCodeAt(at + 1))
    if (low < 0) {
      const next = at + 1 < text.length && !isSeparator(text.charCodeAt(at + 1)) ? at + 1 : at
      if (next > at) throw notADigit(text, next)
      throw badPayload(
        'hex',
        at,
        `A byte takes two hex digits, and ${quoteCharacter(text, at)} at character ${at + 1} stands alone: write "0${text[at]!}" if that is what you mean.`,
      )
    }
    bytes[length++] = (high << 4) | low
    at += 2
  }
  return bytes.slice(0, length)
}

function notADigit(text: string, at: number): Error {
  return badPayload(
    'hex',
    at,
    `${quoteCharacter(text, at)} at character ${at + 1} is not a hex digit: use 0–9 and a–f, two for each byte.`,
  )
}

/** One line of a hex dump. */
export interface HexRow {
  /** Index of its first byte in the frame. */
  readonly offset: number
  /** `68 65 6c`, padded with blanks to full width. */
  readonly hex: string
  /** One character a byte: itself if it is printable ASCII, else `.` */
  readonly ascii: string
}

/**
 * Some lines of a frame's hex dump, so that a view of a 5 MB frame makes the forty lines that it shows and no more.
 * @param from first line, from 0
 * @param width bytes a line
 */
export function hexRows(bytes: Uint8Array, from: number, count: number, width = 16): HexRow[] {
  const rows: HexRow[] = []
  const end = Math.min(from + count, Math.ceil(bytes.length / width))
  for (let line = Math.max(0, from); line < end; line++) {
    const offset = line * width
    const part = bytes.subarray(offset, offset + width)
    let hex = ''
    let ascii = ''
    for (const byte of part) {
      hex += (hex === '' ? '' : ' ') + pairs[byte]!
      ascii += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
    }
    rows.push({ offset, hex: hex.padEnd(width * 3 - 1), ascii })
  }
  return rows
}

/** A whole frame as `00000000  68 65 6c 6c 6f  hello` lines. */
export function hexDump(bytes: Uint8Array, width = 16): string {
  return hexRows(bytes, 0, Infinity, width)
    .map(({ offset, hex, ascii }) => `${offset.toString(16).padStart(8, '0')}  ${hex}  ${ascii}`)
    .join('\n')
}
