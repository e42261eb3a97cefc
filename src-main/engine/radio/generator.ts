import { Fault, type Channel, type Generating } from '../../contract/index.js'
import { now } from '../clock.js'
import { payloads, type Payload } from './shapes.js'

/** Milliseconds from one tick to the next at high rates, and that one tick may take. */
const TICK = 1
const BUDGET = 4
/** Milliseconds of messages that are caught up on after the event loop was held up; those beyond are left out, and counted. */
const CATCH_UP = 250
/** Messages between two looks at the clock. */
const STRIDE = 16
/** Messages in our own queue beyond which none is added. */
const QUEUED = 10_000
/** Milliseconds between two tellings of how far it is. */
const TELL = 250

interface Voice {
  readonly topic: Uint8Array | undefined
  readonly payload: Payload
  /** Messages a millisecond. */
  readonly rate: number
  /** Messages that were due by now and are done with: sent, or left out. */
  done: number
  ended: boolean
}

export interface GeneratorHooks {
  /** Sends one message. A rejection with Fault NOT_OPEN ends the generator; others are counted as left out. */
  send(frames: Uint8Array[]): Promise<unknown>
  /** Messages that wait in our own queue. */
  queued(): number
  /** How far it is has changed. */
  changed(): void
}

/**
 * Makes up messages on several channels at their rates. What is due follows from the clock and not from the ticks, so the mean rate is exact however
 * late a tick comes; a tick is bounded in time, and so is what is caught up on.
 */
export class Generator {
  readonly #voices: Voice[]
  readonly #hooks: GeneratorHooks
  readonly #rate: number
  readonly #began = performance.now()
  readonly #since = now()
  #timer: NodeJS.Timeout | undefined
  #turn = 0
  #sent = 0
  #skipped = 0
  #fault: Fault | undefined
  #told = 0
  #running = true

  constructor(channels: readonly Channel[], hooks: GeneratorHooks) {
    this.#hooks = hooks
    this.#rate = channels.reduce((sum, { rate }) => sum + rate, 0)
    this.#voices = channels.map((channel) => ({
      topic: channel.topic === '' ? undefined : Buffer.from(channel.topic),
      payload: payloads(channel),
      rate: channel.rate / 1000,
      done: 0,
      ended: false,
    }))
    this.#timer = setTimeout(() => this.#tick(), 0)
    hooks.changed()
  }

  info(): Generating {
    return {
      channels: this.#voices.length,
      rate: this.#rate,
      sent: this.#sent,
      skipped: this.#skipped,
      running: this.#running,
      since: this.#since,
      ...(this.#fault === undefined ? {} : { fault: this.#fault.shape() }),
    }
  }

  stop(): void {
    if (!this.#running) return
    this.#running = false
    clearTimeout(this.#timer)
    this.#hooks.changed()
  }

  #tick(): void {
    const at = performance.now()
    const end = at + BUDGET
    const voices = this.#voices
    let room = QUEUED - this.#hooks.queued()
    for (let v = 0; v < voices.length && this.#running; v++) {
      const voice = voices[(this.#turn + v) % voices.length]!
      let due = Math.floor((at - this.#began) * voice.rate) + 1 - voice.done // the first is due at once
      const bound = Math.max(1, Math.ceil(CATCH_UP * voice.rate))
      if (due > bound) {
        this.#skipped += due - bound
        voice.done += due - bound
        due = bound
      }
      for (let i = 0; i < due && !voice.ended; i++) {
        if (room <= 0 || (i % STRIDE === STRIDE - 1 && performance.now() > end)) break
        this.#speak(voice)
        room--
      }
      if (performance.now() > end) break
    }
    this.#turn++
    if (voices.every(({ ended }) => ended)) return this.stop()
    if (!this.#running) return
    const late = performance.now()
    if (late - this.#told > TELL) {
      this.#told = late
      this.#hooks.changed()
    }
    let next = Infinity
    for (const { ended, done, rate } of voices) if (!ended) next = Math.min(next, this.#began + done / rate)
    this.#timer = setTimeout(() => this.#tick(), Math.max(TICK, Math.min(next - late, 1000)))
  }

  #speak(voice: Voice): void {
    const payload = voice.payload(voice.done + 1, voice.done / voice.rate / 1000, now())
    if (payload === undefined) {
      voice.ended = true
      return
    }
    voice.done++
    this.#sent++
    this.#hooks.send(voice.topic === undefined ? [payload] : [voice.topic, payload]).catch((error: unknown) => {
      this.#sent--
      this.#skipped++
      if (!(error instanceof Fault)) return
      this.#fault = error
      if (error.code === 'NOT_OPEN') this.stop()
    })
  }
}
