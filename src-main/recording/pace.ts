/** Milliseconds before a moment until which a timer is trusted: they wake up to a millisecond late. */
const AWAKE = 2
/**
 * Milliseconds that are slept on the spot: a timer is a millisecond late, and who looks at the clock all the time makes garbage that takes milliseconds to collect, and is the first whom the system
 * interrupts for milliseconds when others want to run. It is less than one, since Windows, which sleeps 15 ms for one, then does not sleep at all.
 */
const NAP = 0.9
/** Milliseconds after which everything else gets a turn. */
const TURN = 2
/** Milliseconds of a turn from which on everything else has work to do: then it has the time that would be slept. */
const BUSY = 0.5
/** Milliseconds within which two moments are one: to wake up for each of ten thousand a second costs more than what is done then, here and in libzmq's thread. */
export const TOGETHER = 0.5
const bed = new Int32Array(new SharedArrayBuffer(4))

/** Waits for moments to a fraction of a millisecond, where there are ten thousand of them a second and where there is one an hour; everything else has its turns between them. */
export class Pace {
  /** When everything else last had a turn, and whether it had something to do. */
  #turned = 0
  #busy = false
  #stopped = false
  #wake: () => void = () => undefined

  /** Whether the moment is there: waits for it on the spot if it is near, and nobody else has waited for long. @param due as `performance.now()` counts */
  came(due: number): boolean {
    const at = performance.now()
    if (at - this.#turned > TURN) return false
    let left = due - at
    if (left <= TOGETHER) return true
    if (this.#busy || left > AWAKE) return false
    for (; left > 0; left = due - performance.now()) Atomics.wait(bed, 0, 0, Math.min(left, NAP))
    return true
  }

  /** Waits for the moment in any case, unless it is stopped. */
  async until(due: number): Promise<void> {
    while (!this.#stopped && !this.came(due)) {
      const left = due - performance.now()
      if (left > AWAKE) await this.#sleep(left - AWAKE)
      else await this.rest()
    }
  }

  /** Everything else has its turn. */
  async rest(): Promise<void> {
    const at = performance.now()
    await new Promise((resolve) => setImmediate(resolve))
    this.#turned = performance.now()
    this.#busy = this.#turned - at > BUSY
  }

  /** Nothing is waited for any more. */
  stop(): void {
    this.#stopped = true
    this.#wake()
  }

  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#turned = performance.now()
    this.#busy = false
  }
}
