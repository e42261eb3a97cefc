import type { FaultShape, RecordedPart, ReplaySelection } from '../../src-main/contract/index.js'
import type { Caller } from '../bridge/client.js'
import { m } from '../paraglide/messages.js'
import type { SessionView } from '../state/session.svelte.js'

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
    return { part: { ...this.stretch(), renames } }
  }

  /** The same without other names: what is written into a file keeps them. */
  stretch(): Pick<RecordedPart, 'prefixes'> & { from?: number; to?: number } {
    return {
      prefixes: lines(this.topics),
      ...(this.#from > 0 ? { from: this.timeOf(this.#from) } : {}),
      ...(this.#to < 1 ? { to: this.timeOf(this.#to) } : {}),
    }
  }

  /** Asks how much was said when, over the whole of it. */
  async load(signal: AbortSignal): Promise<void> {
    const { id } = this.session
    const counts = await this.#caller.call('recording.density', { id, columns: COLUMNS }, { signal })
    const most = Math.max(...counts)
    this.density = most === 0 ? counts : counts.map((count) => count / most)
  }
}

const lines = (text: string): string[] => text.split(/\r?\n/).filter((line) => line !== '')
