import type { Trigger } from '../contract/index.js'
import { now } from '../engine/clock.js'
import { rowTest, type RowTest } from '../engine/search.js'
import type { Session } from '../engine/session.js'
import type { Slab } from '../engine/slab.js'
import type { Source } from './source.js'

/** Rows between two looks at the clock. */
const STRIDE = 32

/** Says when a recording is to begin, and until when it goes on. */
export class TriggerWatch {
  readonly trigger: Trigger
  /** Until when, ms since 1970; 0 while nothing has happened. */
  until = 0
  readonly #test: RowTest | undefined
  readonly #gaps = new WeakMap<Session, number>()

  /** Throws Fault `BAD_PATTERN` or `BAD_PATH`. */
  constructor(trigger: Trigger) {
    this.trigger = trigger
    this.#test = trigger.on.kind === 'message' ? rowTest(trigger.on.filter) : undefined
  }

  /** Looks at a row. */
  row(slab: Slab, i: number): boolean {
    if (this.#test === undefined || !this.#test(slab, i)) return false
    this.#pull(slab.time(i))
    return true
  }

  /** Looks whether sequence numbers are missing that were not before. @param now ms since 1970 */
  session(session: Session, now: number): boolean {
    if (this.trigger.on.kind !== 'gap') return false
    const { gaps } = session.radio.gaps().total
    const before = this.#gaps.get(session) ?? gaps
    this.#gaps.set(session, gaps)
    if (gaps <= before) return false
    this.#pull(now)
    return true
  }

  /**
   * Reads on until it is pulled, or until `end` (a time of `performance.now()`); sources then stand where the recording begins.
   * @returns also how many rows were gone before anybody looked at them
   */
  listen(sources: Iterable<Source>, end: number): { pulled: boolean; missing: number } {
    let missing = 0
    let pulled = false
    let by: Source | undefined
    for (const source of sources) {
      missing += source.lose()
      source.gone = 0
      pulled = this.session(source.session, now())
      const { rows } = source.session
      for (let n = 1; source.next <= rows.last && !pulled; n++) {
        if (n % STRIDE === 0 && performance.now() > end) break
        const slab = rows.slabOf(source.next)
        if (slab === undefined) break
        pulled = this.row(slab, source.next - slab.firstSeq)
        if (pulled) by = source
        else source.next++
      }
      if (pulled) break
    }
    if (pulled) {
      const time = this.until - (this.trigger.after + this.trigger.before) * 1000
      for (const source of sources) {
        // It stands at the row that pulled: what came before that, at the same instant, is not asked for.
        if (source === by && this.trigger.before === 0) continue
        source.next = rowAt(source.session, time, source.from)
      }
    }
    return { pulled, missing }
  }

  /** Whether rows from before its end are still to be read. */
  wants(sources: Iterable<Source>): boolean {
    for (const { session, next } of sources) {
      const seq = Math.max(next, session.rows.first)
      const slab = session.rows.slabOf(seq)
      if (slab !== undefined && slab.time(seq - slab.firstSeq) <= this.until) return true
    }
    return false
  }

  /** Waits for the next time. */
  rest(): void {
    this.until = 0
  }

  #pull(time: number): void {
    this.until = Math.max(this.until, time + this.trigger.after * 1000)
  }
}

/** The first row in memory at or after a time, from `from` on; one behind the last if there is none. */
function rowAt(session: Session, time: number, from: number): number {
  const { rows } = session
  let low = Math.max(from, rows.first)
  let high = rows.last + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const slab = rows.slabOf(middle)
    if (slab !== undefined && slab.time(middle - slab.firstSeq) < time) low = middle + 1
    else high = middle
  }
  return low
}
