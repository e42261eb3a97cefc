import { Dealer, Pull, Push } from 'zeromq'
import type { SettingsOf } from '../../contract/index.js'
import { now } from '../clock.js'
import { Gate } from '../gate.js'
import type { EndpointLink } from '../link.js'
import type { RoleHost } from '../roles/role.js'
import { Sender } from '../roles/sender.js'
import { OwnedSocket, type SocketWatcher } from '../socket.js'
import { Asking } from './asking.js'
import { contentKey } from './contents.js'
import { Clock, type Craft } from './craft.js'
import type { Hand } from './hand.js'
import type { Lane } from './lane.js'
import type { Ledger } from './ledger.js'
import { quickSend } from './quick-send.js'

/** A task in hand. */
interface Job {
  readonly row: number
  readonly slot: number
  ledger: Ledger | undefined
  task: number
  lane: Lane | undefined
  span: number
}

/** From one opening of a worker's sockets to the end of them. */
interface Life {
  readonly from: OwnedSocket<Pull | Dealer>
  readonly to: OwnedSocket<Push>
  readonly sender: Sender
  readonly asking: Asking | undefined
  /** Aborted when it is to end: pretended work ends early. */
  readonly stop: AbortController
  /** Its sockets are gone, and with them what it had in hand. */
  gone: boolean
}

/** Asked again after every wait: it may have ended meanwhile. */
const over = (life: Life): boolean => life.gone

export interface Workshop {
  readonly host: RoleHost
  readonly watcher: SocketWatcher
  /** As the settings say now. */
  craft(): Craft
  /** What it has in hand, or its state, has changed. */
  changed(): void
}

/**
 * One worker: PULL → PUSH, or DEALER → PUSH where it asks for its tasks. It takes as many tasks at a time as it may have in hand, works on each, passes the
 * result on with all its frames, and only then takes the next, so that a slow worker leaves the rest to others as far as high-water marks allow.
 */
export class Workman {
  readonly hand: Hand
  readonly #shop: Workshop
  readonly #gate = new Gate()
  #hold: (() => void) | undefined
  #life: Life | undefined
  /** The last one, also when it is over. */
  #shown: Life | undefined
  #jobs: (Job | undefined)[] = []
  #clocks: Clock[] = []
  #slotFree: (() => void) | undefined
  #comeback: NodeJS.Timeout | undefined
  /** Tasks taken since it was opened by a person: what *crashes after n* counts. */
  #taken = 0
  readonly #closings = new Set<Promise<unknown>>()
  #lane: { ledger: Ledger; lane: Lane } | undefined

  constructor(hand: Hand, shop: Workshop) {
    this.hand = hand
    this.#shop = shop
  }

  get sockets(): readonly OwnedSocket<Pull | Dealer | Push>[] {
    return this.#shown === undefined ? [] : [this.#shown.from, this.#shown.to]
  }

