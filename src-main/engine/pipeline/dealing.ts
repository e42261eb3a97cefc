import { Fault } from '../../contract/index.js'
import { now } from '../clock.js'
import type { RoleHost } from '../roles/role.js'
import type { Hand } from './hand.js'
import type { Ledger } from './ledger.js'
import type { Tide } from './tide.js'

interface Item {
  readonly seq: number
  readonly frames: readonly Uint8Array[]
  readonly ledger: Ledger | undefined
  readonly task: number
}

/** How messages leave a ventilator: see by-turns.ts and by-demand.ts. */
export interface DealingPort {
  /** Whether somebody is there to take one. */
  ready(): boolean
  /** Workers that are there. */
  have(): number
  /** Makes sure that all that `have` counted get their share from the first message on. */
  settle(): void
  /** Gives one message to libzmq, and resolves when it was taken: to whom, where that is known. `again`: whoever it was for has gone or has no room, so it is still to be given. */
  write(frames: readonly Uint8Array[]): Promise<Hand | undefined | 'again'>
}

/** Milliseconds between two looks whether those that a run waits for have come; links tell at once, this is for transports that tell nothing. */
const LOOK = 100
/** Milliseconds after which the event loop gets its turn, and messages between two looks at the clock. */
const TURN = 5
const STRIDE = 16

/** What a ventilator still has to hand over, in order; it waits here, counted and seen, until somebody is there, and while it is paused. */
export class Dealing {
  /** Those before `#head` are done with, and let go: 1000 images would be gigabytes. */
  #items: (Item | undefined)[] = []
  #head = 0
  #writing = false
  #closed = false
  #paused = false
  #need = 0
  #look: NodeJS.Timeout | undefined
  #waiters: { limit: number; resolve: () => void; reject: (fault: Fault) => void }[] = []
  readonly #port: DealingPort
  readonly #host: RoleHost
  readonly #handed: Tide
  /** Told when it closes. */
  readonly closing = new Set<() => void>()

  constructor(port: DealingPort, host: RoleHost, handed: Tide) {
    this.#port = port
    this.#host = host
    this.#handed = handed
  }

  get queued(): number {
    return this.#items.length - this.#head + (this.#writing ? 1 : 0)
  }

  get paused(): boolean {
    return this.#paused
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Workers that are there. */
  get have(): number {
    return this.#port.have()
  }

  /** How many it waits for before it hands anything over; 0: for none. */
  get need(): number {
    return this.#need
  }

  /** Queues one message; a task of a run is told to its ledger when it is handed over. Returns its row. */
  push(frames: readonly Uint8Array[], time: number, ref = 0, ledger?: Ledger, task = 0): number {
    const seq = this.#host.record('out', frames, { time, progress: 'queued', ref })
    if (this.#closed) {
      this.#host.progress(seq, 'failed')
      return seq
    }
    this.#items.push({ seq, frames, ledger, task })
    this.wake()
    return seq
  }

  /** Hands nothing over from now on until `need` workers are there. */
  waitFor(need: number): void {
    this.#need = need
    clearInterval(this.#look)
    if (need > 0) this.#look = setInterval(() => this.wake(), LOOK)
    this.wake()
  }

  pause(on: boolean): void {
    this.#paused = on
    this.wake()
  }

  /** To be called when somebody may have come. */
  wake(): void {
    if (this.#need > 0 && this.have >= this.#need) {
      this.#need = 0
      clearInterval(this.#look)
      this.#port.settle()
      this.#host.changed()
    }
    if (!this.#writing && this.#goes()) void this.#run()
  }

  /** Resolves once at most `limit` messages wait. Rejects with Fault CLOSED when it closes first. */
  drained(limit: number): Promise<void> {
    if (this.queued <= limit) return Promise.resolve()
    if (this.#closed) return Promise.reject(closed(this.queued))
    return new Promise((resolve, reject) => this.#waiters.push({ limit, resolve, reject }))
  }

  /** Waits as long as `patience` (ms, -1: for ever) for what is queued to be handed over, then gives up the rest and says how much that was. */
  async finish(patience: number): Promise<number> {
    for (const told of [...this.closing]) told()
    if (this.queued > 0 && patience !== 0) {
      this.#need = 0
      this.pause(false)
      const drained = this.drained(0).catch(() => undefined)
      await (patience < 0 ? drained : Promise.race([drained, after(patience)]))
    }
    this.#closed = true
    clearInterval(this.#look)
    const left = this.#items.slice(this.#head)
    this.#items = []
    this.#head = 0
    const time = now()
    for (const item of left) if (item !== undefined) this.#failed(item, time)
    for (const waiter of this.#waiters.splice(0)) waiter.reject(closed(left.length))
    return left.length
  }

  #goes(): boolean {
    return !this.#closed && !this.#paused && this.#need === 0 && this.#head < this.#items.length && this.#port.ready()
  }

  async #run(): Promise<void> {
    this.#writing = true
    let turned = performance.now()
    for (let i = 1; this.#goes(); i++) {
      if (i % STRIDE === 0 && performance.now() - turned > TURN) {
        await new Promise((resolve) => setImmediate(resolve))
        turned = performance.now()
        continue
      }
      const item = this.#items[this.#head]!
      this.#items[this.#head++] = undefined
      if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
        this.#items.splice(0, this.#head)
        this.#head = 0
      }
      let to: Hand | undefined | 'again'
      try {
        to = await this.#port.write(item.frames)
      } catch {
        this.#failed(item, now())
        continue
      }
      if (to === 'again') {
        if (this.#closed) this.#failed(item, now())
        else if (this.#head > 0) this.#items[--this.#head] = item
        else this.#items.unshift(item)
        continue
      }
      const time = now()
      this.#host.progress(item.seq, 'handed')
      this.#handed.add(time)
      item.ledger?.handed(item.task, time, to)
      if (this.#waiters.length > 0) this.#settle()
    }
    this.#writing = false
    if (this.#waiters.length > 0) this.#settle()
  }

  #failed({ seq, ledger, task }: Item, time: number): void {
    this.#host.progress(seq, 'failed')
    ledger?.stranded(task, time)
  }

  #settle(): void {
    const left = this.#items.length - this.#head
    const done = this.#waiters.filter(({ limit }) => left <= limit)
    if (done.length === 0) return
    this.#waiters = this.#waiters.filter(({ limit }) => left > limit)
    for (const { resolve } of done) resolve()
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}

function closed(left: number): Fault {
  return new Fault(
    'CLOSED',
    `The session was closed while ${left} of its messages had not been handed to the network.`,
    { left },
  )
}
