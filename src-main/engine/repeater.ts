import { performance } from 'node:perf_hooks'
import { Fault, type Repeat } from '../contract/index.js'

/** Failures in a row after which it stops by itself: then nothing that could change is being waited for. */
const FAILURES = 100

/**
 * Sends the same thing again and again, one at a time: `every` ms after the last began, or when the last has ended, whichever is later. Told
 * to the view through `changed`; it stops by itself at its count.
 */
export class Repeater {
  readonly #once: (signal: AbortSignal) => Promise<unknown>
  readonly #every: number
  readonly #changed: () => void
  readonly #stop = new AbortController()
  readonly #of: number
  #sent = 0
  #failed = 0
  #fault: Fault | undefined
  /** Settles when it is over. */
  readonly ended: Promise<void>
  #running = true

  /** @param count 0 = until stopped. @param after the run before it, which was stopped: a client's question is called off in its own time, and before that it is not our turn */
  constructor(
    once: (signal: AbortSignal) => Promise<unknown>,
    count: number,
    every: number,
    changed: () => void,
    after?: Promise<void>,
  ) {
    this.#once = once
    this.#of = count
    this.#every = every
    this.#changed = changed
    this.ended = this.#run(after)
  }

  get running(): boolean {
    return this.#running
  }

  info(): Repeat {
    return {
      sent: this.#sent,
      failed: this.#failed,
      of: this.#of,
      every: this.#every,
      running: this.#running,
      ...(this.#fault === undefined ? {} : { fault: this.#fault.shape() }),
    }
  }

  stop(): void {
    this.#stop.abort()
  }

  async #run(after: Promise<void> | undefined): Promise<void> {
    const { signal } = this.#stop
    let inRow = 0
    if (after !== undefined) await after
    let due = performance.now()
    while (!signal.aborted && (this.#of === 0 || this.#sent < this.#of) && inRow < FAILURES) {
      try {
        await this.#once(signal)
        inRow = 0
      } catch (error) {
        if (this.#stop.signal.aborted) break
        this.#failed++
        inRow++
        if (error instanceof Fault) this.#fault = error
      }
      this.#sent++
      this.#changed()
      due = Math.max(due + this.#every, performance.now())
      await pause(due - performance.now(), signal)
    }
    this.#running = false
    this.#changed()
  }
}

/** Resolves after `ms`, at the next turn of the event loop when that is nothing, or when told to stop. */
function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (ms <= 0) {
      setImmediate(resolve)
      return
    }
    const done = () => {
      clearTimeout(timer)
      stop.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    stop.addEventListener('abort', done)
  })
}
