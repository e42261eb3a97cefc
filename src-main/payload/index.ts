import type { Format } from './bad-payload.js'
import { fromBase64, toBase64 } from './base64.js'
import { fromHex, toHex } from './hex.js'
import { checkJson, isJson, prettyJson } from './json.js'
import { decodeText, decodeTextLossy, encodeText } from './text.js'

export { formats, type Format } from './bad-payload.js'
export { fromBase64, toBase64 } from './base64.js'
export { detect, type Shown } from './detect.js'
export { fromHex, hexDump, hexRows, toHex, type HexRow } from './hex.js'
export { checkJson, compactJson, isJson, prettyJson } from './json.js'
export { decodeText, decodeTextLossy, encodeText, isPrintable } from './text.js'

/**
 * The bytes that a person typed. Throws Fault BAD_PAYLOAD whose detail holds `format` and `position` (index into `text`, from 0).
 * JSON is checked and then sent exactly as typed: writing it anew would change its numbers.
 */
export function encode(text: string, format: Format): Uint8Array {
  switch (format) {
    case 'text':
      return encodeText(text)
    case 'json':
      checkJson(text)
      return encodeText(text)
    case 'hex':
      return fromHex(text)
    case 'base64':
      return fromBase64(text)
  }
}

/**
 * Bytes as a person reads them. `hex` and `base64` turn back into the same bytes, and so does `text` if they are UTF-8; what is not
 * shows as U+FFFD (ask `decodeText` first where that matters). `json` is laid out over several lines, or the text as it is if it is not JSON.
 */
export function decode(bytes: Uint8Array, format: Format): string {
  switch (format) {
    case 'text':
      return decodeText(bytes) ?? decodeTextLossy(bytes)
    case 'json': {
      const text = decodeText(bytes)
      if (text === undefined) return decodeTextLossy(bytes)
      return isJson(text) ? prettyJson(text) : text
    }
    case 'hex':
      return toHex(bytes)
    case 'base64':
      return toBase64(bytes)
  }
}
