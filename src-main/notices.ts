import type { Fault, Notice, Undo } from './contract/index.js'

/** Kept for views that come later; older ones are let go. */
const KEPT = 50

/** News for a person that no call asked for: a settings file set aside, a view dropped. Kept, so that a view that comes later hears it too. */
export class Notices {
  readonly #kept: Notice[] = []
  readonly #listeners = new Set<(notice: Notice) => void>()
  #next = 1

  add(level: Notice['level'], fault: Fault): void {
    const notice: Notice = { id: this.#next++, time: Date.now(), level, fault: fault.shape() }
    this.#kept.push(notice)
    if (this.#kept.length > KEPT) this.#kept.shift()
    for (const listener of [...this.#listeners]) listener(notice)
  }

  /** Oldest first. */
  list(): Notice[] {
    return [...this.#kept]
  }

  onNotice(listener: (notice: Notice) => void): Undo {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
