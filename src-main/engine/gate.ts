import type { Undo } from '../contract/index.js'

/** Holds receiving back while anybody wants that. */
export class Gate {
  readonly #holders = new Set<object>()
  readonly #turned: (shut: boolean) => void
  #held: Promise<void> | undefined
  #open: () => void = () => {}

  /** @param turned called when it is shut and when it is opened */
  constructor(turned: (shut: boolean) => void = () => undefined) {
    this.#turned = turned
  }

  /** Shut until the undo is called, or `open`. */
  hold(): Undo {
    const holder = {}
    this.#holders.add(holder)
    if (this.#held === undefined) {
      this.#held = new Promise((resolve) => (this.#open = resolve))
      this.#turned(true)
    }
    return () => {
      if (this.#holders.delete(holder) && this.#holders.size === 0) this.open()
    }
  }

  /** Undefined while open; else resolves when it opens. */
  held(): Promise<void> | undefined {
    return this.#held
  }

  /** For everybody, whoever holds. */
  open(): void {
    this.#holders.clear()
    if (this.#held !== undefined) this.#turned(false)
    this.#held = undefined
    this.#open()
  }
}
