import type { FaultShape, RoundTrips } from '../../../src-main/contract/index.js'
import { span } from '../../lib/format.js'
import { m } from '../../paraglide/messages.js'
import type { SessionPane } from '../../parts/session-pane.svelte.js'
import type { Tone } from '../../parts/link-summary.js'
import { conversationOf } from './conversation/conversation.svelte.js'

/** The client's side of a talk: whose turn it is, how long the answer may still take, and questions asked again and again. */
export class ClientDesk {
  readonly pane: SessionPane
  /** Whether the panel for repeating is open. */
  repeating = $state(false)
  /** As typed: how often (0: until stopped), and every how many ms. */
  times = $state('1000')
  every = $state('0')
  #trips = $state.raw<RoundTrips | undefined>(undefined)
  #reading = false

  constructor(pane: SessionPane) {
    this.pane = pane
    if (pane.session.info.repeat?.running === true) this.repeating = true
  }

  get status() {
    return this.pane.session.status('client')
  }
  get strict(): boolean {
    const { settings } = this.pane.session
    return settings.role === 'client' && settings.strict
  }
  /** A question is out: sent, or held until the server is back. */
  get out(): boolean {
    return this.status !== undefined && this.status.turn !== 'yours'
  }

  /** Whose turn it is, in words. @param at ms since 1970 */
  turn(at: number): { tone: Tone; words: string; part: number | undefined } {
    const { status } = this
    if (status === undefined || status.turn === 'yours') {
      const last = status === undefined || status.last === 'none' ? '' : ` · ${m[`turn_last_${status.last}`]()}`
      return { tone: status?.last === 'no-reply' ? 'bad' : 'ok', words: m.turn_yours() + last, part: undefined }
    }
    if (status.turn === 'link-down') {
      const gone = this.pane.session.timeline.some(({ kind }) => kind === 'up')
      return { tone: 'wait', words: gone ? m.turn_link_down() : m.turn_nobody_yet(), part: undefined }
    }
    // The engine's clock and this one may differ a little where the page is on another machine.
    const waited = Math.max(0, at - status.since)
    if (status.deadline === 0)
      return { tone: 'wait', words: m.turn_waiting_strict({ s: span(waited) }), part: undefined }
    return {
      tone: 'wait',
      words: m.turn_waiting({
        s: span(Math.min(waited, status.deadline)),
        deadline: span(status.deadline),
        n: status.attempt,
        tries: status.tries,
      }),
      part: Math.min(1, waited / status.deadline),
    }
  }

  /** Why nothing can be asked now. In strict mode one may try all the same: that is the lesson. */
  get blocked(): string | undefined {
    if (!this.pane.session.open) return m.compose_closed()
    if (this.running) return m.repeat_blocks()
    return this.out && !this.strict ? m.turn_not_yours() : undefined
  }

  async ask(frames: Uint8Array[]): Promise<void> {
    conversationOf(this.pane).follow()
    await this.pane.send(frames)
  }
  /** Asks a past question again, byte for byte. */
  async resend(seq: number): Promise<void> {
    await this.pane.attempt(async () => {
      const row = await this.pane.session.message(seq)
      await this.ask(row.frames.map(({ bytes }) => Uint8Array.from(bytes)))
    })
  }

  // Again and again.
  get repeat() {
    return this.pane.session.info.repeat
  }
  get running(): boolean {
    return this.repeat?.running === true
  }
  get trips(): RoundTrips | undefined {
    return this.#trips
  }
  /** What is wrong with the numbers as typed, by field. */
  readonly #numbers = $derived({ times: whole(this.times, 100_000_000), every: whole(this.every, 86_400_000) })
  get timesFault(): boolean {
    return this.#numbers.times === undefined
  }
  get everyFault(): boolean {
    return this.#numbers.every === undefined
  }
  /** Why it cannot begin; typing goes on all the same. */
  get repeatBlocked(): string | undefined {
    if (!this.pane.session.open) return m.compose_closed()
    if (this.out) return m.turn_not_yours()
    return this.pane.composer.sound ? undefined : m.repeat_unsound()
  }
  async start(): Promise<void> {
    const { times, every } = this.#numbers
    if (times === undefined || every === undefined || this.repeatBlocked !== undefined) return
    conversationOf(this.pane).follow()
    this.#trips = undefined
    await this.pane.attempt(() =>
      this.pane.bench.caller.call('session.repeat', {
        id: this.pane.session.id,
        frames: this.pane.composer.encoded() as Uint8Array<ArrayBuffer>[],
        count: times,
        every,
      }),
    )
  }
  async stop(): Promise<void> {
    await this.pane.attempt(() => this.pane.bench.caller.call('session.stopRepeat', { id: this.pane.session.id }))
  }
  /** Brings the histogram up to date; called while somebody looks at it. */
  async readTrips(): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    try {
      this.#trips = await this.pane.bench.caller.call('session.roundTrips', { id: this.pane.session.id })
    } catch {
      // The line is down or the session gone; the page says so already.
    } finally {
      this.#reading = false
    }
  }
  get repeatFault(): FaultShape | undefined {
    return this.repeat?.fault
  }
}

/** A whole number from 0 to `most`, or undefined. */
function whole(text: string, most: number): number | undefined {
  const number = /^\d{1,9}$/.test(text.trim()) ? Number(text) : NaN
  return number <= most ? number : undefined
}

/** The histogram as CSV: one line a bucket, in milliseconds. */
export function tripsCsv({ buckets }: RoundTrips): string {
  return `from_ms,to_ms,count\r\n${buckets.map(({ from, to, count }) => `${from},${to},${count}\r\n`).join('')}`
}
