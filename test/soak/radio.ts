import type { Engine } from '../../src-main/engine/engine.js'
import type { Session } from '../../src-main/engine/session.js'
import { settingsOf } from '../helpers/engine.js'
import { emptyTally, pause, type Fault, type Flow } from './flow.js'
import { Program } from './program.js'

const RATE = 3000
/** Milliseconds between two times that what came is gone through. */
const LOOK = 100
/** Milliseconds after a fault in which numbers may be missing: what was said before it can still come, and what it cost shows behind that. */
const EXCUSED = 5000

/**
 * PUB/SUB. Promised: while a subscription stands, each message comes once and in order. Nothing is promised across a link that ends, and what was said before
 * a subscription cannot be heard: so numbers may be missing where the session was closed, or its publisher was another one, and nowhere else.
 */
export class Radio implements Flow {
  readonly name = 'radio'
  readonly tally = emptyTally()
  readonly faults: readonly Fault[]
  readonly #program: Program
  readonly #session: Session
  /** The publisher's life, the last number heard of it, and the row up to which all was gone through. */
  #epoch = 0
  #last = 0
  #row = 0
  /** Until then, by `performance.now()`, numbers may be missing. */
  #excused = 0
  #heard = new Map<number, number>()
  #stopped = false

  private constructor(engine: Engine, program: Program, session: Session) {
    this.#program = program
    this.#session = session
    this.faults = [
      {
        name: 'pyzmq publisher killed',
        inject: async (dice) => {
          await program.kill()
          await pause(dice.between(0, 800))
          program.start()
        },
      },
      {
        name: 'pyzmq publisher frozen',
        inject: async (dice) => {
          program.freeze(true)
          await pause(dice.between(100, 1500))
          program.freeze(false)
        },
      },
      {
        name: 'subscriber closed and opened',
        inject: async () => {
          await session.close()
          this.#look()
          await engine.reopen(session.id, session.settings)
          this.#excuse()
        },
      },
      {
        name: 'unsubscribed and subscribed',
        inject: async (dice) => {
          session.unsubscribe('s')
          await pause(dice.between(0, 300))
          session.subscribe('s')
          this.#excuse()
        },
      },
    ]
  }

  get session(): Session {
    return this.#session
  }

  static async open(engine: Engine, port: number): Promise<Radio> {
    const address = `tcp://127.0.0.1:${port}`
    const program: Program = new Program(() => ['pub', address, String(program.starts), String(RATE)])
    program.start()
    const settings = settingsOf('subscriber', address, { topics: ['s'], options: { reconnectMaxInterval: 500 } })
    return new Radio(engine, program, await engine.open(settings))
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      await pause(LOOK)
      this.#look()
    }
  }

  #excuse(): void {
    this.#excused = performance.now() + EXCUSED
  }

  /** Goes through the rows that have come. */
  #look(): void {
    const { first, last } = this.#session.numbers()
    // Rows that memory had no room for are counted by the session: nothing is said of what was in them.
    if (first > this.#row + 1) this.#excuse()
    for (let seq = Math.max(first, this.#row + 1); seq <= last; seq++) {
      const text = Buffer.from(this.#session.row(seq)?.frames[1]?.bytes ?? []).toString()
      this.#take(Number(text.split(' ')[0]), Number(text.split(' ')[1]))
    }
    this.#row = Math.max(this.#row, last)
  }
  #take(epoch: number, number: number): void {
    const { tally } = this
    tally.received++
    this.#heard.set(epoch, Math.max(number, this.#heard.get(epoch) ?? 0))
    if (epoch !== this.#epoch) {
      if (epoch < this.#epoch) tally.unexplained.push(`a message of publisher ${epoch} after one of ${this.#epoch}`)
      this.#epoch = epoch
      tally.lost += number - 1
    } else if (number <= this.#last)
      tally.unexplained.push(`number ${number} of publisher ${epoch} after ${this.#last}`)
    else if (number > this.#last + 1) {
      tally.lost += number - this.#last - 1
      if (performance.now() > this.#excused)
        tally.unexplained.push(`${number - this.#last - 1} numbers are missing before ${number} of publisher ${epoch}`)
    }
    this.#last = number
  }

  stop(): void {
    this.#stopped = true
  }
  async settle(): Promise<void> {
    await this.#program.kill()
    await pause(300)
    this.#look()
    this.tally.sent = [...this.#heard.values()].reduce((sum, number) => sum + number, 0)
    const counted = this.#session.numbers().in.messages
    if (counted !== this.tally.received)
      this.tally.unexplained.push(`the session counted ${counted} messages, and ${this.tally.received} were its rows`)
  }
}
