import type { SessionView } from '../state/session.svelte.js'
import type { ListRow } from '../state/rows.svelte.js'
import { RowWindow } from './row-window.svelte.js'

export const ROW_HEIGHT = 26

export interface ListItem {
  /** Its place among the rows that are shown, from 0. */
  readonly index: number
  readonly seq: number
  /** Undefined where it has not come yet. */
  readonly row: ListRow | undefined
}

/**
 * A session's messages as a list: which of them are in view, whether it follows the newest, which one is selected. Row `i` is
 * sequence number `seqAt(i)`: here all that are in memory, in a list made from this one those that it picks. While it follows, it
 * moves on to rows when they are here: at any rate nothing is drawn empty.
 */
export class MessageList {
  readonly session: SessionView
  readonly window = new RowWindow(ROW_HEIGHT)
  #following = $state(true)
  #selected = $state(0)
  /** The selected row is kept in view until the person moves the list. */
  #held = false
  /** Newest row when following ended. */
  #seen = $state(0)
  /** Newest row that is drawn while it follows. */
  #drawn = 0
  #advancing = false
  /** First and last row when it was last looked. */
  #first = 1
  #last = 0

  constructor(session: SessionView) {
    this.session = session
    this.#first = session.numbers.first
    this.#drawn = session.numbers.last
    this.window.setCount(this.total)
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
    return this.total
  }
  seqAt(index: number): number {
    return this.session.numbers.first + index
  }
  /** Where a row stands; -1 where it is not shown. */
  indexOf(seq: number): number {
    const { first, last } = this.session.numbers
    return seq >= first && seq <= last ? seq - first : -1
  }
  /** Rows of those shown that came since the list stands still. */
  get unseen(): number {
    return this.#following ? 0 : this.countAfter(this.#seen)
  }
  protected countAfter(seq: number): number {
    return Math.max(0, this.session.numbers.last - seq)
  }

  /** The rows in view, top to bottom. */
  get rows(): readonly ListItem[] {
    const { first, shown } = this.window
    return Array.from({ length: Math.max(0, Math.min(shown, this.count - first)) }, (_, i) => {
      const seq = this.seqAt(first + i)
      return { index: first + i, seq, row: this.session.rows.get(seq) }
    })
  }

  /** Takes over how many there are now. Called for each pulse. */
  update(): void {
    const { first, last } = this.session.numbers
    // Numbers only rise: these are another engine's.
    if (last < this.#last) this.reset()
    if (last < this.#drawn) this.#drawn = last
    this.#last = last
    const gone = Math.max(0, first - this.#first)
    this.#first = first
    this.fit(this.dropped(gone))
    if (this.#seen > last) this.#seen = last
  }
  /** So many rows left memory at the beginning: how many of those shown did? */
  protected dropped(gone: number): number {
    return gone
  }
  /** The window takes over how many are shown, `gone` less at the beginning. */
  fit(gone = 0): void {
    if (!this.#following) {
      this.window.setCount(this.count, gone)
      return
    }
    this.window.setCount(Math.max(0, this.count - this.countAfter(this.#drawn)))
    this.window.toEnd()
    void this.#advance()
  }
  async #advance(): Promise<void> {
    if (this.#advancing) return
    this.#advancing = true
    try {
      while (this.#following && this.countAfter(this.#drawn) > 0) {
        const { count } = this
        const last = this.seqAt(count - 1)
        const rows = Math.min(count, Math.ceil(this.window.viewport / ROW_HEIGHT) + 1)
        // Out of sight nothing is drawn, and nothing asked for.
        if (this.window.viewport > 0)
          await this.session.rows.bring(Array.from({ length: rows }, (_, i) => this.seqAt(count - rows + i)))
        this.#drawn = Math.max(this.#drawn, last)
        if (!this.#following) break
        this.window.setCount(Math.max(0, this.count - this.countAfter(this.#drawn)))
        this.window.toEnd()
      }
    } finally {
      this.#advancing = false
    }
  }

  /** Asks for what is in view, a row before it, and where it stands still a little around it. */
  fetch(): void {
    const { first, shown } = this.window
    const around = this.#following ? 0 : shown
    const from = Math.max(0, first - Math.max(1, around))
    const to = Math.min(this.count, first + shown + around)
    this.session.rows.want(Array.from({ length: Math.max(0, to - from) }, (_, i) => this.seqAt(from + i)))
  }

  /** The person moved the list: at its end it follows, anywhere else it stands still. */
  moved(): void {
    this.#held = false
    if (this.window.atEnd) this.follow()
    else this.pause()
  }
  follow(): void {
    this.#held = false
    this.#following = true
    this.#drawn = this.session.numbers.last
    this.fit()
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
  /** Begins anew: nothing is selected, and what was picked is picked again. */
  reset(): void {
    this.#selected = 0
  }

  /** Does what a key asks for, as lists do everywhere; false if it asks for nothing here. */
  key(key: string): boolean {
    switch (key) {
      case 'ArrowUp':
        this.step(-1)
        return true
      case 'ArrowDown':
        this.step(1)
        return true
      case 'PageUp':
        this.step(-this.window.page)
        return true
      case 'PageDown':
        this.step(this.window.page)
        return true
      case 'Home':
        this.step(-Infinity)
        return true
      case 'End':
        this.step(Infinity)
        this.follow()
        return true
      case 'Escape':
        if (this.#selected === 0) return false
        this.select(0)
        return true
      default:
        return false
    }
  }
}
