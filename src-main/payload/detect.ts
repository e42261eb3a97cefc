import { isJson } from './json.js'
import { decodeText, isPrintable } from './text.js'

/** How a frame is best shown. */
export type Shown = 'text' | 'json' | 'hex'

/**
 * - `json`: an object or an array. A bare number or word is JSON too, but nobody who sends `42` thinks of it so.
 * - `text`: strictly UTF-8 without control characters other than tab and line ends; an empty frame is text.
 * - `hex`: everything else.
 */
export function detect(bytes: Uint8Array): Shown {
  const text = decodeText(bytes)
  if (text === undefined || !isPrintable(text)) return 'hex'
  return /^\s*[[{]/.test(text) && isJson(text) ? 'json' : 'text'
}
