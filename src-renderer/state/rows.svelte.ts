import { PageView, type PageRow, type Progress, type SessionNumbers } from '../../src-main/contract/index.js'
import { decodeText, isPrintable, toHex } from '../../src-main/payload/index.js'
import type { Caller } from '../bridge/client.js'
import { visibleLine } from '../lib/visible.js'

/** Bytes of each frame that a list asks for: more than the widest line shows. */
const HEAD = 256
/** Rows asked for at once, at most, and rows kept at most. */
const MAX_SPAN = 400
const MAX_KEPT = 4000

export interface ListFrame {
  /** One line, fit to be shown: UTF-8 as text, anything else as hex. */
  readonly text: string
  readonly hex: boolean
  /** The frame goes on after `text`. */
  readonly cut: boolean
}

/** One row as a list shows it. */
export interface ListRow extends Omit<PageRow, 'frames'> {
  readonly frames: readonly ListFrame[]
}

interface Kept {
  /** The journal's revision when it was asked for. */
  readonly revision: number
  /** Undefined: the journal had no such row (it fell off the end in between). */
  readonly row: ListRow | undefined
}

/** Rows that a later revision may tell otherwise; the others are as they will stay. */
const settled: ReadonlySet<Progress> = new Set<Progress>(['answered', 'no-reply', 'cancelled', 'failed'])

/**
 * The rows of one session, as far as somebody looks at them. It asks for what is wanted now and not yet here, one request at a
 * time, so that at any rate of messages the line carries a screenful a pulse and no more.
 */
export class SessionRows {
  readonly #caller: Caller
  readonly #id: string
  readonly #numbers: () => SessionNumbers
  readonly #kept = new Map<number, Kept>()
  #want: { from: number; to: number } | undefined
  #asking = false
  #generation = 0
  /** Raised whenever rows have come: what reads rows reads this. */
  #version = $state(0)

  constructor(caller: Caller, id: string, numbers: () => SessionNumbers) {
    this.#caller = caller
    this.#id = id
    this.#numbers = numbers
  }

  /** The row, if it is here. */
  get(seq: number): ListRow | undefined {
    void this.#version
    return this.#kept.get(seq)?.row
  }

  /** Says which rows are looked at; they come as they can. */
  want(from: number, to: number): void {
    this.#want = { from, to }
    void this.#ask()
  }

  /** Forgets everything: the engine on the other side may be another one. */
  reset(): void {
    this.#generation++
    this.#kept.clear()
    this.#version++
    void this.#ask()
  }

  async #ask(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    try {
      for (let span = this.#missing(); span !== undefined; span = this.#missing()) {
        const { revision } = this.#numbers()
        const generation = this.#generation
        const page = await this.#caller.call('session.page', { id: this.#id, ...span, head: HEAD })
        if (generation === this.#generation) this.#take(page, span, revision)
      }
    } catch {
      // The line is down, or the session is gone: the next `want` asks again if there is still somebody to ask.
    } finally {
      this.#asking = false
    }
  }

  /** The stretch from the first to the last wanted row that is not here or may be out of date. */
  #missing(): { from: number; count: number } | undefined {
    if (this.#want === undefined) return undefined
    const { first, last, revision } = this.#numbers()
    const from = Math.max(this.#want.from, first, 1)
    const to = Math.min(this.#want.to, last, from + MAX_SPAN - 1)
    let start = 0
    let end = 0
    for (let seq = from; seq <= to; seq++) {
      const kept = this.#kept.get(seq)
      const fresh =
        kept !== undefined && (kept.revision >= revision || (kept.row !== undefined && settled.has(kept.row.progress)))
      if (fresh) continue
      start ||= seq
      end = seq
    }
    return start === 0 ? undefined : { from: start, count: end - start + 1 }
  }

  #take(bytes: Uint8Array, span: { from: number; count: number }, revision: number): void {
    for (let seq = span.from; seq < span.from + span.count; seq++) this.#kept.set(seq, { revision, row: undefined })
    for (const row of new PageView(bytes)) this.#kept.set(row.seq, { revision, row: listRow(row) })
    this.#version++
    if (this.#kept.size <= MAX_KEPT || this.#want === undefined) return
    const { from, to } = this.#want
    for (const seq of this.#kept.keys()) if (seq < from - MAX_SPAN || seq > to + MAX_SPAN) this.#kept.delete(seq)
  }
}

function listRow(row: PageRow): ListRow {
  return { ...row, frames: row.frames.map(({ bytes, size }) => listFrame(bytes, size > bytes.length)) }
}

/** The head of a frame on one line. A head may end within a character: its last three bytes are given up for a try. */
export function listFrame(bytes: Uint8Array, cut: boolean): ListFrame {
  for (let less = 0; less <= (cut ? 3 : 0); less++) {
    const text = decodeText(bytes.subarray(0, bytes.length - less))
    if (text === undefined) continue
    if (!isPrintable(text)) break
    return { text: visibleLine(text), hex: false, cut }
  }
  const head = bytes.subarray(0, 96)
  return { text: toHex(head).replace(/..(?=.)/g, '$& '), hex: true, cut: cut || head.length < bytes.length }
}
