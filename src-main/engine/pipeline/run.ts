import {
  Fault,
  MAX_TASKS,
  type RunState,
  type RunSummary,
  type SettingsOf,
  type Steering,
  type Work,
} from '../../contract/index.js'
import { now } from '../clock.js'
import type { Session } from '../session.js'
import { contentKey } from './contents.js'
import type { Dealing } from './dealing.js'
import { COLLECTED, Ledger } from './ledger.js'
import { Handed } from './redo.js'
import { sourceOf, type Source } from './sources.js'
import { nameTask, newTag } from './task-id.js'

/** Tasks, and bytes of them, in the ventilator's queue beyond which none is made. */
const QUEUED = 1000
const QUEUED_BYTES = 64 * 1024 * 1024
/** Milliseconds of making in one go, and tasks between two looks at the clock. */
const SLICE = 4
const STRIDE = 32
/** Milliseconds of tasks that are caught up on after a hold-up; those beyond come later. */
const CATCH_UP = 250
/** Milliseconds by which a look at the quiet time may come late; later, this program was held up, and what came meanwhile is heard first. */
const LATE = 100

/** Work that a ventilator makes and hands over, until it is stopped or all is made; and what becomes of it. */
export class Run {
  readonly id: string
  readonly number: number
  readonly ledger: Ledger
  readonly session: Session
  readonly began = now()
  readonly #work: Work
  readonly #source: Source
  readonly #dealing: Dealing
  readonly #mode: SettingsOf<'ventilator'>['mode']
  readonly #settings: () => SettingsOf<'ventilator'>
  readonly #changed: () => void
  readonly #resting: () => boolean
  readonly #closed = () => this.stop()
  readonly #handed = new Handed()
  #madeAll = 0
  #ended = 0
  #paused = false
  #stopped = false
  #fault: Fault | undefined
  #pumping = false
  #timer: NodeJS.Timeout | undefined
  #quiet: NodeJS.Timeout | undefined
  /** When the next look is due, ms since 1970. */
  #lookAt = Infinity
  #redo: NodeJS.Timeout | undefined
  /** Whether somebody rested at the last look, and when that was seen last; ms since 1970. */
  #rested = false
  #restedAt = 0
  /** When the next task is due, `performance.now()`. */
  #due = performance.now()
  #bytes = 0

