import type { FaultShape } from '../../../../src-main/contract/index.js'
import { detached } from '../../../lib/detached.svelte.js'
import { draftKey } from '../../../parts/composer.svelte.js'
import type { SessionPane } from '../../../parts/session-pane.svelte.js'
import type { SessionView } from '../../../state/session.svelte.js'
import { Exporter } from '../../../parts/export/exporter.svelte.js'
import { Finder } from '../../../state/finder.svelte.js'
import { RowCache } from '../../../state/rows.svelte.js'
import { notesBetween, notesOf, type Note } from './notes.js'
import { talkRows, type TalkRow } from './talk-rows.js'
import { TalkWindow } from './talk-window.svelte.js'

export const talkViews = ['talk', 'table'] as const
export type TalkView = (typeof talkViews)[number]

/** Messages that are fetched before a talk that follows moves on to them: more than a screenful. */
const AHEAD = 24

/** Milliseconds that a message stays at least, of those that a talk moves on by: in a flood five screenfuls a second, which nobody reads, and not twenty. */
const PACE = 8

/** What the item after the last row is called; it holds what happened since. */
const TAIL = -1

const made = new WeakMap<SessionPane, Conversation>()

/** The conversation of a pane: one for as long as the pane lives, so that going elsewhere and back loses no place. */
export function conversationOf(pane: SessionPane): Conversation {
  let conversation = made.get(pane)
  if (conversation === undefined) {
    conversation = detached(() => new Conversation(pane))
    made.set(pane, conversation)
  }
  return conversation
}

/** A session's messages as a talk: which are shown, which are in view, what is looked for, and what happened in between. */
export class Conversation {
  readonly pane: SessionPane
  readonly session: SessionView
  readonly rows: RowCache<TalkRow>
  readonly window = new TalkWindow((index) => this.keyAt(index))
  readonly exporter: Exporter
  #view = $state<TalkView>('talk')
  #source = $state<number | undefined>(undefined)
  #finding = $state(false)
  #query = $state('')
  #regex = $state(false)
  #only = $state(false)
  #base = $state.raw<Finder | undefined>(undefined)
  #matches = $state.raw<Finder | undefined>(undefined)
  #current = $state(0)
  /** Newest row when following ended. */
  #seen = $state(0)
  /** Messages that the window knows of: following, it moves on to others when they are here, so that nothing is drawn empty. */
  #ready = $state(0)
  #advancing = false
  #resting: ReturnType<typeof setTimeout> | undefined
  /** How often it has rested: who shows the talk reads this, and updates it then. Nothing is fetched for a talk that nobody looks at. */
  rests = $state(0)
  #first = 1
  #last = 0
  #revision = 0

