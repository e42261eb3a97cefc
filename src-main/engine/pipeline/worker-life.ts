import { Dealer, Pull, Push } from 'zeromq'
import type { SettingsOf } from '../../contract/index.js'
import type { RoleHost } from '../roles/role.js'
import { Sender } from '../roles/sender.js'
import { OwnedSocket, type SocketWatcher } from '../socket.js'
import { Asking } from './asking.js'
import { Clock } from './craft.js'
import type { Hand } from './hand.js'
import type { Lane } from './lane.js'
import type { Ledger } from './ledger.js'
import { quickSend } from './quick-send.js'

/** A task in hand. */
export interface Job {
  readonly row: number
  readonly slot: number
  readonly ledger: Ledger | undefined
  readonly task: number
  lane: Lane | undefined
  span: number
}

/**
 * A worker from one opening of its sockets to the end of them, with what it has in hand: whoever has waited for something asks the life that it belongs to whether
 * that is over, for the worker may live again by then.
 */
export class WorkerLife {
  readonly from: OwnedSocket<Pull | Dealer>
  readonly to: OwnedSocket<Push>
  readonly sender: Sender
  readonly asking: Asking | undefined
  /** What it has in hand, each in its place. */
  readonly jobs: (Job | undefined)[]
  readonly clocks: readonly Clock[]
  /** Aborted when it is to end: pretended work ends early. */
  readonly stop = new AbortController()
  /** Its sockets are gone, and with them what it had in hand. */
  gone = false
  #slotFree: (() => void) | undefined

  /** Makes its sockets, which neither bind nor connect yet. Throws Fault `BAD_ENDPOINT`. */
  constructor(settings: SettingsOf<'worker'>, hand: Hand, host: RoleHost, watcher: SocketWatcher) {
    const { endpoints, forward, options, mode, concurrency } = settings
    this.from = new OwnedSocket<Pull | Dealer>(
      {
        create: (native) => (mode === 'turns' ? new Pull(native) : new Dealer({ ...native, immediate: true })),
        use: { sends: mode === 'demand', receives: true },
        endpoints,
        options,
        index: 0,
        side: 'in',
      },
      watcher,
    )
    this.to = new OwnedSocket(
      {
        create: (native) => new Push({ ...native, immediate: false }),
        use: { sends: true, receives: false },
        endpoints: forward,
        options,
        index: endpoints.length,
        side: 'out',
      },
      watcher,
    )
    this.sender = new Sender(this.to, host, quickSend(this.to))
    if (mode === 'demand')
      this.asking = new Asking(this.from as OwnedSocket<Dealer>, hand.node, () => concurrency - hand.inHand)
    this.jobs = Array.from({ length: concurrency })
    this.clocks = this.jobs.map(() => new Clock())
  }

  /** Puts a task where there is room. */
  take(row: number, ledger: Ledger | undefined, task: number): Job {
    const slot = this.jobs.indexOf(undefined)
    return (this.jobs[slot] = { row, slot, ledger, task, lane: undefined, span: 0 })
  }

  done({ slot }: Job): void {
    this.jobs[slot] = undefined
    this.#slotFree?.()
  }

  /** Undefined while it can take one more; else resolves when it can, or is to take none any more. */
  room(): Promise<void> | undefined {
    if (this.gone || this.jobs.includes(undefined)) return undefined
    return new Promise((resolve) => (this.#slotFree = resolve))
  }

  /** Whether it has ended, or is about to: it begins nothing more. */
  get ending(): boolean {
    return this.stop.signal.aborted
  }

  /** Resolves when it is about to end. */
  ended(): Promise<void> {
    if (this.ending) return Promise.resolve()
    return new Promise((resolve) => this.stop.signal.addEventListener('abort', () => resolve(), { once: true }))
  }

  /** From here on it has nothing. Returns what it had in hand. */
  end(): Job[] {
    this.gone = true
    this.from.closing = true
    const jobs = this.jobs.flatMap((job) => job ?? [])
    this.#slotFree?.()
    this.stop.abort()
    return jobs
  }

  /** May be asked again, with less patience. @param deadline ms, the longest linger */
  async close(deadline?: number): Promise<void> {
    await Promise.all([this.from.close(deadline), this.to.close(deadline)])
  }
}
