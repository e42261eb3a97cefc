import { FilterSchema, type FaultShape, type Filter, type TopicKey } from '../../../../src-main/contract/index.js'
import * as v from 'valibot'
import type { Caller } from '../../../bridge/client.js'
import { Exporter } from '../../../parts/export/exporter.svelte.js'
import { ROW_HEIGHT } from '../../../parts/message-list.svelte.js'
import { RowWindow } from '../../../parts/row-window.svelte.js'
import { Finder } from '../../../state/finder.svelte.js'
import type { ListRow } from '../../../state/rows.svelte.js'
import type { SessionView } from '../../../state/session.svelte.js'
import { SeqRows } from '../seq-rows.svelte.js'
import { parseQuery } from './query.js'

/** Bytes of each frame that a row asks for: more than the widest line shows. */
const HEAD = 256
/** Milliseconds that typing may rest before it is looked for: a filter is made anew with each letter. */
const PAUSE = 120

/** What besides the typed filter decides which rows are shown: topics and stations that are muted or heard alone. */
export interface Choice {
  topics?: TopicKey[]
  notTopics?: TopicKey[]
  notSources?: number[]
}

/**
 * A subscriber's messages as a table: all of them, or those that pass a filter; following the newest, or standing still. Row `i` is
 * sequence number `seqAt(i)`.
 */
export class MessageTable {
  readonly session: SessionView
  readonly window = new RowWindow(ROW_HEIGHT)
  readonly rows: SeqRows
  readonly exporter: Exporter
  readonly #caller: Caller
  #query = $state('')
  #bad = $state<string | undefined>()
  #choice: Choice = {}
  /** The filter in force, as text: the same filter is not looked for again. */
  #filter = '{}'
  #finder = $state.raw<Finder | undefined>(undefined)
  #typing: ReturnType<typeof setTimeout> | undefined
  #following = $state(true)
  #selected = $state(0)
  /** The selected row is kept in view until the person moves the table. */
  #held = false
  /** Newest row when following ended. */
  #seen = $state(0)
  /** First row when it was last looked. */
  #first = 1
  #last = 0

  constructor(caller: Caller, session: SessionView) {
    this.#caller = caller
    this.session = session
    this.rows = new SeqRows(caller, session.id, HEAD)
    this.exporter = new Exporter(caller, session)
    this.#first = session.numbers.first
    this.window.setCount(this.count)
  }

