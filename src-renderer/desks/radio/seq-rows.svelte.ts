import { PageView } from '../../../src-main/contract/index.js'
import type { Caller } from '../../bridge/client.js'
import { seqBytes } from '../../lib/seq-bytes.js'
import { listFrame, type ListRow } from '../../state/rows.svelte.js'

/** Rows asked for at once, and kept. */
const MOST_ASKED = 300
const MOST_KEPT = 3000

/**
 * Rows of a subscriber by number, in any order. What came in stays as it is, so each is asked for once; one request at a time, so
 * that at any rate of messages the line carries a screenful a pulse and no more.
 */
export class SeqRows {
  readonly #caller: Caller
  readonly #id: string
  /** Bytes of each frame that are wanted. */
  readonly #head: number
  /** Undefined: the journal had no such row any more. */
  readonly #kept = new Map<number, ListRow | undefined>()
  #want: readonly number[] = []
  #asking = false
  /** Raised whenever rows have come: what reads rows reads this. */
  #version = $state(0)

  constructor(caller: Caller, id: string, head: number) {
    this.#caller = caller
    this.#id = id
    this.#head = head
  }

  get(seq: number): ListRow | undefined {
    void this.#version
    return this.#kept.get(seq)
  }

  /** Says which rows are looked at; they come as they can. */
  want(seqs: readonly number[]): void {
    this.#want = seqs
    void this.#ask()
  }

  /** Forgets everything: the numbers may be another engine's. */
  reset(): void {
    this.#kept.clear()
    this.#version++
  }

  async #ask(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    try {
      for (;;) {
        const seqs = this.#want.filter((seq) => seq > 0 && !this.#kept.has(seq)).slice(0, MOST_ASKED)
        if (seqs.length === 0) break
        const page = await this.#caller.call('session.rows', { id: this.#id, seqs: seqBytes(seqs), head: this.#head })
        this.#take(page, seqs)
      }
    } catch {
      // The line is down, or the session is gone: the next `want` asks again if there is still somebody to ask.
    } finally {
      this.#asking = false
    }
  }

  #take(bytes: Uint8Array, asked: readonly number[]): void {
    for (const seq of asked) this.#kept.set(seq, undefined)
    for (const row of new PageView(bytes))
      this.#kept.set(row.seq, {
        ...row,
        frames: row.frames.map((frame) => listFrame(frame.bytes, frame.size > frame.bytes.length)),
      })
    this.#version++
    if (this.#kept.size <= MOST_KEPT) return
    const wanted = new Set(this.#want)
    for (const seq of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT / 2) break
      if (!wanted.has(seq)) this.#kept.delete(seq)
    }
  }
}
