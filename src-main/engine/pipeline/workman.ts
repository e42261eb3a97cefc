import type { Dealer, Pull, Push } from 'zeromq'
import type { SettingsOf } from '../../contract/index.js'
import { now } from '../clock.js'
import { Gate } from '../gate.js'
import type { EndpointLink } from '../link.js'
import type { RoleHost } from '../roles/role.js'
import type { OwnedSocket, SocketWatcher } from '../socket.js'
import { contentKey } from './contents.js'
import type { Craft } from './craft.js'
import type { Hand } from './hand.js'
import type { Lane } from './lane.js'
import type { Ledger } from './ledger.js'
import { WorkerLife, type Job } from './worker-life.js'

/** Milliseconds after which an address is free again whose socket was closed: libzmq listens no longer from then on, however long what was sent lingers. */
const FREE = 1000

/** Asked again after every wait: it may have ended meanwhile. */
const over = (life: WorkerLife): boolean => life.gone
const ending = (life: WorkerLife): boolean => life.ending

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
  #life: WorkerLife | undefined
  /** The last one, also when it is over. */
  #shown: WorkerLife | undefined
  #comeback: NodeJS.Timeout | undefined
  /** Tasks taken since it was opened by a person: what *crashes after n* counts. */
  #taken = 0
  /** Those whose sockets still close. */
  readonly #closings = new Set<WorkerLife>()
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
    this.#stay()
    this.#taken = 0
    await this.#begin()
  }

  /** Only what is open is paused. */
  pause(on: boolean): void {
    if (this.hand.state !== (on ? 'open' : 'paused')) return
    if (on) this.#hold = this.#gate.hold()
    else this.#letGo()
    this.#state(on ? 'paused' : 'open')
    this.hand.mark(on ? 'paused' : 'resumed', now())
  }

  /** Its sockets close at once with linger 0; what it had in hand or in its pipes is gone. @param back ms after which it comes back, unless it is being closed */
  crash(kind: 'crashed' | 'killed', back?: number): void {
    this.#stay()
    const life = this.#life
    if (life === undefined) return this.#shop.changed()
    const closing = this.hand.state === 'closing'
    this.hand.crashes++
    this.hand.mark(kind, now())
    this.#end(life)
    void this.#gone(life, 0)
    if (back !== undefined && !closing) {
      this.hand.back = now() + back
      this.#comeback = setTimeout(() => void this.#return(), back)
    }
    this.#state('crashed')
  }

  /** Passes on what it has in hand, then ends. Returns how many results were left. */
  async close(deadline?: number): Promise<number> {
    this.#stay()
    const last = this.#shown
    const life = this.#life
    let left = 0
    if (life !== undefined) {
      this.#state('closing')
      life.from.closing = true // takes no further task; those in hand are passed on first
      life.stop.abort()
      this.#letGo()
      await new Promise((resolve) => setImmediate(resolve)) // lets those tasks reach the queue
      left = await life.sender.finish(this.#settings.options, deadline)
      this.#end(life)
      void this.#gone(life, deadline)
    }
    await Promise.all([...this.#closings].map((old) => old.close(deadline)))
    if (this.#shown !== last) return left // it was opened again meanwhile
    if (this.hand.state === 'closing') this.hand.mark('closed', now())
    this.#state('closed')
    return left
  }

  get #settings(): SettingsOf<'worker'> {
    return this.#shop.craft().settings
  }

  /** Returns whether it is open: it may have been closed or killed on the way. */
  async #begin(): Promise<boolean> {
    const settings = this.#settings
    const { host, watcher } = this.#shop
    const before = Promise.all([...this.#closings].map((old) => old.close()))
    const life = new WorkerLife(settings, this.hand, host, { ...watcher, changed: () => this.#linked() })
    this.#life = this.#shown = life
    this.hand.inHand = 0
    this.#state('opening')
    try {
      if ([...settings.endpoints, ...settings.forward].some(({ method }) => method === 'bind'))
        await Promise.race([free(before), life.ended()])
      if (!ending(life)) await life.to.open()
      if (!ending(life)) await life.from.open()
    } catch (error) {
      if (ending(life)) return false // nobody waits any more for what it could not do
      this.#end(life)
      void this.#gone(life, 0)
      this.#state('failed')
      throw error
    }
    if (ending(life)) return false
    life.from.read(
      (frames, time) => this.#take(life, frames, time),
      () => host.countMalformed(),
      (error) => host.fail(error),
    )
    this.#state('open')
    life.asking?.ask()
    return true
  }

  async #return(): Promise<void> {
    this.hand.back = 0
    try {
      if (await this.#begin()) this.hand.mark('back', now())
    } catch (error) {
      this.#shop.host.tell('bind-failed', '', (error as { code?: string }).code ?? String(error))
    }
  }

  /** A promise holds the next task back until there is a hand free for it. */
  #take(life: WorkerLife, frames: readonly Uint8Array[], time: number): Promise<void> | undefined {
    if (over(life)) return undefined // zeromq.js still hands over what has come just before a socket was closed
    const { hand } = this
    const { host } = this.#shop
    const { audit } = host.member
    const row = host.record('in', frames, { time, source: hand.number })
    hand.taken.add(time)
    hand.inHand++
    life.asking?.got()
    const ledger = audit.taken(frames)
    const job = life.take(row, ledger, audit.task)
    this.#shop.changed()
    if (life.jobs.length === 1) return this.#do(life, job, frames, time)
    // Frames are valid while the driver waits: here it goes on before the task is done.
    const copies = frames.map((frame) => Buffer.from(frame))
    this.#do(life, job, copies, time).catch((error: unknown) => host.fail(error))
    const room = life.room()
    return room === undefined ? this.#held(life) : room.then(() => this.#held(life))
  }

  async #do(life: WorkerLife, job: Job, frames: readonly Uint8Array[], time: number): Promise<void> {
    const craft = this.#shop.craft()
    const { ledger } = job
    if (ledger !== undefined) {
      job.lane = this.#laneIn(ledger)
      job.span = ledger.started(job.task, job.lane, time, job.slot)
    }
    if (craft.crashes(this.hand.number, ++this.#taken)) return this.crash('crashed', craft.back)
    const cost = craft.cost(frames)
    if (cost > 0) await life.clocks[job.slot]!.spend(cost, craft.settings.busy, life.stop.signal)
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
    const held = life.jobs.length === 1 ? this.#held(life) : undefined
    if (held !== undefined) await held
  }

  #done(life: WorkerLife, job: Job): void {
    const { hand } = this
    hand.inHand--
    hand.done.add(now())
    if (job.lane !== undefined) job.ledger?.passed(job.task, job.lane)
    life.done(job)
    life.asking?.ask()
    this.#shop.changed()
  }

  #laneIn(ledger: Ledger): Lane {
    if (this.#lane?.ledger !== ledger) this.#lane = { ledger, lane: ledger.lane(this.hand) }
    return this.#lane.lane
  }

  /** While it, or its whole session, is paused: what it has in hand it still passes on, and takes nothing more. */
  #held(life: WorkerLife): Promise<void> | undefined {
    const held = ending(life) ? undefined : (this.#shop.host.held() ?? this.#gate.held())
    return held && Promise.race([held, life.ended()]).then(() => this.#held(life))
  }

  #letGo(): void {
    this.#hold?.()
    this.#hold = undefined
  }

  /** It does not come back by itself. */
  #stay(): void {
    clearTimeout(this.#comeback)
    this.hand.back = 0
  }

  /** From here on it has nothing; what it had in hand is gone. Nothing happens to a life that is over: the worker may have another. */
  #end(life: WorkerLife): void {
    if (over(life)) return
    const time = now()
    for (const { ledger, task, lane, span } of life.end())
      if (lane !== undefined) ledger?.dropped(task, lane, span, time)
    this.#life = undefined
    this.hand.inHand = 0
    this.#letGo()
    void life.sender.finish(this.#settings.options, 0)
  }

  async #gone(life: WorkerLife, deadline: number | undefined): Promise<void> {
    this.#closings.add(life)
    await life.close(deadline)
    this.#closings.delete(life)
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

/** Resolves when those sockets are closed, or their addresses are free in any case. */
async function free(closings: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([closings, new Promise((resolve) => (timer = setTimeout(resolve, FREE)))])
  clearTimeout(timer)
}