  get links(): { from: readonly EndpointLink[]; to: readonly EndpointLink[] } {
    return { from: this.#shown?.from.links ?? [], to: this.#shown?.to.links ?? [] }
  }

  get queued(): number {
    return this.#life?.sender.queued ?? 0
  }

  async drained(limit: number): Promise<void> {
    await this.#life?.sender.drained(limit)
  }

  /** Throws the Fault that keeps it from opening. */
  async open(): Promise<void> {
    if (this.#life !== undefined) return
    this.#taken = 0
    await this.#begin()
  }

  pause(on: boolean): void {
    if (on === (this.#hold !== undefined) || this.#life === undefined) return
    if (on) this.#hold = this.#gate.hold()
    else this.#letGo()
    this.#state(on ? 'paused' : 'open')
    this.hand.mark(on ? 'paused' : 'resumed', now())
  }

  /** Its sockets close at once with linger 0; what it had in hand or in its pipes is gone. @param back ms after which it comes back */
  crash(kind: 'crashed' | 'killed', back?: number): void {
    clearTimeout(this.#comeback)
    const life = this.#life
    if (life === undefined) return
    this.hand.crashes++
    this.hand.mark(kind, now())
    this.#end(life)
    void this.#gone(Promise.all([life.from.close(0), life.to.close(0)]))
    if (back !== undefined) {
      this.hand.back = now() + back
      this.#comeback = setTimeout(() => void this.#return(), back)
    }
    this.#state('crashed')
  }

  /** Passes on what it has in hand, then ends. Returns how many results were left. */
  async close(deadline?: number): Promise<number> {
    clearTimeout(this.#comeback)
    this.hand.back = 0
    const life = this.#life
    let left = 0
    if (life !== undefined) {
      this.#state('closing')
      life.from.closing = true // takes no further task; those in hand are passed on first
      life.stop.abort()
      this.#letGo()
      await new Promise((resolve) => setImmediate(resolve)) // lets those tasks reach the queue
      left = await life.sender.finish(this.#settings.options, deadline)
      if (this.#life === life) this.#end(life)
      await Promise.all([life.from.close(deadline), life.to.close(deadline)])
      this.hand.mark('closed', now())
    }
    await Promise.all(this.#closings)
    this.#state('closed')
    return left
  }

  get #settings(): SettingsOf<'worker'> {
    return this.#shop.craft().settings
  }

  async #begin(): Promise<void> {
    this.#state('opening')
    const settings = this.#settings
    const { endpoints, forward, options, mode } = settings
    const { host, watcher } = this.#shop
    const linked = { ...watcher, changed: () => this.#linked() }
    const from = new OwnedSocket<Pull | Dealer>(
      {
        create: (native) => (mode === 'turns' ? new Pull(native) : new Dealer({ ...native, immediate: true })),
        use: { sends: mode === 'demand', receives: true },
        endpoints,
        options,
        index: 0,
        side: 'in',
      },
      linked,
    )
    const to = new OwnedSocket(
      {
        create: (native) => new Push({ ...native, immediate: false }),
        use: { sends: true, receives: false },
        endpoints: forward,
        options,
        index: endpoints.length,
        side: 'out',
      },
      linked,
    )
    const asking =
      mode === 'turns'
        ? undefined
        : new Asking(from as OwnedSocket<Dealer>, this.hand.node, () => settings.concurrency - this.hand.inHand)
    const life: Life = {
      from,
      to,
      sender: new Sender(to, host, quickSend(to)),
      asking,
      stop: new AbortController(),
      gone: false,
    }
    this.#life = this.#shown = life
    this.#jobs = Array.from({ length: settings.concurrency })
    this.#clocks = this.#jobs.map(() => new Clock())
    this.hand.inHand = 0
    try {
      await to.open()
      await from.open()
    } catch (error) {
      this.#end(life)
      await Promise.all([from.close(0), to.close(0)])
      this.#state('failed')
      throw error
    }
    if (life.gone) return
    from.read(
      (frames, time) => this.#take(life, frames, time),
      () => host.countMalformed(),
      (error) => host.fail(error),
    )
    this.#state('open')
    asking?.ask()
  }

  async #return(): Promise<void> {
    this.hand.back = 0
    try {
      await this.#begin()
      this.hand.mark('back', now())
    } catch (error) {
      this.#shop.host.tell('bind-failed', '', (error as { code?: string }).code ?? String(error))
    }
  }

  /** A promise holds the next task back until there is a hand free for it. */
  #take(life: Life, frames: readonly Uint8Array[], time: number): Promise<void> | undefined {
    const { hand } = this
    const { host } = this.#shop
    const { audit } = host.member
    const row = host.record('in', frames, { time, source: hand.number })
    hand.taken.add(time)
    hand.inHand++
    life.asking?.got()
    const ledger = audit.taken(frames)
    const slot = Math.max(0, this.#jobs.indexOf(undefined))
    const job: Job = { row, slot, ledger, task: audit.task, lane: undefined, span: 0 }
    this.#jobs[slot] = job
    this.#shop.changed()
    const one = this.#jobs.length === 1
    // Frames are valid while the driver waits: where it goes on before the task is done, they are copied.
    const done = this.#do(life, job, one ? frames : frames.map((frame) => Buffer.from(frame)), time)
    if (one) return done
    if (this.#jobs.includes(undefined)) return undefined
    return new Promise((resolve) => (this.#slotFree = resolve))
  }

  async #do(life: Life, job: Job, frames: readonly Uint8Array[], time: number): Promise<void> {
    if (life.gone) return
    const craft = this.#shop.craft()
    const { ledger } = job
    if (ledger !== undefined) {
      job.lane = this.#laneIn(ledger)
      job.span = ledger.started(job.task, job.lane, time, job.slot)
    }
    if (craft.crashes(this.hand.number, ++this.#taken)) return this.crash('crashed', craft.back)
    const cost = craft.cost(frames)
    if (cost > 0) await this.#clocks[job.slot]!.spend(cost, craft.settings.busy, life.stop.signal)
    if (over(life)) return
    const made = craft.work(frames)
    if (made === undefined) this.hand.undone++
    const result = made ?? frames
    const end = now()
    this.hand.service.add(end - time)
    if (ledger !== undefined && job.lane !== undefined) {
      ledger.finished(job.task, job.lane, job.span, end)
      if (result !== frames) ledger.contents?.alias(contentKey(result), job.task)
    }
    await life.sender.pass(result, job.row, this.hand.number, end)
    if (over(life)) return
    this.#done(life, job)
    await this.#held()
  }

  #done(life: Life, job: Job): void {
    const { hand } = this
    hand.inHand--
    hand.done.add(now())
    if (job.lane !== undefined) job.ledger?.passed(job.task, job.lane)
    this.#jobs[job.slot] = undefined
    this.#slotFree?.()
    this.#slotFree = undefined
    life.asking?.ask()
    this.#shop.changed()
  }

  #laneIn(ledger: Ledger): Lane {
    if (this.#lane?.ledger !== ledger) this.#lane = { ledger, lane: ledger.lane(this.hand) }
    return this.#lane.lane
  }

  /** While it, or its whole session, is paused: what it has in hand it still passes on, and takes nothing more. */
  #held(): Promise<void> | undefined {
    return this.#shop.host.held() ?? this.#gate.held()
  }

  #letGo(): void {
    this.#hold?.()
    this.#hold = undefined
  }

  /** From here on it has nothing; what it had in hand is gone. */
  #end(life: Life): void {
    life.gone = true
    this.#life = undefined
    life.from.closing = true
    const time = now()
    for (const job of this.#jobs) if (job?.lane !== undefined) job.ledger?.dropped(job.task, job.lane, job.span, time)
    this.#jobs = []
    this.hand.inHand = 0
    this.#slotFree?.()
    this.#slotFree = undefined
    life.stop.abort()
    this.#letGo()
    void life.sender.finish(this.#settings.options, 0)
  }

  async #gone(closing: Promise<unknown>): Promise<void> {
    this.#closings.add(closing)
    await closing
    this.#closings.delete(closing)
  }

  #linked(): void {
    this.#life?.sender.wake()
    this.#life?.asking?.linked()
    this.#shop.watcher.changed()
  }

  #state(state: Hand['state']): void {
    this.hand.state = state
    this.#shop.changed()
  }
}
