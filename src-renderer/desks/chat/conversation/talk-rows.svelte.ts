import { PageView, type PageFrame, type PageRow, type SessionNumbers } from '../../../../src-main/contract/index.js'
import { decodeText, isPrintable, toHex } from '../../../../src-main/payload/index.js'
import type { Caller } from '../../../bridge/client.js'
import { seqBytes } from '../../../lib/seq-bytes.js'
import { visible } from '../../../lib/visible.js'

/** Bytes of each frame that a bubble asks for. */
const HEAD = 1200
/** Characters and lines of a frame that a bubble shows; the rest is for the inspector. */
const MOST_TEXT = 600
const MOST_LINES = 12
const MOST_HEX = 96
/** Frames that a bubble shows. */
export const MOST_FRAMES = 6
/** Rows asked for at once, and kept. */
const MOST_ASKED = 400
const MOST_KEPT = 4000

/** A frame, fit to be shown: several lines of text, or hex. */
export interface TalkFrame {
  readonly text: string
  readonly hex: boolean
  /** It goes on after `text`. */
  readonly cut: boolean
  readonly size: number
}

/** A row as the talk shows it. */
export interface TalkRow extends Omit<PageRow, 'frames'> {
  readonly frames: readonly TalkFrame[]
  readonly frameCount: number
}

interface Kept {
  readonly revision: number
  readonly row: TalkRow | undefined
}

/** The rows of one session by number, in any order; those that are wanted and not here are asked for, one request at a time. */
export class TalkRows {
  readonly #caller: Caller
  readonly #id: string
  readonly #numbers: () => SessionNumbers
  readonly #kept = new Map<number, Kept>()
  #want: readonly number[] = []
  #ahead: readonly number[] = []
  #asking: Promise<void> | undefined
  #generation = 0
  /** Raised whenever rows have come: what reads rows reads this. */
  #version = $state(0)

  constructor(caller: Caller, id: string, numbers: () => SessionNumbers) {
    this.#caller = caller
    this.#id = id
    this.#numbers = numbers
  }

  get(seq: number): TalkRow | undefined {
    void this.#version
    return this.#kept.get(seq)?.row
  }

  /** Says which rows are looked at; they come as they can, and with them the questions that they answer. */
  want(seqs: readonly number[]): void {
    this.#want = seqs.slice(0, MOST_ASKED)
    void this.#ask()
  }
  /** Has rows come that will be looked at next; resolves when they are here, or cannot come. */
  async bring(seqs: readonly number[]): Promise<void> {
    this.#ahead = seqs.slice(-MOST_ASKED)
    await this.#ask()
  }

  reset(): void {
    this.#generation++
    this.#kept.clear()
    this.#version++
  }

  #ask(): Promise<void> {
    this.#asking ??= this.#askAll().finally(() => (this.#asking = undefined))
    return this.#asking
  }
  async #askAll(): Promise<void> {
    try {
      for (let seqs = this.#missing(); seqs.length > 0; seqs = this.#missing()) {
        const { revision } = this.#numbers()
        const generation = this.#generation
        const page = await this.#caller.call('session.rows', { id: this.#id, seqs: seqBytes(seqs), head: HEAD })
        if (generation === this.#generation) this.#take(page, seqs, revision)
      }
    } catch {
      // The line is down, or the session is gone: the next `want` asks again if there is still somebody to ask.
    }
  }

  #missing(): number[] {
    const { first, last, revision } = this.#numbers()
    const missing: number[] = []
    const look = (seq: number, whole: boolean): void => {
      if (seq < first || seq > last) return
      const kept = this.#kept.get(seq)
      // A question is looked at for its time, which does not change.
      const fresh =
        kept !== undefined && (kept.revision >= revision || (kept.row !== undefined && (!whole || stays(kept.row))))
      if (!fresh && !missing.includes(seq)) missing.push(seq)
    }
    const wanted = [...this.#want, ...this.#ahead]
    for (const seq of wanted) look(seq, true)
    for (const seq of wanted) {
      const ref = this.#kept.get(seq)?.row?.ref ?? 0
      if (ref > 0) look(ref, false)
    }
    return missing.slice(0, MOST_ASKED)
  }

  #take(bytes: Uint8Array, asked: readonly number[], revision: number): void {
    for (const seq of asked) this.#kept.set(seq, { revision, row: undefined })
    for (const row of new PageView(bytes)) {
      const before = this.#kept.get(row.seq)?.row
      this.#kept.set(row.seq, { revision, row: before !== undefined && same(before, row) ? before : talkRow(row) })
    }
    this.#version++
    if (this.#kept.size <= MOST_KEPT) return
    const wanted = new Set([...this.#want, ...this.#ahead])
    for (const seq of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT / 2) break
      if (!wanted.has(seq)) this.#kept.delete(seq)
    }
  }
}

/** Rows that no later revision tells otherwise: what came in and waits for nobody stays as it is, except a server's question. */
function stays({ progress }: TalkRow): boolean {
  return progress === 'answered' || progress === 'no-reply' || progress === 'cancelled' || progress === 'failed'
}
const same = (before: TalkRow, row: PageRow): boolean =>
  before.progress === row.progress && before.time === row.time && before.size === row.size

function talkRow(row: PageRow): TalkRow {
  return { ...row, frameCount: row.frames.length, frames: row.frames.slice(0, MOST_FRAMES).map(talkFrame) }
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