  get query(): string {
    return this.#query
  }
  set query(query: string) {
    this.#query = query
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => this.#apply(), PAUSE)
  }
  /** The word of the query that cannot be read. */
  get bad(): string | undefined {
    return this.#bad
  }
  get fault(): FaultShape | undefined {
    return this.#finder?.fault
  }
  get filtered(): boolean {
    return this.#finder !== undefined
  }
  /** Whether all rows in memory have been looked at. */
  get searched(): boolean {
    return this.#finder?.done ?? true
  }
  get following(): boolean {
    return this.#following
  }
  /** Sequence number of the selected row; 0: none. */
  get selected(): number {
    return this.#selected
  }
  /** Rows in memory, of which `count` are shown. */
  get total(): number {
    const { first, last } = this.session.numbers
    return Math.max(0, last - first + 1)
  }
  get count(): number {
    return this.#finder?.length ?? this.total
  }
  /** Rows of those shown that came since the table stands still. */
  get unseen(): number {
    if (this.#following) return 0
    const { last } = this.session.numbers
    return this.#finder === undefined
      ? Math.max(0, last - this.#seen)
      : this.#finder.length - this.#finder.indexAt(this.#seen + 1)
  }
  seqAt(index: number): number {
    return this.#finder === undefined ? this.session.numbers.first + index : this.#finder.at(index)
  }
  /** Where a row stands; -1 where it is not shown. */
  indexOf(seq: number): number {
    if (this.#finder === undefined) {
      const { first, last } = this.session.numbers
      return seq >= first && seq <= last ? seq - first : -1
    }
    return this.#finder.has(seq) ? this.#finder.indexAt(seq) : -1
  }

  /** The rows in view and the time of the one before each, top to bottom; undefined where one has not come yet. */
  get shown(): readonly { index: number; seq: number; row: ListRow | undefined; since: number | undefined }[] {
    const { first, shown } = this.window
    return Array.from({ length: Math.max(0, Math.min(shown, this.count - first)) }, (_, i) => {
      const index = first + i
      const seq = this.seqAt(index)
      const row = this.rows.get(seq)
      const before = index === 0 ? undefined : this.rows.get(this.seqAt(index - 1))
      return { index, seq, row, since: row === undefined || before === undefined ? undefined : row.time - before.time }
    })
  }

  /** Which topics and stations are shown besides what the query asks for. */
  choose(choice: Choice): void {
    this.#choice = choice
    this.#apply()
  }
  /** Takes over how many there are now. Called for each pulse. */
  update(): void {
    const { first, last } = this.session.numbers
    // Numbers only rise: these are another engine's.
    if (last < this.#last) this.reset()
    this.#last = last
    let gone = Math.max(0, first - this.#first)
    this.#first = first
    if (this.#finder !== undefined) {
      gone = this.#finder.drop(first)
      void this.#finder.look(last)
    }
    this.#fit(gone)
    if (this.#seen > last) this.#seen = last
  }
  /** The finder found more, or the journal has: the window takes it over. */
  fit(): void {
    this.#fit(0)
  }

  /** Asks for what is in view, a row before it, and a little around it. */
  fetch(): void {
    const { first, shown } = this.window
    const around = this.#following ? 1 : shown
    const from = Math.max(0, first - around)
    const to = Math.min(this.count, first + shown + (this.#following ? 0 : around))
    this.rows.want(Array.from({ length: Math.max(0, to - from) }, (_, i) => this.seqAt(from + i)))
  }

  /** The person moved the table: at its end it follows, anywhere else it stands still. */
  moved(): void {
    this.#held = false
    if (this.window.atEnd) this.follow()
    else this.pause()
  }
  follow(): void {
    this.#held = false
    this.#following = true
    this.window.toEnd()
  }
  pause(): void {
    if (!this.#following) return
    this.#following = false
    this.#seen = this.session.numbers.last
  }
  select(seq: number): void {
    this.#selected = seq
    this.#held = seq > 0
    if (seq > 0) this.pause()
  }
  /** The view has another height: what is being looked at may have gone out of it. */
  resized(): void {
    const at = this.#held ? this.indexOf(this.#selected) : -1
    if (at >= 0) this.window.reveal(at)
  }
  /** Moves the selection by rows, or to an end. */
  step(by: number): void {
    if (this.count === 0) return
    const { first, shown } = this.window
    const selected = this.indexOf(this.#selected)
    const from = selected >= 0 ? selected : by > 0 ? first - 1 : first + shown
    const index = Math.min(Math.max(from + by, 0), this.count - 1)
    this.select(this.seqAt(index))
    this.window.reveal(index)
  }
  reset(): void {
    this.rows.reset()
    this.#selected = 0
    this.#finder?.stop()
    this.#finder = undefined
    this.#filter = '{}'
    this.#apply()
  }

  #fit(gone: number): void {
    this.window.setCount(this.count, this.#following ? 0 : gone)
    if (this.#following) this.window.toEnd()
  }
  #apply(): void {
    clearTimeout(this.#typing)
    const { filter: typed, bad } = parseQuery(this.#query)
    this.#bad = bad
    const { topics, notTopics, notSources } = this.#choice
    const wanted: Filter = {
      ...typed,
      ...(topics === undefined ? {} : { topics }),
      ...(notTopics === undefined ? {} : { notTopics }),
      ...(notSources === undefined || notSources.length === 0 ? {} : { notSources }),
    }
    const text = JSON.stringify(wanted)
    if (text === this.#filter || !v.is(FilterSchema, wanted)) return
    this.#filter = text
    this.#finder?.stop()
    this.#finder = text === '{}' ? undefined : new Finder(this.#caller, this.session.id, wanted)
    this.#following = true
    this.#held = false
    void this.#finder?.look(this.session.numbers.last)
    this.#fit(0)
  }
}
