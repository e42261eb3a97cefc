import type { Undo } from '../contract/index.js'

/** Holds receiving back while anybody wants that. */
export class Gate {
  readonly #holders = new Set<object>()
  #held: Promise<void> | undefined
  #open: () => void = () => {}

  /** Shut until the undo is called, or `open`. */
  hold(): Undo {
    const holder = {}
    this.#holders.add(holder)
    this.#held ??= new Promise((resolve) => (this.#open = resolve))
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
    this.#held = undefined
    this.#open()
  }
}
