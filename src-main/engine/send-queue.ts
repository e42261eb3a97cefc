import { Fault } from '../contract/index.js'

interface Item {
  readonly seq: number
  readonly frames: readonly Uint8Array[]
  /** Told when it was handed over, or will not be. */
  readonly done?: () => void
}

export interface SendQueueHooks {
  /** Gives one message to libzmq; resolves when it was taken. */
  write(frames: readonly Uint8Array[]): Promise<void>
  /** Whether anybody is there to take it: while false, messages wait here, where they are counted and seen. */
  ready(): boolean
  /** Row `seq` was taken by libzmq. */
  handed(seq: number, frames: readonly Uint8Array[]): void
  /** Row `seq` will not be sent. */
  failed(seq: number, error: unknown): void
}

/**
 * What one socket still has to send: one writer, since libzmq's sockets take one send at a time (zeromq.js answers EBUSY to a second).
 */
export class SendQueue {
  /** Those before `#head` are done with, and let go: 1000 images would be gigabytes. */
  #items: (Item | undefined)[] = []
  #head = 0
  #writing = false
  #closed = false
  #waiters: { limit: number; resolve: () => void; reject: (error: Fault) => void }[] = []
  readonly #hooks: SendQueueHooks

  constructor(hooks: SendQueueHooks) {
    this.#hooks = hooks
  }

  get size(): number {
    return this.#items.length - this.#head + (this.#writing ? 1 : 0)
  }

  push(seq: number, frames: readonly Uint8Array[], done?: () => void): void {
    if (this.#closed) {
      this.#hooks.failed(seq, closedFault(1))
      done?.()
      return
    }
    this.#items.push(done === undefined ? { seq, frames } : { seq, frames, done })
    this.wake()
  }

  /** As `push`; resolves when the message was handed over, or will not be: see its row. */
  pass(seq: number, frames: readonly Uint8Array[]): Promise<void> {
    return new Promise((resolve) => this.push(seq, frames, resolve))
  }

  /** To be called when `ready` may have become true. */
  wake(): void {
    if (!this.#writing && !this.#closed) void this.#run()
  }

  /** Resolves once at most `limit` messages wait. Rejects with Fault `CLOSED` when the queue closes first. */
  drained(limit: number): Promise<void> {
    if (this.size <= limit) return Promise.resolve()
    if (this.#closed) return Promise.reject(closedFault(this.size))
    return new Promise((resolve, reject) => this.#waiters.push({ limit, resolve, reject }))
  }

  /** Takes no more, and gives up what is left. Returns how many messages that were. */
  close(): number {
    this.#closed = true
    const left = this.#items.slice(this.#head)
    this.#items = []
    this.#head = 0
    for (const item of left) {
      if (item === undefined) continue
      this.#hooks.failed(item.seq, closedFault(left.length))
      item.done?.()
    }
    for (const waiter of this.#waiters.splice(0)) waiter.reject(closedFault(left.length))
    return left.length
  }

  async #run(): Promise<void> {
    while (!this.#closed && this.#head < this.#items.length && this.#hooks.ready()) {
      const item = this.#items[this.#head]!
      this.#items[this.#head++] = undefined
      if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
        this.#items.splice(0, this.#head)
        this.#head = 0
      }
      this.#writing = true
      try {
        await this.#hooks.write(item.frames)
        this.#writing = false
        this.#hooks.handed(item.seq, item.frames)
      } catch (error) {
        this.#writing = false
        this.#hooks.failed(item.seq, error)
      }
      item.done?.()
      if (this.#waiters.length > 0) this.#settle()
    }
  }

  #settle(): void {
    const done = this.#waiters.filter((w) => this.size <= w.limit)
    this.#waiters = this.#waiters.filter((w) => this.size > w.limit)
    for (const waiter of done) waiter.resolve()
  }
}

function closedFault(left: number): Fault {
  return new Fault(
    'CLOSED',
    `The session was closed while ${left} of its messages had not been handed to the network.`,
    { left },
  )
}
