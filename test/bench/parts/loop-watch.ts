import { closeSync, openSync, readSync } from 'node:fs'

/** Milliseconds between two looks. */
const LOOK = 1
/** Of Linux: nanoseconds that this process's first thread, which is the event loop's, has run and has waited for a core to run on. */
const SCHEDSTAT = '/proc/self/schedstat'

/**
 * The longest time that the event loop did not get round, less what the system gave to other programs meanwhile (where it tells, on Linux): on a machine with fewer cores
 * than busy threads a plain clock, such as monitorEventLoopDelay, finds blocks of 200 ms in a loop that does nothing.
 */
export class LoopWatch {
  readonly #timer: NodeJS.Timeout
  readonly #stat = open()
  readonly #text = Buffer.alloc(128)
  #longest = 0
  #at = performance.now()
  #waited = this.#wait()

  constructor() {
    this.#timer = setInterval(() => this.#look(), LOOK)
  }

  /** Milliseconds that the event loop's thread has waited for a core, since the process began: what others on the machine cost it. 0 where the system does not tell. */
  get waited(): number {
    return this.#wait()
  }

  /** Milliseconds. */
  end(): number {
    this.#look()
    clearInterval(this.#timer)
    if (this.#stat !== undefined) closeSync(this.#stat)
    return Math.max(0, this.#longest - LOOK)
  }

  #look(): void {
    const at = performance.now()
    const waited = this.#wait()
    this.#longest = Math.max(this.#longest, at - this.#at - (waited - this.#waited))
    this.#at = at
    this.#waited = waited
  }

  #wait(): number {
    if (this.#stat === undefined) return 0
    const size = readSync(this.#stat, this.#text, 0, this.#text.length, 0)
    return Number(this.#text.toString('latin1', 0, size).split(' ')[1]) / 1e6
  }
}

function open(): number | undefined {
  try {
    return openSync(SCHEDSTAT, 'r')
  } catch {
    return undefined
  }
}
