import type { Fault, Notice, Undo } from './contract/index.js'

/** Kept for views that come later; older ones are let go. */
const KEPT = 50

/** @param again it stood there before, with other words */
type Listener = (notice: Notice, again: boolean) => void

/** News for a person that no call asked for: a settings file set aside, a view dropped. Kept, so that a view that comes later hears it too. */
export class Notices {
  readonly #kept: Notice[] = []
  readonly #listeners = new Set<Listener>()
  #next = 1

  /** @param instead the number of one whose place it takes @returns its number */
  add(level: Notice['level'], fault: Fault, instead?: number): number {
    const notice: Notice = { id: instead ?? this.#next++, time: Date.now(), level, fault: fault.shape() }
    const at = this.#kept.findIndex(({ id }) => id === notice.id)
    if (at < 0) this.#kept.push(notice)
    else this.#kept[at] = notice
    if (this.#kept.length > KEPT) this.#kept.shift()
    for (const listener of [...this.#listeners]) listener(notice, instead !== undefined)
    return notice.id
  }

  /** Oldest first. */
  list(): Notice[] {
    return [...this.#kept]
  }

  onNotice(listener: Listener): Undo {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
