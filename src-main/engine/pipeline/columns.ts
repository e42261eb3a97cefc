/** Tasks in one block of memory: growing by blocks, nothing is ever copied. */
const BITS = 12
export const BLOCK = 1 << BITS

/** What is known of `BLOCK` tasks in a row. Times are ms since 1970; 0: not, or not known. */
export class Block {
  readonly made = new Float64Array(BLOCK)
  /** For the first time. */
  readonly handed = new Float64Array(BLOCK)
  readonly started = new Float64Array(BLOCK)
  readonly finished = new Float64Array(BLOCK)
  /** For the first time. */
  readonly collected = new Float64Array(BLOCK)
  /** Of the ventilator's journal. */
  readonly row = new Float64Array(BLOCK)
  /** Number of the lane that had it last, or is known to have been handed it; 0: not known. */
  readonly lane = new Uint16Array(BLOCK)
  readonly timesHanded = new Uint16Array(BLOCK)
  readonly timesCollected = new Uint16Array(BLOCK)
  /** An index into `taskStates`. */
  readonly state = new Uint8Array(BLOCK)
  readonly flags = new Uint8Array(BLOCK)
}

/** Columns of figures for any number of tasks, numbered from 1. */
export class Columns {
  length = 0
  readonly #blocks: Block[] = []

  /** Adds a task, all zero, and returns its number. */
  add(): number {
    if (this.length % BLOCK === 0) this.#blocks.push(new Block())
    return ++this.length
  }

  /** The block of a task; its place there is `at(task)`. */
  block(task: number): Block {
    return this.#blocks[(task - 1) >>> BITS]!
  }

  at(task: number): number {
    return (task - 1) & (BLOCK - 1)
  }
}
