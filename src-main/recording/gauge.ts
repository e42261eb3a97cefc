import { spaceLeft } from './disk.js'

/** How fast a recording grows, and how much room there is for it. */
export class Gauge {
  /** Bytes a second, lately. */
  rate = 0
  /** Bytes; undefined where the system does not say. */
  spaceLeft: number | undefined
  readonly #path: string
  #at = 0
  #bytes = 0
  #looking = false

  /** @param path a file on the disk that is looked at */
  constructor(path: string) {
    this.#path = path
  }

  /** @param bytes so far @param at ms since 1970 */
  measure(bytes: number, at: number): void {
    if (this.#at > 0 && at > this.#at) this.rate = Math.max(0, ((bytes - this.#bytes) * 1000) / (at - this.#at))
    this.#at = at
    this.#bytes = bytes
  }

  rest(): void {
    this.rate = 0
    this.#at = 0
  }

  /** Asks for the room; not again while the disk has not answered. */
  async look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    this.spaceLeft = await spaceLeft(this.#path)
    this.#looking = false
  }
}
