import type { Hand } from './hand.js'

/** Spans that a new lane has room for. */
const ROOM = 64

/** Marks of a span. */
export const CUT = 1

/** What one worker of ours did in one run: every task that it had in hand, from when to when, in the order of starting. Typed arrays, no object a task. */
export class Lane {
  /** From 1, within the run. */
  readonly number: number
  readonly hand: Hand
  /** Spans written. */
  length = 0
  starts = new Float64Array(ROOM)
  /** 0: still in hand. */
  ends = new Float64Array(ROOM)
  tasks = new Uint32Array(ROOM)
  slots = new Uint16Array(ROOM)
  /** CUT: it ended because the worker did, and the task was not passed on. */
  marks = new Uint8Array(ROOM)
  /** Tasks passed on. */
  done = 0
  /** Tasks that were last seen here and are lost. */
  lost = 0
  /** Crashes of the worker when the lane began. */
  readonly crashesBefore: number
  #service = 0
  #served = 0
  #wait = 0
  #waited = 0
  /** The longest span so far, ms: how far before a time one that reaches into it may begin. */
  longest = 0

  constructor(number: number, hand: Hand) {
    this.number = number
    this.hand = hand
    this.crashesBefore = hand.crashes
  }

  /** @param handed when the task was handed over, or 0. Returns the number of the span. */
  open(task: number, time: number, slot: number, handed: number): number {
    if (this.length === this.starts.length) this.#grow()
    const span = this.length++
    this.starts[span] = time
    this.tasks[span] = task
    this.slots[span] = slot
    if (handed > 0) {
      this.#wait += time - handed
      this.#waited++
    }
    return span
  }

  close(span: number, time: number): void {
    this.#end(span, time)
    this.#service += time - this.starts[span]!
    this.#served++
  }

  /** The worker went with the task in hand. */
  cut(span: number, time: number): void {
    if (this.ends[span] === 0) this.#end(span, time)
    this.marks[span] = this.marks[span]! | CUT
  }

  /** Milliseconds a task, mean; undefined: none yet. */
  get service(): number | undefined {
    return this.#served === 0 ? undefined : this.#service / this.#served
  }

  /** Milliseconds from handing over to the start, mean; undefined: none yet. */
  get wait(): number | undefined {
    return this.#waited === 0 ? undefined : this.#wait / this.#waited
  }

  #end(span: number, time: number): void {
    this.ends[span] = time
    this.longest = Math.max(this.longest, time - this.starts[span]!)
  }

  #grow(): void {
    const grow = <A extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(old: A, bigger: A): A => {
      bigger.set(old)
      return bigger
    }
    const size = this.length * 2
    this.starts = grow(this.starts, new Float64Array(size))
    this.ends = grow(this.ends, new Float64Array(size))
    this.tasks = grow(this.tasks, new Uint32Array(size))
    this.slots = grow(this.slots, new Uint16Array(size))
    this.marks = grow(this.marks, new Uint8Array(size))
  }
}
