import { Fault } from '../contract/faults.js'
import { payloadFormats } from '../contract/library.js'

/** How payloads are typed and shown. MessagePack and CBOR are typed as JSON. */
export const formats = payloadFormats
export type Format = (typeof formats)[number]

/**
 * The one fault of this folder. `position` is an index into the typed text (UTF-16 units, from 0), for a caret;
 * sentences count characters from 1, as people do. Of bytes that were read it is the byte, from 0, as in a hex dump.
 */
export function badPayload(format: Format, position: number, sentence: string): Fault {
  return new Fault('BAD_PAYLOAD', sentence, { format, position })
}

/** One character as a sentence shows it: quoted, or by its number where it would not be seen. */
export function quoteCharacter(text: string, position: number): string {
  const code = text.codePointAt(position)
  if (code === undefined) return 'the end'
  const hidden = code <= 0x20 || (code >= 0x7f && code <= 0xa0) || (code >= 0xd800 && code <= 0xdfff)
  if (hidden) return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  const shown = String.fromCodePoint(code)
  return shown === '"' ? `'"'` : `"${shown}"`
}
