import type { Repeat } from '../../../../src-main/contract/index.js'
import { m } from '../../../paraglide/messages.js'
import type { SessionPane } from '../../../parts/session-pane.svelte.js'
import { wholeNumber } from './numbers.js'

/** The message that stands in the composer, published again and again. */
export class Timer {
  readonly #pane: SessionPane
  readonly #frames: () => Uint8Array[]
  /** As typed: how often (0: until stopped), and every how many ms. */
  times = $state('0')
  every = $state('1000')

  constructor(pane: SessionPane, frames: () => Uint8Array[]) {
    this.#pane = pane
    this.#frames = frames
  }

  get run(): Repeat | undefined {
    return this.#pane.session.info.repeat
  }
  get running(): boolean {
    return this.run?.running === true
  }
  /** Share that is done; undefined where there is no end. */
  get part(): number | undefined {
    return this.run === undefined || this.run.of === 0 ? undefined : this.run.sent / this.run.of
  }
  readonly #numbers = $derived({
    times: wholeNumber(this.times, 0, 100_000_000),
    every: wholeNumber(this.every, 1, 86_400_000),
  })
  get timesBad(): boolean {
    return this.#numbers.times === undefined
  }
  get everyBad(): boolean {
    return this.#numbers.every === undefined
  }
  /** Why it cannot begin. */
  get blocked(): string | undefined {
    if (!this.#pane.session.open) return m.compose_closed()
    if (this.timesBad || this.everyBad) return m.air_timer_bad()
    return this.#pane.composer.sound ? undefined : m.repeat_unsound()
  }

  async start(): Promise<void> {
    const { times, every } = this.#numbers
    if (times === undefined || every === undefined || this.blocked !== undefined) return
    this.#pane.list.follow()
    await this.#pane.attempt(() =>
      this.#pane.bench.caller.call('session.repeat', {
        id: this.#pane.session.id,
        frames: this.#frames() as Uint8Array<ArrayBuffer>[],
        count: times,
        every,
      }),
    )
  }
  async stop(): Promise<void> {
    await this.#pane.attempt(() => this.#pane.bench.caller.call('session.stopRepeat', { id: this.#pane.session.id }))
  }
}
