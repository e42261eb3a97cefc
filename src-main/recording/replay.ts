import { createHistogram } from 'node:perf_hooks'
import type { ReplayInfo, ReplaySettings } from '../contract/index.js'
import { toFault } from '../engine/errors.js'
import type { Session } from '../engine/session.js'
import { Answers, answerTo, sameFrames } from './answers.js'
import { Pace } from './pace.js'
import type { Cue, Plan } from './plan.js'

/** Messages that may wait in our own queue. */
const AHEAD = 1000
/** Rows that are passed over in one go, where few are wanted. */
const STRIDE = 5000
/** Milliseconds between two tellings of how far it has come. */
const TELL = 250

/** Plays the messages of a recorded session to the wire, through a live session. */
export class Replay {
  readonly id: string
  readonly of: string
  readonly session: Session
  #settings: ReplaySettings
  readonly #plan: Plan
  readonly #changed: () => void
  readonly #late = createHistogram()
  readonly #answers: Answers | undefined
  #state: ReplayInfo['state']
  /** The next row, and the recorded time it has come to. */
  #next: number
  #at: number
  readonly #from: number
  readonly #to: number
  /** A recorded time, and the time of `performance.now()` that belongs to it. */
  #clock = { recorded: 0, now: 0 }
  #counts = { sent: 0, loops: 0, same: 0, different: 0, unanswered: 0 }
  #firstDifference: ReplayInfo['firstDifference']
  #fault: ReplayInfo['fault']
  #told = 0
  /** Raised whenever it is to go on elsewhere, or not at all. */
  #turn = 0
  #pace = new Pace()
  #asking: AbortController | undefined
  /** Settled when the last question has its end. One that is called off has it a little later, and the next cannot be asked before. */
  #asked: Promise<unknown> = Promise.resolve()

