import type { Request } from 'zeromq'
import { Fault, type SettingsOf } from '../../contract/index.js'
import { now } from '../clock.js'
import { toFault } from '../errors.js'
import type { OwnedSocket, SocketWatcher } from '../socket.js'
import { openRequest } from './request-socket.js'
import type { Role, RoleHost } from './role.js'
import { StrictClient } from './strict-client.js'

/** Why a try ended. */
type Outcome =
  { kind: 'answer'; frames: Uint8Array[] } | { kind: 'deadline' } | { kind: 'down' } | { kind: 'cancelled' }

interface Question {
  readonly seq: number
  readonly frames: readonly Uint8Array[]
  attempt: number
  /** When the running try was handed over; 0 while the link is down. */
  since: number
  settle: ((outcome: Outcome) => void) | undefined
  cancelled: boolean
  /** When it was last handed over; 0 = never. An answer that comes later is its own, whatever has become of the link. */
  handed: number
  /** The answer, where it came while nobody waited: between two tries. */
  answer: Uint8Array[] | undefined
}

/**
 * REQ. By default relaxed and correlated, with a deadline and tries (zguide, Lazy Pirate). Tries are spent only while the link is up: while it is
 * down the question waits, until it is cancelled. *Strict* is the textbook lock-step, where libzmq itself refuses a second send with EFSM.
 */
export function client(settings: SettingsOf<'client'>, host: RoleHost, watcher: SocketWatcher): Role {
  return settings.strict ? new StrictClient(settings, host, watcher) : new PatientClient(settings, host, watcher)
}

class PatientClient implements Role {
  readonly #settings: SettingsOf<'client'>
  readonly #host: RoleHost
  readonly #watcher: SocketWatcher
  #socket: OwnedSocket<Request>
  #question: Question | undefined
  #last: 'none' | 'answered' | 'no-reply' | 'cancelled' = 'none'
  /** Row of the newest question, for answers that come too late. */
  #lastSeq = 0
  /** Sends that have had no answer yet: without correlation, one could still come and be taken for the next question's. */
  #outstanding = 0
  /** The deadline of the running try, or of one that is over. */
  #clock: NodeJS.Timeout | undefined
  #closing = false

  constructor(settings: SettingsOf<'client'>, host: RoleHost, watcher: SocketWatcher) {
    this.#settings = settings
    this.#host = host
    this.#watcher = watcher
    this.#socket = openRequest(settings, watcher)
  }

