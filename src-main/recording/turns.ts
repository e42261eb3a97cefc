import type { Disk } from './disk.js'

/** Milliseconds of one turn, and between two tellings of how far it has come. */
const SLICE = 8
const TELL = 200
/** Bytes that may wait for the disk. */
const MOST_WAITING = 32 * 1024 * 1024

/** How a long piece of work is watched, and called off. */
export interface Work {
  readonly signal?: AbortSignal
  /** Told how much of it is done, 0 to 1, a few times a second. */
  readonly progress?: (done: number) => void
}

/** Cuts a long piece of work into turns, between which everything else has its own. */
export class Turns {
  readonly #disk: Disk | undefined
  readonly #work: Work
  #end = performance.now() + SLICE
  #told = 0

  constructor(disk: Disk | undefined, work: Work) {
    this.#disk = disk
    this.#work = work
  }

  get due(): boolean {
    return performance.now() > this.#end || (this.#disk?.waiting ?? 0) > MOST_WAITING
  }

  /** Rejects with the signal's reason when it is aborted, and with the disk's Fault. @param done share of the work */
  async rest(done: number): Promise<void> {
    if (performance.now() - this.#told >= TELL) {
      this.#told = performance.now()
      this.#work.progress?.(done)
    }
    if ((this.#disk?.waiting ?? 0) > MOST_WAITING) await this.#disk?.taken()
    await new Promise((resolve) => setImmediate(resolve))
    this.#work.signal?.throwIfAborted()
    if (this.#disk?.fault !== undefined) throw this.#disk.fault
    this.#end = performance.now() + SLICE
  }
}
