import * as v from 'valibot'
import { WorkSchema } from '../../src-main/contract/index.js'
import type { Engine } from '../../src-main/engine/engine.js'
import type { Session } from '../../src-main/engine/session.js'
import { boundTo, settingsOf } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { emptyTally, pause, type Fault, type Flow } from './flow.js'
import { Program } from './program.js'

const TASKS = 2000
/** Milliseconds that a run may take until each of its tasks is collected or lost. */
const THROUGH = 120_000

/**
 * PUSH → workers → PULL. Promised: made = collected + in flight + lost, always; and nothing is lost while nobody dies who has something in hand, or on its way to them. A killed
 * worker or sink takes that with it.
 */
export class Work implements Flow {
  readonly name = 'pipeline'
  readonly tally = emptyTally()
  readonly faults: readonly Fault[]
  readonly #engine: Engine
  readonly #ventilator: Session
  readonly #program: Program
  /** Somebody died since the run began, or was dying when it did. */
  #died = false
  /** When that last began, for whoever looks for what is unexplained. */
  #deadly = -Infinity
  #stopped = false

  private constructor(engine: Engine, ventilator: Session, workers: Session, sink: Session, program: Program) {
    this.#engine = engine
    this.#ventilator = ventilator
    this.#program = program
    /** A run that begins while somebody dies deals to them until that is noticed: it is over when they are back. */
    const deadly = async (act: () => Promise<unknown>) => {
      this.#died = true
      this.#deadly = performance.now()
      await act()
      this.#died = true
    }
    const again = (session: Session, act: () => Promise<unknown>) =>
      deadly(async () => {
        await act()
        await engine.reopen(session.id, session.settings)
      })
    this.faults = [
      {
        name: 'pyzmq worker killed',
        inject: (dice) =>
          deadly(async () => {
            await program.kill()
            await pause(dice.between(0, 500))
            program.start()
          }),
      },
      { name: 'workers killed', inject: () => again(workers, () => engine.pipeline.act(workers.id, 'kill')) },
      { name: 'sink killed', inject: () => again(sink, () => engine.pipeline.act(sink.id, 'kill')) },
      {
        name: 'sink held up',
        inject: async (dice) => {
          await engine.pipeline.act(sink.id, 'pause')
          await pause(dice.between(100, 1000))
          await engine.pipeline.act(sink.id, 'resume')
        },
      },
    ]
  }

  static async open(engine: Engine): Promise<Work> {
    const fixed = async (role: 'ventilator' | 'sink', more: object) => {
      const session = await engine.open(settingsOf(role, 'tcp://127.0.0.1:*', more))
      return engine.reopen(session.id, {
        ...session.settings,
        endpoints: [{ method: 'bind', address: boundTo(session) }],
      })
    }
    const ventilator = await fixed('ventilator', {
      taskId: { kind: 'frame' },
      quiet: 1500,
      options: { sendHighWaterMark: 20 },
    })
    const sink = await fixed('sink', {})
    const forward = [{ method: 'connect', address: boundTo(sink) }]
    const workers = await engine.open(
      settingsOf('worker', boundTo(ventilator), { forward, workers: 3, options: { receiveHighWaterMark: 20 } }),
    )
    const program = new Program(() => ['worker', boundTo(ventilator), boundTo(sink)])
    program.start()
    return new Work(engine, ventilator, workers, sink, program)
  }

  async run(): Promise<void> {
    for (let n = 0; !this.#stopped; n++) {
      this.#died = false
      const began = performance.now()
      const run = this.#engine.pipeline.run(
        this.#ventilator.id,
        v.parse(WorkSchema, { kind: 'generate', count: TASKS }),
      )
      await until(
        () => {
          const { made, collected, inFlight, lost } = run.ledger.figures()
          if (made !== collected + inFlight + lost)
            this.tally.unexplained.push(
              `run ${n}: ${made} made, ${collected} collected, ${inFlight} in flight, ${lost} lost`,
            )
          return run.state === 'done'
        },
        { deadline: THROUGH, what: `the end of run ${n}` },
      ).catch((error: Error) => this.tally.unexplained.push(`${error.message}: ${JSON.stringify(run.summary())}`))
      const { made, collected, lost, doubled } = run.ledger.figures()
      this.tally.sent += made
      this.tally.received += collected
      this.tally.lost += lost
      if (lost > 0 && !this.#died)
        this.tally.unexplained.push(
          `run ${n}: ${lost} tasks were lost, and nobody died; the last one ${Math.round(began - this.#deadly)} ms before it began`,
        )
      if (doubled > 0) this.tally.unexplained.push(`run ${n}: ${doubled} tasks came twice`)
      this.#engine.pipeline.forget(run.id)
    }
  }

  stop(): void {
    this.#stopped = true
  }
  async settle(): Promise<void> {
    await this.#program.kill()
  }
}
