import { Fault } from '../contract/index.js'
import type { Format } from './bad-payload.js'
import { fromBase64, toBase64 } from './base64.js'
import { fromHex, toHex } from './hex.js'
import { fromJson } from './from-json.js'
import { checkJson, isJson, prettyJson } from './json.js'
import { decodeText, decodeTextLossy, encodeText } from './text.js'
import { readTree } from './tree.js'

export { formats, type Format } from './bad-payload.js'
export { fromBase64, toBase64 } from './base64.js'
export { detect, type Shown } from './detect.js'
export { fromHex, hexDump, hexRows, toHex, type HexRow } from './hex.js'
export { imageInfo, isDrawable, MAX_IMAGE_PIXELS, MAX_IMAGE_SIDE, type ImageInfo } from './image.js'
export { checkJson, compactJson, isJson, prettyJson } from './json.js'
export { MAX_VALUES, type Kind } from './tape.js'
export { decodeText, decodeTextLossy, encodeText, isPrintable } from './text.js'
export { readTree, treeFormats, TreeReading, type TreeDocument, type TreeFormat } from './tree.js'
export { TreeRows, type TreeRow } from './tree-rows.js'

/**
 * The bytes that a person typed. Throws Fault BAD_PAYLOAD whose detail holds `format` and `position` (index into `text`, from 0).
 * JSON is checked and then sent exactly as typed: writing it anew would change its numbers. MessagePack and CBOR are typed as JSON.
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
    case 'msgpack':
    case 'cbor':
      return fromJson(text, format)
  }
}

/**
 * Bytes as a person reads them. `hex` and `base64` turn back into the same bytes, and so does `text` if they are UTF-8; what is not
 * shows as U+FFFD (ask `decodeText` first where that matters). `json` is laid out over several lines, or the text as it is if it is not JSON;
 * `msgpack` and `cbor` become such JSON too, or hex if they are something else.
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
    case 'msgpack':
    case 'cbor':
      try {
        return readTree(bytes, format).prettyJson(0)
      } catch (error) {
        if (error instanceof Fault) return toHex(bytes)
        throw error
      }
  }
}