  get sockets() {
    return [this.#socket]
  }

  get queued(): number {
    return this.#question !== undefined && this.#question.since === 0 ? 1 : 0
  }

  async open(): Promise<void> {
    await this.#socket.open()
    this.#read()
  }

  status() {
    const question = this.#question
    return {
      role: 'client' as const,
      turn:
        question === undefined
          ? ('yours' as const)
          : question.since === 0
            ? ('link-down' as const)
            : ('waiting' as const),
      seq: question?.seq ?? 0,
      attempt: question?.attempt ?? 0,
      tries: this.#settings.tries,
      since: question?.since ?? 0,
      deadline: this.#settings.deadline,
      last: this.#last,
    }
  }

  async send(frames: readonly Uint8Array[]): Promise<{ seq: number }> {
    const question = this.#begin(frames)
    this.#exchange(question).catch((error: unknown) => {
      if (!(error instanceof Fault)) this.#host.fail(error)
    })
    return { seq: question.seq }
  }

  async ask(frames: readonly Uint8Array[], signal?: AbortSignal): Promise<{ seq: number; frames: Uint8Array[] }> {
    const question = this.#begin(frames)
    const cancel = () => this.cancel()
    signal?.addEventListener('abort', cancel)
    try {
      if (signal?.aborted) cancel()
      return { seq: question.seq, frames: await this.#exchange(question) }
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  cancel(): void {
    const question = this.#question
    if (question === undefined) return
    question.cancelled = true
    question.settle?.({ kind: 'cancelled' })
  }

  linked(): void {
    const question = this.#question
    if (question?.settle === undefined) return
    if (question.since === 0 ? this.#socket.up : !this.#socket.up) question.settle({ kind: 'down' })
  }

  async close(deadline?: number): Promise<number> {
    this.#closing = true
    const left = this.queued
    this.cancel()
    clearTimeout(this.#clock)
    await this.#socket.close(deadline)
    return left
  }

  #begin(frames: readonly Uint8Array[]): Question {
    if (this.#question !== undefined)
      throw new Fault(
        'NOT_YOUR_TURN',
        'The last question is still waiting for its answer. Wait for it, or stop waiting; then ask again.',
      )
    const seq = this.#host.record('out', frames, { time: now(), progress: 'queued' })
    this.#question = {
      seq,
      frames,
      attempt: 0,
      since: 0,
      settle: undefined,
      cancelled: false,
      handed: 0,
      answer: undefined,
    }
    this.#lastSeq = seq
    this.#host.changed()
    return this.#question
  }

  async #exchange(question: Question): Promise<Uint8Array[]> {
    try {
      if (this.#settings.envelope === 'plain' && this.#outstanding > 0) await this.#replace()
      for (;;) {
        const outcome = await this.#try(question)
        if (outcome.kind === 'answer') return this.#end(question, 'answered', outcome.frames)
        if (outcome.kind === 'cancelled') break
        if (outcome.kind === 'deadline' && question.attempt >= this.#settings.tries) {
          this.#end(question, 'no-reply')
          const { tries, deadline } = this.#settings
          throw new Fault(
            'NO_REPLY',
            `No reply within ${deadline} ms, ${tries} ${tries === 1 ? 'try' : 'tries'}. The server is connected but silent.`,
            { tries, deadline },
          )
        }
      }
      this.#end(question, 'cancelled')
      throw new Fault('CANCELLED', 'Stopped waiting for the answer.')
    } catch (error) {
      if (this.#question === question) this.#end(question, 'cancelled')
      throw error
    }
  }

  /** Waits for the link, sends once, and waits for what comes first. A try that the link's loss cut short is not spent. */
  async #try(question: Question): Promise<Outcome> {
    while (!this.#socket.up) {
      const outcome = await this.#wait(question)
      if (outcome.kind === 'cancelled' || outcome.kind === 'answer') return outcome
    }
    if (question.cancelled) return { kind: 'cancelled' }
    question.attempt++
    question.since = now()
    const waiting = this.#wait(question)
    try {
      const sent = this.#socket.send(question.frames)
      this.#startClock()
      question.handed = question.since // before it is known: the answer may be heard of first
      await sent
      this.#outstanding++
      this.#host.progress(question.seq, 'handed')
    } catch (error) {
      if (this.#closing) return { kind: 'cancelled' }
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw toFault(error)
      question.settle?.({ kind: 'down' }) // `immediate`: nobody there to take it after all
    }
    this.#host.changed()
    const outcome = await waiting
    question.since = 0
    if (outcome.kind === 'down') question.attempt--
    this.#host.changed()
    return outcome
  }

  /** Resolves when something, whatever it is, settles the question. */
  #wait(question: Question): Promise<Outcome> {
    return new Promise((resolve) => {
      question.settle = (outcome) => {
        question.settle = undefined
        resolve(outcome)
      }
      if (question.answer !== undefined) question.settle({ kind: 'answer', frames: question.answer })
      else if (question.cancelled) question.settle({ kind: 'cancelled' })
    })
  }

  /**
   * One timer for all questions, started anew for each, behind the send: a timer of its own for each, before the send, was 4 µs of a round trip's 90.
   */
  #startClock(): void {
    const late = () => {
      if (this.#question !== undefined && this.#question.since !== 0) this.#question.settle?.({ kind: 'deadline' })
    }
    if (this.#clock === undefined) this.#clock = setTimeout(late, this.#settings.deadline)
    else this.#clock.refresh()
  }

  #end(question: Question, how: 'answered' | 'no-reply' | 'cancelled', frames: Uint8Array[] = []): Uint8Array[] {
    this.#host.progress(question.seq, how)
    this.#last = how
    this.#question = undefined
    this.#host.changed()
    return frames
  }

  #read(): void {
    this.#socket.read(
      (frames, time) => this.#onAnswer(frames, time),
      () => this.#host.countMalformed(),
      (error) => this.#host.fail(error),
    )
  }

  #onAnswer(frames: readonly Uint8Array[], time: number): void {
    this.#outstanding = Math.max(0, this.#outstanding - 1)
    const question = this.#question
    this.#host.record('in', frames, { time, ref: this.#lastSeq })
    if (question === undefined || question.handed === 0) {
      this.#host.countLate()
      return
    }
    // A server that answers and goes at once: the loss of the link may be heard of before the answer is read. It is the answer all the same.
    this.#host.roundTrip(time - question.handed)
    question.answer = frames.map((frame) => new Uint8Array(frame))
    question.settle?.({ kind: 'answer', frames: question.answer })
  }

  /** A new socket in place of one that may still be owed answers: with it go the old pipes and whatever comes down them. */
  async #replace(): Promise<void> {
    await this.#socket.close()
    if (this.#closing) return
    this.#outstanding = 0
    this.#socket = openRequest(this.#settings, this.#watcher)
    await this.open()
  }
}
