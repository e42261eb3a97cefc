import { FilterSchema, type FaultShape, type Filter, type TopicKey } from '../../../../src-main/contract/index.js'
import * as v from 'valibot'
import type { Caller } from '../../../bridge/client.js'
import { Exporter } from '../../../parts/export/exporter.svelte.js'
import { MessageList, type ListItem } from '../../../parts/message-list.svelte.js'
import { Finder } from '../../../state/finder.svelte.js'
import type { SessionView } from '../../../state/session.svelte.js'
import { parseQuery } from './query.js'

/** Milliseconds that typing may rest before it is looked for: a filter is made anew with each letter. */
const PAUSE = 120

/** What besides the typed filter decides which rows are shown: topics and stations that are muted or heard alone. */
export interface Choice {
  topics?: TopicKey[]
  notTopics?: TopicKey[]
  notSources?: number[]
}

/** A subscriber's messages as a list: all of them, or those that pass a filter. */
export class MessageTable extends MessageList {
  readonly exporter: Exporter
  readonly #caller: Caller
  #query = $state('')
  #bad = $state<string | undefined>()
  #choice: Choice = {}
  /** The filter in force, as text: the same filter is not looked for again. */
  #filter = '{}'
  #finder = $state.raw<Finder | undefined>(undefined)
  #typing: ReturnType<typeof setTimeout> | undefined

  constructor(caller: Caller, session: SessionView) {
    super(session)
    this.#caller = caller
    this.exporter = new Exporter(caller, session)
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
  override get count(): number {
    return this.#finder?.length ?? this.total
  }
  override seqAt(index: number): number {
    return this.#finder?.at(index) ?? super.seqAt(index)
  }
  override indexOf(seq: number): number {
    if (this.#finder === undefined) return super.indexOf(seq)
    return this.#finder.has(seq) ? this.#finder.indexAt(seq) : -1
  }
  protected override countAfter(seq: number): number {
    return this.#finder === undefined ? super.countAfter(seq) : this.#finder.length - this.#finder.indexAt(seq + 1)
  }
  /** Milliseconds since the row shown before it; undefined while one of the two has not come. */
  since({ index, row }: ListItem): number | undefined {
    const before = index === 0 ? undefined : this.session.rows.get(this.seqAt(index - 1))
    return row === undefined || before === undefined ? undefined : row.time - before.time
  }

  /** Which topics and stations are shown besides what the query asks for. */
  choose(choice: Choice): void {
    this.#choice = choice
    this.#apply()
  }
  protected override dropped(gone: number): number {
    if (this.#finder === undefined) return gone
    const { first, last } = this.session.numbers
    const dropped = this.#finder.drop(first)
    void this.#finder.look(last)
    return dropped
  }
  override reset(): void {
    super.reset()
    this.#finder?.stop()
    this.#finder = undefined
    this.#filter = '{}'
    this.#apply()
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
    void this.#finder?.look(this.session.numbers.last)
    this.follow()
  }
}
