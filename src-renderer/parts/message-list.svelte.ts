import type { SessionView } from '../state/session.svelte.js'
import type { ListRow } from '../state/rows.svelte.js'
import { RowWindow } from './row-window.svelte.js'

export const ROW_HEIGHT = 26

/**
 * A session's messages as a list: which of them are in view, whether it follows the newest, which one is selected. Row `i` of the
 * window is sequence number `first + i`.
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
  #first = 1

  constructor(session: SessionView) {
    this.session = session
    const { first, last } = session.numbers
    this.#first = first
    this.window.setCount(Math.max(0, last - first + 1))
  }

  get following(): boolean {
    return this.#following
  }
  /** Sequence number of the selected row; 0: none. */
  get selected(): number {
    return this.#selected
  }
  /** Rows that came since the list stands still. */
  get unseen(): number {
    return this.#following ? 0 : Math.max(0, this.session.numbers.last - this.#seen)
  }
  get total(): number {
    return this.window.count
  }
  /** First and last sequence number in view; the list counts them from the oldest in memory. */
  get from(): number {
    return this.#first + this.window.first
  }
  get to(): number {
    return this.from + this.window.shown - 1
  }

  /** The rows in view, top to bottom; undefined where one has not come yet. */
  get rows(): readonly { seq: number; row: ListRow | undefined }[] {
    const from = this.session.numbers.first + this.window.first
    return Array.from({ length: this.window.shown }, (_, i) => ({
      seq: from + i,
      row: this.session.rows.get(from + i),
    }))
  }

  /** Takes over how many there are now. Called for each pulse. */
  update(): void {
    const { first, last } = this.session.numbers
    const gone = Math.max(0, first - this.#first)
    this.#first = first
    this.window.setCount(Math.max(0, last - first + 1), this.#following ? 0 : gone)
    if (this.#following) this.window.toEnd()
    if (this.#seen > last) this.#seen = last
  }

  /** Asks for what is in view and a little around it. */
  fetch(): void {
    const { shown } = this.window
    if (shown === 0) return
    const { first } = this.session.numbers
    const from = first + this.window.first
    const around = this.#following ? 0 : shown
    this.session.rows.want(Math.max(1, from - around), from + shown - 1 + around)
  }

  /** The person moved the list: at its end it follows, anywhere else it stands still. */
  moved(): void {
    this.#held = false
    if (this.window.atEnd) this.follow()
    else this.#pause()
  }
  follow(): void {
    this.#held = false
    this.#following = true
    this.window.toEnd()
  }

  select(seq: number): void {
    this.#selected = seq
    this.#held = seq > 0
    if (seq > 0) this.#pause()
  }
  /** The view has another height: what is being looked at may have gone out of it. */
  resized(): void {
    if (this.#held) this.window.reveal(this.#selected - this.session.numbers.first)
  }
  /** Moves the selection by rows, or to an end. */
  step(by: number): void {
    const { first, last } = this.session.numbers
    if (last < first) return
    const from =
      this.#selected >= first && this.#selected <= last ? this.#selected : by > 0 ? this.from - 1 : this.to + 1
    const seq = Math.min(Math.max(from + by, first), last)
    this.select(seq)
    this.window.reveal(seq - first)
  }

  #pause(): void {
    if (!this.#following) return
    this.#following = false
    this.#seen = this.session.numbers.last
  }
}
