import { decodeText, toHex } from '../../../src-main/payload/index.js'
import { frameFile, MAX_LITERAL } from './plan.js'

/**
 * Characters that stand for themselves in code: letters, digits, punctuation, symbols and the blank. All others (controls, marks of
 * direction, joiners, combining marks, private ones) are escaped: what a peer sends must not be able to change how code reads.
 */
const plain = /^[\p{L}\p{N}\p{P}\p{S} ]$/u

/** The text of a frame, if it is one that reads well in quotes. */
function textOf(frame: Uint8Array): string | undefined {
  const text = decodeText(frame)
  if (text === undefined) return undefined
  const characters = [...text]
  const escaped = characters.filter((c) => !plain.test(c) && !/[\n\r\t]/.test(c)).length
  return escaped * 4 <= characters.length ? text : undefined
}

const common: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' }

/** Text between quotes: in Python and JavaScript those of the two kinds that need less escaping. */
function quoted(text: Iterable<string>, preferred: '"' | "'", escape: (c: string) => string): string {
  const characters = [...text]
  const other = preferred === '"' ? "'" : '"'
  const quote = characters.includes(preferred) && !characters.includes(other) ? other : preferred
  return `${quote}${characters.map((c) => common[c] ?? (c === quote ? `\\${c}` : escape(c))).join('')}${quote}`
}
const hex = (code: number, width: number): string => code.toString(16).padStart(width, '0')

/** A Python `str`. */
export function pythonString(text: string): string {
  return quoted(text, '"', (c) => {
    if (plain.test(c)) return c
    const code = c.codePointAt(0)!
    return code <= 0xff ? `\\x${hex(code, 2)}` : code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
  })
}

/** Python `bytes`: ASCII as it is, other text by its encoding, everything else byte by byte. */
export function pythonBytes(frame: Uint8Array, index: number): string {
  if (frame.length > MAX_LITERAL) return `open(${pythonString(frameFile(index))}, "rb").read()`
  const text = textOf(frame)
  // eslint-disable-next-line no-control-regex
  if (text !== undefined && /[^\x00-\x7f]/.test(text)) return `${pythonString(text)}.encode()`
  return `b${quoted(String.fromCharCode(...frame), '"', (c) => (c >= ' ' && c < '\x7f' ? c : `\\x${hex(c.charCodeAt(0), 2)}`))}`
}

/** A JavaScript string. */
export function jsString(text: string): string {
  return quoted(text, "'", (c) => {
    if (plain.test(c)) return c
    const code = c.codePointAt(0)!
    return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 1)}}`
  })
}

/** A frame as zeromq.js sends it: a string, which goes out as UTF-8, or a Buffer. */
export function jsFrame(frame: Uint8Array, index: number): string {
  if (frame.length > MAX_LITERAL) return `readFileSync(${jsString(frameFile(index))})`
  const text = textOf(frame)
  return text === undefined ? `Buffer.from('${toHex(frame)}', 'hex')` : jsString(text)
}

/** A C++ string literal of these bytes. Octal escapes have at most three digits: they cannot run into a digit that follows, as hex does. */
export function cppLiteral(bytes: Uint8Array): string {
  const characters = Array.from(bytes, (byte) => {
    const c = String.fromCharCode(byte)
    // ??= and its like are other characters in older C++.
    if (c === '?' || c === '"') return `\\${c}`
    return common[c] ?? (byte >= 0x20 && byte < 0x7f ? c : `\\${byte.toString(8).padStart(3, '0')}`)
  })
  return `"${characters.join('')}"`
}

export function cppFrame(frame: Uint8Array, index: number): string {
  if (frame.length > MAX_LITERAL) return `read_file("${frameFile(index)}")`
  // The length is given: the bytes may hold zeros.
  return `std::string(${cppLiteral(frame)}, ${frame.length})`
}

export const cppString = (text: string): string => cppLiteral(new TextEncoder().encode(text))
