import { MAX_PAGE_ROWS, PageView, type FaultShape, type PageRow } from '../../../src-main/contract/index.js'
import type { Caller } from '../../bridge/client.js'
import type { SessionView } from '../../state/session.svelte.js'
import { Task } from '../../state/task.svelte.js'
import { formatOf, type ExportFormat, type Names } from '../../../src-main/payload/formats.js'
import { seqBytes } from '../../lib/seq-bytes.js'

/** Rows asked for at once: with their bytes they are a slice of a few milliseconds. */
const SLICE = Math.min(500, MAX_PAGE_ROWS)
/** Bytes of a frame that come with a page; a longer one is asked for whole. */
const HEAD = 65536

/** What is written: `count` rows, the `seqAt(i)` of each. */
export interface Selection {
  readonly count: number
  seqAt(index: number): number
}

/** Writes messages to a file, slice by slice: the page goes on living, and it can be stopped. */
export class Exporter {
  readonly #caller: Caller
  readonly #session: SessionView
  readonly #task: Task
  #of = $state(0)

  constructor(caller: Caller, session: SessionView) {
    this.#caller = caller
    this.#session = session
    this.#task = new Task(caller)
  }

  get running(): boolean {
    return this.#task.running
  }
  /** Rows written so far, of `of`. */
  get done(): number {
    return Math.round(this.#task.done * this.#of)
  }
  get of(): number {
    return this.#of
  }
  get fault(): FaultShape | undefined {
    return this.#task.fault
  }
  dismiss(): void {
    this.#task.dismiss()
  }
  cancel(): void {
    this.#task.cancel()
  }

  /** The file's content; undefined if it was stopped or failed. */
  async write(format: ExportFormat, rows: Selection, names: Names): Promise<Blob | undefined> {
    if (this.running) return undefined
    this.#of = rows.count
    return this.#task.run(async (_, signal, progress) => {
      // Which rows: decided now. What falls off the journal meanwhile is left out.
      const seqs = Array.from({ length: rows.count }, (_, i) => rows.seqAt(i))
      const { head, line, type } = formatOf(format, this.#session.name, names.sources)
      const parts: Blob[] = [new Blob([head])]
      for (let at = 0; at < seqs.length;) {
        const slice = seqs.slice(at, at + SLICE)
        const page = new PageView(
          await this.#caller.call(
            'session.rows',
            { id: this.#session.id, seqs: seqBytes(slice), head: HEAD },
            { signal },
          ),
        )
        const lines: string[] = []
        let last = 0
        for (const row of page) {
          lines.push(line(await this.#whole(row, signal), names))
          last = row.seq
        }
        // A page of large messages ends early: it goes on behind the last one that came.
        const came = slice.indexOf(last) + 1
        at += page.rows < slice.length && came > 0 ? came : slice.length
        parts.push(new Blob(lines))
        progress(at / seqs.length)
      }
      return new Blob(parts, { type })
    })
  }

  /** A message, whole. */
  async message(seq: number): Promise<PageRow> {
    return await this.#session.message(seq)
  }
  /** When a message came, ms since 1970; undefined if it is no longer in memory. */
  async timeOf(seq: number): Promise<number | undefined> {
    const page = new PageView(
      await this.#caller.call('session.rows', { id: this.#session.id, seqs: seqBytes([seq]), head: 0 }),
    )
    return page.rows === 0 ? undefined : page.row(0).time
  }

  async #whole(row: PageRow, signal: AbortSignal): Promise<PageRow> {
    const cut = row.frames.some(({ bytes, size }) => bytes.length < size)
    return cut ? await this.#session.message(row.seq, { signal }) : row
  }
}
