import type { Engine } from '../../src-main/engine/engine.js'
import { boundTo, frames, linked, settingsOf } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { strangers } from '../fuzz/zmtp.js'
import { emptyTally, pause, type Fault, type Flow } from './flow.js'

/** Messages of one flood. */
const FLOOD = 50_000

/** What goes on beside all traffic: sessions that come and go, views that look on, floods, and strangers at the ports. */
export class Bystanders implements Flow {
  readonly name = 'floods and views'
  readonly tally = emptyTally()
  readonly faults: readonly Fault[]
  readonly #engine: Engine
  #stopped = false

  constructor(engine: Engine) {
    this.#engine = engine
    this.faults = [
      { name: 'strangers at the ports', inject: (dice) => strangers.check(Math.floor(dice.next() * 2 ** 31), 100) },
      { name: 'flood', inject: () => this.#flood() },
      {
        name: 'view attached and gone',
        inject: async (dice) => {
          const view = engine.attach({ session: () => undefined, gone: () => undefined, pulse: () => undefined })
          view.visible(true)
          await pause(dice.between(50, 500))
          view.detach()
        },
      },
      {
        name: 'sessions opened and forgotten',
        inject: async (dice) => {
          const role = dice.of(['server', 'publisher', 'subscriber', 'ventilator', 'sink'] as const)
          const open = await Promise.all(
            Array.from({ length: 8 }, () => engine.open(settingsOf(role, '@tcp://127.0.0.1:*'))),
          )
          for (const session of open) await engine.forget(session.id)
        },
      },
    ]
  }

  /** PUSH → PULL with nobody dying: every message arrives, as often as it was sent. */
  async #flood(): Promise<void> {
    const sink = await this.#engine.open(settingsOf('sink', 'tcp://127.0.0.1:*'))
    const source = await this.#engine.open(settingsOf('ventilator', `>${boundTo(sink)}`))
    await linked(source)
    for (let n = 0; n < FLOOD; n++) {
      await source.send(frames(`${n}`))
      if (n % 1000 === 0) await source.drained(1000)
    }
    this.tally.sent += FLOOD
    await until(() => sink.numbers().in.messages === FLOOD, { deadline: 60_000, what: 'the end of a flood' }).catch(
      (error: Error) => this.tally.unexplained.push(error.message),
    )
    this.tally.received += sink.numbers().in.messages
    await this.#engine.forget(source.id)
    await this.#engine.forget(sink.id)
  }

  /** A person who looks at what there is. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      for (const session of this.#engine.list()) {
        const { first, last } = session.numbers()
        if (last >= first && last > 0) session.page(Math.max(first, last - 50), 50, 512)
      }
      await pause(100)
    }
  }
  stop(): void {
    this.#stopped = true
  }
  async settle(): Promise<void> {
    await pause(0)
  }
}
