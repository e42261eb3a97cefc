import { PageView, type FaultShape, type ReplaySelection } from '../../src-main/contract/index.js'
import type { Caller } from '../bridge/client.js'
import { seqBytes } from '../lib/seq-bytes.js'
import { m } from '../paraglide/messages.js'
import type { SessionView } from '../state/session.svelte.js'

/** Rows whose times are asked for: between them, messages are taken to have come evenly. */
const SAMPLES = 64
/** Columns that the density is drawn in. */
export const COLUMNS = 120

type Part = Pick<ReplaySelection, 'prefixes' | 'renames'> & { from?: number; to?: number }

/** Which part of a recorded session is replayed: between two marks, some topics, under other names. */
export class ReplayPart {
  readonly session: SessionView
  readonly #caller: Caller
  /** Marks as shares of the recording's time, 0 to 1. */
  #from = $state(0)
  #to = $state(1)
  /** Beginnings of topics, one a line; and `old => new`, likewise. */
  topics = $state('')
  renames = $state('')
  /** Messages in each stretch of the time, the most of them 1. */
  density = $state.raw<readonly number[]>([])

  constructor(caller: Caller, session: SessionView) {
    this.#caller = caller
    this.session = session
  }

  get from(): number {
    return this.#from
  }
  /** A mark does not go past the other. */
  set from(share: number) {
    this.#from = Math.min(Math.max(share, 0), this.#to)
  }
  get to(): number {
    return this.#to
  }
  set to(share: number) {
    this.#to = Math.max(Math.min(share, 1), this.#from)
  }
  /** Whether anything is left out or renamed. */
  get some(): boolean {
    return this.#from > 0 || this.#to < 1 || this.topics.trim() !== '' || this.renames.trim() !== ''
  }
  /** ms since 1970 of a share of the time. */
  timeOf(share: number): number {
    const recorded = this.session.info.recorded
    return recorded === undefined ? 0 : recorded.from + (recorded.to - recorded.from) * share
  }
  /** The share of the time that a moment stands at. */
  shareOf(time: number): number {
    const recorded = this.session.info.recorded
    if (recorded === undefined || recorded.to <= recorded.from) return 0
    return Math.min(Math.max((time - recorded.from) / (recorded.to - recorded.from), 0), 1)
  }

  /** What the contract takes, or the sentence on the line that it does not. */
  read(): { readonly part: Part } | { readonly fault: FaultShape } {
    const renames: Part['renames'] = []
    for (const line of lines(this.renames)) {
      const at = line.indexOf('=>')
      if (at < 0) return { fault: { code: 'BAD_RENAME', message: m.replay_bad_rename({ line }) } }
      renames.push({ from: line.slice(0, at).trimEnd(), to: line.slice(at + 2).trimStart() })
    }
    return {
      part: {
        prefixes: lines(this.topics),
        renames,
        ...(this.#from > 0 ? { from: this.timeOf(this.#from) } : {}),
        ...(this.#to < 1 ? { to: this.timeOf(this.#to) } : {}),
      },
    }
  }

  /** Asks for the times of a few rows, evenly apart, and spreads the rows between them over the time. */
  async load(): Promise<void> {
    const { first, last } = this.session.numbers
    const recorded = this.session.info.recorded
    if (recorded === undefined || last < first) return
    const n = Math.min(SAMPLES, last - first + 1)
    const seqs = Array.from({ length: n }, (_, i) => Math.round(first + ((last - first) * i) / Math.max(n - 1, 1)))
    const page = new PageView(
      await this.#caller.call('session.rows', { id: this.session.id, seqs: seqBytes(seqs), head: 0 }),
    )
    this.density = densityOf(
      [...page].map(({ seq, time }) => ({ seq, share: this.shareOf(time) })),
      COLUMNS,
    )
  }
}

/** How many messages fall into each of `columns` equal stretches, the most of them 1; `points` ascend. */
export function densityOf(points: readonly { seq: number; share: number }[], columns: number): number[] {
  const counts = new Array<number>(columns).fill(0)
  const columnOf = (share: number) => Math.min(Math.floor(share * columns), columns - 1)
  const [head] = points
  if (head !== undefined) add(counts, columnOf(head.share), 1)
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]]
    if (a === undefined || b === undefined) continue
    const [low, high] = [columnOf(a.share), columnOf(b.share)]
    const rows = b.seq - a.seq
    // Neighbours are where they are; rows between two samples may be anywhere between them.
    if (rows === 1 || high <= low) add(counts, high, rows)
    else for (let c = low; c <= high; c++) add(counts, c, rows / (high - low + 1))
  }
  const most = Math.max(...counts)
  return most === 0 ? counts : counts.map((count) => count / most)
}

function add(counts: number[], column: number, rows: number): void {
  counts[column] = (counts[column] ?? 0) + rows
}

const lines = (text: string): string[] => text.split(/\r?\n/).filter((line) => line !== '')