  /**
   * @param of id of the recorded session
   * @param session an open one of the role that the settings name; whoever made it closes it
   */
  constructor(id: string, of: string, plan: Plan, settings: ReplaySettings, session: Session, changed: () => void) {
    this.id = id
    this.of = of
    this.session = session
    this.#plan = plan
    this.#settings = settings
    this.#changed = changed
    this.#next = plan.first
    const [first, last] = [plan.first, plan.end - 1].map((seq) => {
      const slab = plan.journal.slabOf(seq)
      return slab?.time(seq - slab.firstSeq) ?? 0
    })
    this.#from = this.#at = first ?? 0
    this.#to = Math.max(last ?? 0, this.#from)
    this.#state = settings.paused ? 'paused' : 'playing'
    if (settings.role === 'server')
      this.#answers = new Answers(plan, session, () => ({
        speed: this.#settings.speed,
        playing: this.#state === 'playing',
      }))
  }

  info(): ReplayInfo {
    const { p50, p99, max } = this.#lateness()
    const answers = this.#answers?.counts
    return {
      id: this.id,
      of: this.of,
      session: this.session.id,
      settings: this.#settings,
      state: this.#state,
      at: this.#at,
      from: this.#from,
      to: this.#to,
      ...this.#counts,
      ...(answers ?? {}),
      late: { p50, p99, max },
      ...(this.#firstDifference === undefined ? {} : { firstDifference: this.#firstDifference }),
      ...(this.#fault === undefined ? {} : { fault: this.#fault }),
    }
  }

  /** Begins, as its settings say. */
  start(): void {
    if (this.#state === 'playing') this.#go()
  }

  /** Goes on; from the beginning if it is done. */
  play(): void {
    if (this.#state === 'playing') return
    if (this.#state !== 'paused') this.#to0()
    this.#state = 'playing'
    this.#go()
  }

  pause(): void {
    if (this.#state !== 'playing') return
    this.#halt('paused')
  }

  /** Sends the next message, whatever its time, and stops behind it. Resolves when it is sent. */
  async step(): Promise<void> {
    this.#halt('paused')
    const turn = this.#turn
    await this.#asked
    const cue = turn === this.#turn ? await this.#find(turn) : undefined
    // Whatever came meanwhile has the word now: it is not at its end.
    if (turn !== this.#turn) return
    if (cue === undefined) return this.#end()
    await this.#send(cue, turn)
    this.#tell(true)
  }

  /** Goes on from this recorded time, ms since 1970. */
  seek(time: number): void {
    const playing = this.#state === 'playing'
    this.#halt('paused')
    this.#next = Math.max(this.#plan.first, Math.min(this.#plan.journal.rowAt(time), this.#plan.end))
    this.#at = Math.max(this.#from, Math.min(time, this.#to))
    if (playing) this.play()
    else this.#tell(true)
  }

  /** Times the original; 0: as fast as it goes. */
  setSpeed(speed: number): void {
    const playing = this.#state === 'playing'
    if (playing) this.#halt('paused')
    this.#settings = { ...this.#settings, speed }
    if (playing) this.play()
    else this.#tell(true)
  }

  setLoop(loop: boolean): void {
    this.#settings = { ...this.#settings, loop }
    this.#tell(true)
  }

  /** Sends nothing more. */
  stop(): void {
    if (this.#state === 'playing' || this.#state === 'paused') this.#halt('done')
    this.#answers?.close()
  }

  get over(): boolean {
    return this.#state === 'done' || this.#state === 'failed'
  }

  #to0(): void {
    this.#next = this.#plan.first
    this.#at = this.#from
  }

  #halt(state: ReplayInfo['state']): void {
    this.#turn++
    this.#state = state
    this.#pace.stop()
    this.#asking?.abort()
    this.#tell(true)
  }

  #go(): void {
    const turn = ++this.#turn
    this.#pace = new Pace()
    this.#clock = { recorded: this.#at, now: performance.now() }
    this.#tell(true)
    if (this.#answers !== undefined) void this.#answers.ready.then(() => this.#tell(true))
    else
      void this.#run(turn).catch((error: unknown) => {
        if (turn !== this.#turn) return
        this.#fault = toFault(error).shape()
        this.#halt('failed')
      })
  }

  async #run(turn: number): Promise<void> {
    await this.#asked
    while (turn === this.#turn) {
      const found = this.#find(turn)
      const cue = found instanceof Promise ? await found : found
      if (turn !== this.#turn) return
      if (cue === undefined) {
        if (!this.#settings.loop || this.#counts.sent === 0) return this.#end()
        this.#counts.loops++
        this.#to0()
        this.#clock = { recorded: this.#at, now: performance.now() }
        // A recording of one message must not keep everything else from its turn.
        await this.#pace.rest()
        continue
      }
      const { speed } = this.#settings
      const due = speed > 0 ? this.#clock.now + (cue.time - this.#clock.recorded) / speed : 0
      if (!this.#pace.came(due)) {
        this.#tell(false)
        await this.#pace.until(due)
        if (turn !== this.#turn) return
      }
      if (speed > 0) this.#late.record(Math.max(1, Math.round(Math.abs(performance.now() - due) * 1000)))
      const busy = this.#send(cue, turn)
      if (busy !== undefined) await busy
    }
  }

  /** The next message; undefined: there are no more. A promise only where it is far: one for each is work for V8's helpers, behind which this thread waits for a core. */
  #find(turn: number): Cue | undefined | Promise<Cue | undefined> {
    const found = this.#plan.next(this.#next, STRIDE)
    return found === undefined || 'frames' in found ? found : this.#findBehind(found.on, turn)
  }

  /** The next message from a row on that is not near. */
  async #findBehind(on: number, turn: number): Promise<Cue | undefined> {
    for (let from = on; ;) {
      this.#next = from
      await this.#pace.rest()
      if (turn !== this.#turn) return undefined
      const found = this.#plan.next(from, STRIDE)
      if (found === undefined || 'frames' in found) return found
      from = found.on
    }
  }

  #send(cue: Cue, turn: number): Promise<void> | undefined {
    this.#next = cue.seq + 1
    this.#at = cue.time
    if (this.#settings.role === 'client') {
      const asked = this.#ask(cue, turn)
      this.#asked = asked.catch(() => undefined)
      return asked
    }
    this.session.put(cue.frames)
    this.#counts.sent++
    const { queued } = this.session
    if (queued === 0) return undefined
    if (queued > AHEAD) return this.session.drained(AHEAD / 2)
    // It waits for promises that are kept already: behind them.
    return new Promise((resolve) => process.nextTick(resolve))
  }

  /** Asks a recorded question, and looks whether the answer is that of then. */
  async #ask(cue: Cue, turn: number): Promise<void> {
    const asking = new AbortController()
    this.#asking = asking
    this.#counts.sent++
    try {
      const { seq, frames } = await this.session.ask(cue.frames, asking.signal)
      const then = answerTo(this.#plan.journal, cue.seq)
      if (then !== undefined && sameFrames(then.frames, frames)) this.#counts.same++
      else {
        this.#counts.different++
        this.#firstDifference ??= { then: cue.seq, now: seq }
      }
    } catch (error) {
      const fault = toFault(error)
      if (fault.code !== 'NO_REPLY' && fault.code !== 'CANCELLED') throw fault
      if (turn === this.#turn) this.#counts.unanswered++
    } finally {
      if (this.#asking === asking) this.#asking = undefined
    }
  }

  #end(): void {
    this.#at = this.#to
    this.#halt('done')
  }

  #tell(now: boolean): void {
    if (!now && performance.now() - this.#told < TELL) return
    this.#told = performance.now()
    this.#changed()
  }

  #lateness(): ReplayInfo['late'] {
    if (this.#late.count === 0) return { p50: 0, p99: 0, max: 0 }
    const ms = (microseconds: number) => microseconds / 1000
    return { p50: ms(this.#late.percentile(50)), p99: ms(this.#late.percentile(99)), max: ms(this.#late.max) }
  }
}