  constructor(pane: SessionPane) {
    this.pane = pane
    this.session = pane.session
    const { caller } = pane.bench
    this.rows = new RowCache(caller, this.session.id, () => this.session.numbers, talkRows)
    this.exporter = new Exporter(caller, this.session)
    const kept = localStorage.getItem(this.#viewKey)
    this.#view = talkViews.find((view) => view === kept) ?? 'talk'
    this.update()
    pane.showBy((seq) => this.show(seq))
  }

  get #viewKey(): string {
    return `socketeer.talk.${draftKey(this.session)}`
  }
  get view(): TalkView {
    return this.#view
  }
  set view(view: TalkView) {
    this.#view = view
    localStorage.setItem(this.#viewKey, view)
  }

  /** Only the exchanges with this client of a server; undefined: with all. */
  get source(): number | undefined {
    return this.#source
  }
  set source(source: number | undefined) {
    if (source === this.#source) return
    this.#source = source
    this.#base?.stop()
    this.#base = source === undefined ? undefined : this.#finder({ source })
    this.window.follow()
    this.#rested()
    this.#search()
    this.update()
  }

  // What is shown: rows of the session, or of a list of found ones.
  get #shown(): Finder | undefined {
    return this.#only && this.#matches !== undefined && this.#matches.fault === undefined ? this.#matches : this.#base
  }
  /** How many messages are shown. A search finds rows that no pulse has told of: they are shown when one does, for only then they can be fetched. */
  get count(): number {
    const { first, last } = this.session.numbers
    return this.#shown?.indexAt(last + 1) ?? Math.max(0, last - first + 1)
  }
  /** Sequence number of message `index`, from 0. */
  seqAt(index: number): number {
    return this.#shown?.at(index) ?? this.session.numbers.first + index
  }
  keyAt(index: number): number {
    return index >= this.ready ? TAIL : this.seqAt(index)
  }
  /** How many of them are drawn: those that came a moment ago may not be yet. */
  get ready(): number {
    return Math.min(this.#ready, this.count)
  }
  /** Index of a message, or of the next one shown after it. */
  indexOf(seq: number): number {
    return this.#shown?.indexAt(seq) ?? seq - this.session.numbers.first
  }
  row(index: number): TalkRow | undefined {
    return index < this.ready ? this.rows.get(this.seqAt(index)) : undefined
  }
  /** The filter of what is shown is still being made out. */
  get looking(): boolean {
    return this.#shown !== undefined && !this.#shown.done
  }
  get filtered(): boolean {
    return this.#shown !== undefined
  }

  readonly #notes = $derived.by(() => notesOf(this.session.timeline, this.session.settings))
  /** What happened to the link before item `index` and after the one above it. */
  notes(index: number): readonly Note[] {
    if (this.#notes.length === 0) return []
    const after = index === 0 ? -Infinity : this.row(index - 1)?.time
    const upTo = index >= this.ready ? Infinity : this.row(index)?.time
    return after === undefined || upTo === undefined ? [] : notesBetween(this.#notes, after, upTo)
  }

  // Where it stands.
  get selected(): number {
    return this.pane.list.selected
  }
  select(seq: number): void {
    this.pane.list.select(seq)
    if (seq > 0) this.pause()
  }
  /** Moves the selection by messages, or to an end. */
  step(by: number): void {
    const { count, window } = this
    if (count === 0) return
    const at = this.selected > 0 ? this.indexOf(this.selected) : by > 0 ? window.seen.first - 1 : window.seen.last + 1
    const index = Math.min(Math.max(at + by, 0), count - 1)
    this.select(this.seqAt(index))
    window.reveal(index)
  }
  /** Messages that came since it stands still. */
  get unseen(): number {
    if (this.window.following) return 0
    const shown = this.#shown
    return shown === undefined
      ? Math.max(0, this.session.numbers.last - this.#seen)
      : this.count - shown.indexAt(this.#seen + 1)
  }
  follow(): void {
    this.window.follow()
  }
  /** The person moved it by so many pixels. */
  moved(pixels: number): void {
    const before = this.window.following
    this.window.moveBy(pixels)
    if (before && !this.window.following) this.#seen = this.session.numbers.last
  }
  jumped(scrollTop: number): void {
    const before = this.window.following
    this.window.jump(scrollTop)
    if (before && !this.window.following) this.#seen = this.session.numbers.last
  }
  /** Stands still where it is. */
  pause(): void {
    if (!this.window.following) return
    this.#seen = this.session.numbers.last
    this.window.pause()
  }
  /** Shows a message: selected, and in view. */
  show(seq: number, select = true): void {
    this.pause()
    const index = this.indexOf(seq)
    if (select) this.pane.list.select(this.seqAt(Math.min(index, Math.max(0, this.count - 1))))
    this.window.reveal(Math.min(index, this.count - 1), true)
  }
  /** Goes to the first message at or after a time. @param time ms since 1970 */
  async goTo(time: number): Promise<void> {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >> 1
      const at = await this.exporter.timeOf(this.seqAt(middle))
      if (at !== undefined && at < time) low = middle + 1
      else high = middle
    }
    if (this.count > 0) this.show(this.seqAt(Math.min(low, this.count - 1)))
  }

  /** Takes over how many there are now. Called for each pulse. */
  update(): void {
    const { first, last, revision } = this.session.numbers
    // Another engine is on the line: its rows are others.
    if (last < this.#last || revision < this.#revision) {
      this.rows.reset()
      if (this.#base !== undefined) this.#base = this.#finder(this.#base.filter)
      this.#search()
    }
    const shown = this.#shown
    let gone = Math.max(0, first - this.#first)
    for (const finder of [this.#base, this.#matches]) {
      const dropped = finder?.drop(first) ?? 0
      if (finder !== undefined && finder === shown) gone = dropped
      void finder?.look(last)
    }
    this.#first = first
    this.#last = last
    this.#revision = revision
    this.#ready = Math.max(0, this.#ready - gone)
    if (this.window.following && this.#view === 'talk' && this.#ready < this.count) void this.#advance()
    else this.#ready = this.count
    this.window.setCount(this.#ready + 1, gone)
    if (this.#seen > last) this.#seen = last
  }
  /** Fetches the newest, and moves on to them; then it rests, the longer the more of them are new. */
  async #advance(): Promise<void> {
    if (this.#advancing || this.#resting !== undefined) return
    this.#advancing = true
    const { count } = this
    const shown = this.#shown
    const fresh = Math.min(AHEAD, count - this.#ready)
    const first = Math.max(0, count - AHEAD)
    await this.rows.bring(Array.from({ length: count - first }, (_, i) => this.seqAt(first + i)))
    this.#advancing = false
    if (shown !== this.#shown) return this.update()
    this.#ready = Math.min(count, this.count)
    this.window.setCount(this.#ready + 1)
    this.#resting = setTimeout(() => this.#rested(), fresh * PACE)
  }
  #rested(): void {
    clearTimeout(this.#resting)
    this.#resting = undefined
    this.rests++
  }
  /** Asks for what is drawn, and for the message above it: notes stand between two. */
  fetch(): void {
    const { from, to } = this.window.drawn
    const seqs: number[] = []
    for (let i = Math.max(0, from - 1); i < Math.min(to, this.ready); i++) seqs.push(this.seqAt(i))
    this.rows.want(seqs)
  }

  // Looking for something.
  get finding(): boolean {
    return this.#finding
  }
  set finding(finding: boolean) {
    this.#finding = finding
    this.#search()
  }
  get query(): string {
    return this.#query
  }
  set query(query: string) {
    this.#query = query
    this.#search()
  }
  /** Whether the query is a regular expression (RE2) rather than a text. */
  get regex(): boolean {
    return this.#regex
  }
  set regex(regex: boolean) {
    this.#regex = regex
    this.#search()
  }
  /** Show only what was found. */
  get only(): boolean {
    return this.#only
  }
  set only(only: boolean) {
    this.#keepPlace(() => (this.#only = only))
  }
  get matches(): Finder | undefined {
    return this.#matches
  }
  /** The match that previous and next go from. */
  get current(): number {
    return this.#current
  }
  get fault(): FaultShape | undefined {
    return this.#matches?.fault
  }
  /** Goes to the next match (1), or the previous (-1), and round at the ends. */
  nextMatch(by: 1 | -1): void {
    const found = this.#matches
    if (found === undefined || found.length === 0) return
    const { first, last } = this.window.seen
    const at = found.has(this.#current)
      ? found.indexAt(this.#current) + by
      : by > 0
        ? found.indexAt(this.keyAt(Math.max(0, first)))
        : found.indexAt(this.seqAt(Math.max(0, Math.min(last, this.count - 1))) + 1) - 1
    this.#current = found.at((at + found.length) % found.length)
    // Marked, not selected: the inspector would take the room that one searches in.
    if (this.#view === 'talk') this.show(this.#current, false)
    else {
      this.pane.list.select(this.#current)
      this.pane.list.window.reveal(this.#current - this.session.numbers.first)
    }
  }

  #search(): void {
    this.#keepPlace(() => {
      this.#matches?.stop()
      this.#current = 0
      const text = this.#finding ? this.#query : ''
      const source = this.#source === undefined ? {} : { source: this.#source }
      this.#matches =
        text === '' ? undefined : this.#finder({ ...source, ...(this.#regex ? { regex: text } : { text }) })
      void this.#matches?.look(this.session.numbers.last)
    })
  }
  #finder(filter: Finder['filter']): Finder {
    return new Finder(this.pane.bench.caller, this.session.id, filter)
  }
  /** Changes what is shown, and shows what was in view before, as far as it is still there. */
  #keepPlace(change: () => void): void {
    const before = this.#shown
    const { first } = this.window.seen
    const seq = first < 0 ? 0 : this.keyAt(first)
    change()
    if (this.#shown === before) return
    this.#ready = this.count
    this.window.setCount(this.count + 1)
    if (!this.window.following && seq > 0) this.window.reveal(this.indexOf(this.selected || seq), true)
  }
}