  /**
   * Throws Fault BAD_TEMPLATE.
   * @param audited takes the ledger before there is anything in it, and gives what is to be called when something has changed
   * @param resting whether a worker or a sink of ours is paused: tasks may wait for it unseen
   */
  constructor(
    id: string,
    number: number,
    session: Session,
    dealing: Dealing,
    work: Work,
    audited: (ledger: Ledger) => () => void,
    resting: () => boolean,
  ) {
    const settings = () => session.settings as SettingsOf<'ventilator'>
    this.id = id
    this.number = number
    this.session = session
    this.#source = sourceOf(work)
    this.#work = work
    this.#dealing = dealing
    this.#settings = settings
    this.#mode = settings().mode
    this.#resting = resting
    this.ledger = new Ledger(newTag(), settings().taskId)
    this.#changed = audited(this.ledger)
    this.ledger.settled = () => this.#settle()
    this.ledger.outstanding = this.#handed
    this.#source.more = () => this.#pump()
    dealing.closing.add(this.#closed)
    dealing.waitFor(settings().waitFor)
    this.#pump()
    this.tune()
  }

  get state(): RunState {
    if (this.#fault !== undefined) return 'failed'
    if (this.#madeAll > 0 && this.ledger.inFlight === 0) return 'done'
    if (this.#paused) return 'paused'
    if (this.#dealing.need > 0) return 'waiting'
    return this.#madeAll > 0 ? 'finishing' : 'running'
  }

  /** Whether it makes tasks, or may again. */
  get making(): boolean {
    return this.#madeAll === 0
  }

  feed(text: string, last: boolean): Promise<void> {
    return this.#source.feed(text, last)
  }

  steer(to: Steering): void {
    if (to === 'stop') return this.stop()
    if (this.#dealing.closed || this.state === 'done') return
    this.#paused = to === 'pause'
    this.#dealing.pause(this.#paused)
    this.#due = performance.now()
    this.#pump()
    this.#changed()
  }

  /** Makes no more; what is queued still goes out, nothing is handed over again. */
  stop(): void {
    if (this.#stopped) return
    if (this.#madeAll === 0 || this.ledger.inFlight > 0) this.#stopped = true
    this.#finish()
    clearTimeout(this.#redo)
    if (this.#paused && !this.#dealing.closed) this.#dealing.pause(false)
    this.#paused = false
    this.#watch()
    this.#changed()
  }

  /** Settings have changed: from now on with these. */
  tune(): void {
    if (this.#handed.length === 0 && this.#settings().redo > 0) {
      // What was handed over while nothing was to be redone was not kept in mind.
      for (let task = 1; task <= this.ledger.made; task++) {
        const block = this.ledger.columns.block(task)
        const at = this.ledger.columns.at(task)
        if (block.handed[at]! > 0 && block.state[at] !== COLLECTED) this.#handed.push(task, block.handed[at]!)
      }
    }
    this.ledger.keepOutstanding = this.#settings().redo > 0
    this.#planRedo()
    this.#watch()
  }

  /** Nothing of it goes on any more. */
  end(): void {
    this.stop()
    clearTimeout(this.#quiet)
    this.ledger.settled = () => {} // workers may have tasks of it in hand still
    this.#dealing.closing.delete(this.#closed)
  }

  summary(): RunSummary {
    const { ledger } = this
    const counts = ledger.figures()
    const of = this.#madeAll > 0 ? counts.made : this.#source.of
    const pace = ledger.collecting.rate(now())
    const ahead = of === undefined ? undefined : of - counts.collected - counts.lost
    return {
      id: this.id,
      session: this.session.id,
      mode: this.#mode,
      number: this.number,
      tag: ledger.tag,
      taskId: ledger.id.kind,
      work: this.#work.kind,
      state: this.state,
      stopped: this.#stopped,
      began: this.began,
      madeAll: this.#madeAll,
      ended: this.#ended,
      counts,
      of,
      progress: this.#madeAll > 0 ? 1 : this.#source.progress(counts.made),
      left: ahead === undefined ? undefined : ahead <= 0 ? 0 : pace === 0 ? undefined : (ahead / pace) * 1000,
      waiting: this.state === 'waiting' ? { have: this.#dealing.have, need: this.#dealing.need } : undefined,
      unreadable: this.#source.unreadable,
      fault: (this.#fault ?? this.#source.fault)?.shape(),
    }
  }

  /** Makes what is due and there is room for, in slices of a few milliseconds. */
  #pump(): void {
    if (this.#pumping || this.#paused || this.#madeAll > 0) return
    clearTimeout(this.#timer)
    const end = performance.now() + SLICE
    const { every } = this.#source
    if (every > 0) this.#due = Math.max(this.#due, performance.now() - CATCH_UP)
    for (let i = 1; ; i++) {
      const room = this.#room()
      if (this.#dealing.queued >= room) return void this.#later(this.#dealing.drained(room >> 1))
      const at = i % STRIDE === 0 || every > 0 ? performance.now() : 0
      if (at > end) return void this.#later(new Promise((resolve) => setImmediate(resolve)))
      if (every > 0 && at < this.#due) {
        this.#timer = setTimeout(() => this.#pump(), Math.max(1, this.#due - at))
        return
      }
      const payload = this.#source.next()
      if (payload === null) return
      if (payload === undefined) return this.#finish()
      if (this.ledger.made >= MAX_TASKS) return this.#full()
      this.#due += every
      this.#make(payload)
    }
  }

  /** Goes on when that has come; not when the ventilator closes. */
  async #later(then: Promise<void>): Promise<void> {
    this.#pumping = true
    const come = await then.then(
      () => true,
      () => false,
    )
    this.#pumping = false
    if (come) this.#pump()
  }

  #make(payload: string): void {
    const { ledger } = this
    const time = now()
    const task = ledger.make(time)
    const frames = nameTask(ledger.id, ledger.tag, task, payload)
    ledger.contents?.add(contentKey(frames), task)
    this.#bytes = 0
    for (const { byteLength } of frames) this.#bytes += byteLength
    const limit = this.#settings().options.messageLimit
    if (this.#bytes > limit && frames.some(({ byteLength }) => byteLength > limit)) {
      this.#fault ??= new Fault('EMSGSIZE', `Task ${task} is larger than the session's limit of ${limit} bytes.`, {
        size: this.#bytes,
        limit,
      })
      ledger.stranded(task, time)
      return this.stop()
    }
    ledger.written(task, this.#dealing.push(frames, time, 0, ledger, task))
  }

  #room(): number {
    return Math.max(2, Math.min(QUEUED, Math.floor(QUEUED_BYTES / Math.max(1, this.#bytes))))
  }

  #full(): void {
    this.#fault ??= new Fault('TOO_MANY_TASKS', `A run makes at most ${MAX_TASKS} tasks. Begin another one.`, {
      limit: MAX_TASKS,
    })
    this.stop()
  }

  /** All is made. */
  #finish(): void {
    if (this.#madeAll > 0) return
    clearTimeout(this.#timer)
    this.#madeAll = now()
    this.#source.end()
    this.#settle()
    this.#watch()
  }

  #settle(): void {
    if (this.#madeAll > 0 && this.ledger.inFlight === 0) {
      if (this.#ended === 0) this.#ended = now()
      clearTimeout(this.#quiet)
      clearTimeout(this.#redo)
    } else if (this.#ended > 0) this.#watch()
    this.#changed()
  }

  /** Once all is made: what is not seen for the quiet time is lost; silence that we keep ourselves does not count. */
  #watch(): void {
    clearTimeout(this.#quiet)
    const { ledger } = this
    if (this.#madeAll === 0 || ledger.inFlight === 0) return
    const { quiet } = this.#settings()
    const rests = this.#resting()
    if (rests || this.#rested) this.#restedAt = now()
    this.#rested = rests
    const since = now() - Math.max(ledger.lastSign, this.#madeAll, this.#restedAt)
    const late = now() - this.#lookAt > LATE
    if (since >= quiet && !late) {
      ledger.sweep(!this.#redoes())
      if (ledger.inFlight === 0) return
    }
    const wait = late ? LATE : since >= quiet ? quiet : Math.max(5, quiet - since)
    this.#lookAt = now() + wait
    this.#quiet = setTimeout(() => this.#watch(), wait)
  }

  /** Whether tasks are handed over again. */
  #redoes(): boolean {
    return this.#settings().redo > 0 && !this.#stopped && !this.#dealing.closed
  }

  #planRedo(): void {
    clearTimeout(this.#redo)
    if (!this.#redoes() || (this.#madeAll > 0 && this.ledger.inFlight === 0)) return
    const { redo } = this.#settings()
    const time = now()
    while (this.#handed.length > 0 && this.#handed.first + redo <= time) this.#again(this.#handed.shift(), time)
    const wait = this.#handed.length > 0 ? this.#handed.first + redo - time : redo
    this.#redo = setTimeout(() => this.#planRedo(), Math.max(5, wait))
  }

  #again(task: number, time: number): void {
    const { ledger } = this
    if (ledger.stateOf(task) === COLLECTED) return
    const row = ledger.rowOf(task)
    const message = this.session.row(row)
    if (message === undefined) return ledger.cannotRedo(task)
    const frames = message.frames.map(({ bytes }) => bytes)
    this.#dealing.push(frames, time, row, ledger, task)
  }
}
