import type { PageFrame } from '../../../../src-main/contract/index.js'
import { decodeText, isPrintable, toHex } from '../../../../src-main/payload/index.js'
import { visible } from '../../../lib/visible.js'
import type { RowKind, ShownRow } from '../../../state/rows.svelte.js'

/** Bytes of each frame that a bubble asks for. */
const HEAD = 1200
/** Characters and lines of a frame that a bubble shows; the rest is for the inspector. */
const MOST_TEXT = 600
const MOST_LINES = 12
const MOST_HEX = 96
/** Frames that a bubble shows. */
export const MOST_FRAMES = 6

/** A frame, fit to be shown: several lines of text, or hex. */
export interface TalkFrame {
  readonly text: string
  readonly hex: boolean
  /** It goes on after `text`. */
  readonly cut: boolean
  readonly size: number
}

/** A row as the talk shows it. */
export interface TalkRow extends ShownRow {
  readonly frames: readonly TalkFrame[]
  readonly frameCount: number
}

/** The rows of a talk, with the questions that they answer. */
export const talkRows: RowKind<TalkRow> = {
  head: HEAD,
  questions: true,
  make: (row) => ({ ...row, frameCount: row.frames.length, frames: row.frames.slice(0, MOST_FRAMES).map(talkFrame) }),
}

/** A head may end within a character: its last three bytes are given up for a try. */
export function talkFrame({ bytes, size }: PageFrame): TalkFrame {
  const cut = bytes.length < size
  for (let less = 0; less <= (cut ? 3 : 0); less++) {
    const text = decodeText(bytes.subarray(0, bytes.length - less))
    if (text === undefined) continue
    if (!isPrintable(text)) break
    const shown = shorten(text)
    return { text: visible(shown), hex: false, cut: cut || shown.length < text.length, size }
  }
  const head = bytes.subarray(0, MOST_HEX)
  return { text: toHex(head).replace(/..(?=.)/g, '$& '), hex: true, cut: head.length < size, size }
}

function shorten(text: string): string {
  let end = Math.min(text.length, MOST_TEXT)
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1))
    if (++lines === MOST_LINES) end = at
  // Not between the halves of a pair.
  if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--
  return text.slice(0, end)
}
