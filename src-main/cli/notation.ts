import { decodeText } from '../payload/index.js'

/**
 * Messages as lines of text, without doubt about where one ends or what it holds:
 *
 * - one message a line, its frames apart by a tab;
 * - a frame is written as it is, so that what is JSON, CSV or prose pipes on untouched;
 * - except when it could be misread: it holds a control character (a tab and a line end among them), is not UTF-8, or begins with `$'`.
 *   Then it is written as shells write it: `$'two\nlines'`, `$'\xff\x00'`, and within it `\\` and `\'`.
 */
export function writeMessage(frames: readonly Uint8Array[]): string {
  return frames.map(writeFrame).join('\t')
}

// eslint-disable-next-line no-control-regex
const unplain = /[\u0000-\u001f\u007f-\u009f]|^\$'/

export function writeFrame(bytes: Uint8Array): string {
  const text = decodeText(bytes)
  if (text !== undefined && !unplain.test(text)) return text
  return `$'${text === undefined ? quoteBytes(bytes) : quoteText(text)}'`
}

const short: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '\n': '\\n', '\t': '\\t', '\r': '\\r' }
const encoder = new TextEncoder()

function quoteText(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\\']/g, (char) => short[char] ?? escapeBytes(encoder.encode(char)))
}

function escapeBytes(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += `\\x${byte.toString(16).padStart(2, '0')}`
  return text
}

/** Runs of UTF-8 stay readable; only the bytes between them are escaped. */
function quoteBytes(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at]!
    const size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
    const piece = bytes.subarray(at, at + size)
    const char = decodeText(piece)
    text += char === undefined ? escapeBytes(bytes.subarray(at, at + 1)) : quoteText(char)
    at += char === undefined ? 1 : size
  }
  return text
}

/** The frames of a line that `writeMessage` wrote, or that a person wrote by its rules. Works on bytes: what is not UTF-8 passes through. */
export function readMessage(line: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = []
  let start = 0
  for (;;) {
    const tab = line.indexOf(0x09, start)
    frames.push(readFrame(tab < 0 ? line.subarray(start) : line.subarray(start, tab)))
    if (tab < 0) return frames
    start = tab + 1
  }
}

const long: Readonly<Record<string, number>> = { n: 0x0a, t: 0x09, r: 0x0d, '\\': 0x5c, "'": 0x27 }

/** A frame that is not wholly in `$'…'` is taken as it is, and so is a backslash that begins none of the escapes. */
export function readFrame(field: Uint8Array): Uint8Array {
  if (field.length < 3 || field[0] !== 0x24 || field[1] !== 0x27 || field.at(-1) !== 0x27) return field
  const inner = field.subarray(2, -1)
  const bytes = new Uint8Array(inner.length)
  let length = 0
  for (let at = 0; at < inner.length; at++) {
    const byte = inner[at]!
    const next = byte === 0x5c ? String.fromCharCode(inner[at + 1] ?? 0) : ''
    const hex = next === 'x' ? Buffer.from(inner.subarray(at + 2, at + 4)).toString('latin1') : ''
    if (/^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes[length++] = Number.parseInt(hex, 16)
      at += 3
    } else if (next in long) {
      bytes[length++] = long[next]!
      at += 1
    } else bytes[length++] = byte
  }
  return bytes.slice(0, length)
}
