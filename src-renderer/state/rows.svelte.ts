import { PageView, type PageRow, type Progress, type SessionNumbers } from '../../src-main/contract/index.js'
import { decodeText, isPrintable, toHex } from '../../src-main/payload/index.js'
import type { Caller } from '../bridge/client.js'
import { seqBytes } from '../lib/seq-bytes.js'
import { visibleLine } from '../lib/visible.js'

/** Rows asked for at once, at most, and rows kept at most. */
const MOST_ASKED = 400
const MOST_KEPT = 4000

/** A row as something shows it: its bytes read. */
export type ShownRow = Omit<PageRow, 'frames'>

export interface RowKind<Row extends ShownRow> {
  /** Bytes of each frame that are asked for. */
  readonly head: number
  readonly make: (row: PageRow) => Row
  /** Whether the question that a row answers comes with it. */
  readonly questions?: boolean
}

interface Kept<Row> {
  /** The journal's revision when it was asked for. */
  readonly revision: number
  /** Undefined: the journal had no such row (it fell off the end in between). */
  readonly row: Row | undefined
}

/** Rows that a later revision may tell otherwise are asked for again; these are as they will stay. */
const settled: ReadonlySet<Progress> = new Set<Progress>(['answered', 'no-reply', 'cancelled', 'failed'])

/**
 * Rows of one session by number, in any order, as far as somebody looks at them. It asks for what is wanted now and not yet here,
 * one request at a time, so that at any rate of messages the line carries a screenful a pulse and no more.
 */
export class RowCache<Row extends ShownRow> {
  readonly #caller: Caller
  readonly #id: string
  readonly #numbers: () => SessionNumbers
  readonly #kind: RowKind<Row>
  readonly #kept = new Map<number, Kept<Row>>()
  #want: readonly number[] = []
  #ahead: readonly number[] = []
  #asking: Promise<void> | undefined
  #generation = 0
  /** Raised whenever rows have come: what reads rows reads this. */
  #version = $state(0)

  constructor(caller: Caller, id: string, numbers: () => SessionNumbers, kind: RowKind<Row>) {
    this.#caller = caller
    this.#id = id
    this.#numbers = numbers
    this.#kind = kind
  }

  /** The row, if it is here. */
  get(seq: number): Row | undefined {
    void this.#version
    return this.#kept.get(seq)?.row
  }

  /** Says which rows are looked at; they come as they can. */
  want(seqs: readonly number[]): void {
    this.#want = seqs.slice(0, MOST_ASKED)
    void this.#ask()
  }
  /** Has rows come that will be looked at next; resolves when they are here, or cannot come. */
  async bring(seqs: readonly number[]): Promise<void> {
    this.#ahead = seqs.slice(-MOST_ASKED)
    await this.#ask()
  }

  /** Forgets everything: the engine on the other side may be another one. */
  reset(): void {
    this.#generation++
    this.#kept.clear()
    this.#version++
    void this.#ask()
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
        const page = await this.#caller.call('session.rows', {
          id: this.#id,
          seqs: seqBytes(seqs),
          head: this.#kind.head,
        })
        if (generation === this.#generation) this.#take(page, seqs, revision)
      }
    } catch {
      // The line is down, or the session is gone: the next `want` asks again if there is still somebody to ask.
    }
  }

  #missing(): number[] {
    const { first, last, revision } = this.#numbers()
    const missing = new Set<number>()
    const look = (seq: number, whole: boolean): void => {
      if (seq < first || seq > last) return
      const kept = this.#kept.get(seq)
      // A question is looked at for its time, which does not change.
      const fresh =
        kept !== undefined &&
        (kept.revision >= revision || (kept.row !== undefined && (!whole || settled.has(kept.row.progress))))
      if (!fresh) missing.add(seq)
    }
    const wanted = [...this.#want, ...this.#ahead]
    for (const seq of wanted) look(seq, true)
    if (this.#kind.questions === true)
      for (const seq of wanted) {
        const ref = this.#kept.get(seq)?.row?.ref ?? 0
        if (ref > 0) look(ref, false)
      }
    return [...missing].slice(0, MOST_ASKED)
  }

  #take(bytes: Uint8Array, asked: readonly number[], revision: number): void {
    const page = new PageView(bytes)
    // A page of large messages ends early: what stands behind its last row is still to come.
    const answered = page.rows === 0 ? asked.length : asked.indexOf(page.row(page.rows - 1).seq) + 1
    const gone = new Set(asked.slice(0, answered))
    for (const row of page) {
      gone.delete(row.seq)
      const before = this.#kept.get(row.seq)?.row
      this.#kept.set(row.seq, {
        revision,
        row: before !== undefined && same(before, row) ? before : this.#kind.make(row),
      })
    }
    for (const seq of gone) this.#kept.set(seq, { revision, row: undefined })
    this.#version++
    if (this.#kept.size <= MOST_KEPT) return
    const wanted = new Set([...this.#want, ...this.#ahead])
    for (const seq of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT / 2) break
      if (!wanted.has(seq)) this.#kept.delete(seq)
    }
  }
}

const same = (before: ShownRow, row: PageRow): boolean =>
  before.progress === row.progress && before.time === row.time && before.size === row.size

export interface ListFrame {
  /** One line, fit to be shown: UTF-8 as text, anything else as hex. */
  readonly text: string
  readonly hex: boolean
  /** The frame goes on after `text`. */
  readonly cut: boolean
}

/** One row as a list shows it. */
export interface ListRow extends ShownRow {
  readonly frames: readonly ListFrame[]
}

/** Rows of which lists show a line. @param head bytes of each frame: more than the widest line shows */
export const listRows = (head = 256): RowKind<ListRow> => ({
  head,
  make: (row) => ({ ...row, frames: row.frames.map(({ bytes, size }) => listFrame(bytes, size > bytes.length)) }),
})

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
