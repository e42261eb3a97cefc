import { closeSync, openSync, readSync } from 'node:fs'

/** Milliseconds between two looks. */
const LOOK = 1
/** Of Linux: nanoseconds that this process's first thread, which is the event loop's, has run and has waited for a core to run on. */
const SCHEDSTAT = '/proc/self/schedstat'

/** What the system tells of the event loop's thread; on a machine with fewer cores than busy threads no clock can. */
export class LoopThread {
  readonly #stat = open()
  readonly #text = Buffer.alloc(128)

  /** Milliseconds since the process began that it has run and has waited for a core: what others on the machine cost it. `told`: whether the system tells; zeros where not. */
  read(): { told: boolean; ran: number; waited: number } {
    if (this.#stat === undefined) return { told: false, ran: 0, waited: 0 }
    const size = readSync(this.#stat, this.#text, 0, this.#text.length, 0)
    const [ran, waited] = this.#text.toString('latin1', 0, size).split(' ')
    return { told: true, ran: Number(ran) / 1e6, waited: Number(waited) / 1e6 }
  }

  close(): void {
    if (this.#stat !== undefined) closeSync(this.#stat)
  }
}

/**
 * The longest time that the event loop did not get round, less what the system gave to other programs meanwhile (where it tells, on Linux): a plain clock, such as
 * monitorEventLoopDelay, finds blocks of 200 ms in a loop that does nothing. Itself it takes a few hundredths of the loop's time.
 */
export class LoopWatch {
  readonly #timer: NodeJS.Timeout
  readonly #thread = new LoopThread()
  #longest = 0
  #at = performance.now()
  #waited = this.waited

  constructor() {
    this.#timer = setInterval(() => this.#look(), LOOK)
  }

  /** Milliseconds that the event loop's thread has waited for a core, since the process began. 0 where the system does not tell. */
  get waited(): number {
    return this.#thread.read().waited
  }

  /** Milliseconds. */
  end(): number {
    this.#look()
    clearInterval(this.#timer)
    this.#thread.close()
    return Math.max(0, this.#longest - LOOK)
  }

  #look(): void {
    const at = performance.now()
    const waited = this.waited
    this.#longest = Math.max(this.#longest, at - this.#at - (waited - this.#waited))
    this.#at = at
    this.#waited = waited
  }
}

function open(): number | undefined {
  try {
    return openSync(SCHEDSTAT, 'r')
  } catch {
    return undefined
  }
}
