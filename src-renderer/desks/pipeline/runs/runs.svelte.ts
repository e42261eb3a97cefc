import type { FaultShape, RunFigures, RunSummary, Steering, WorkInput } from '../../../../src-main/contract/index.js'
import { faultOf, type Workbench } from '../../../state/workbench.svelte.js'
import { poll } from '../poll.js'

/** The runs that the engine keeps, and the figures of the one that is looked at. */
export class Runs {
  readonly #bench: Workbench
  #list = $state.raw<readonly RunSummary[]>([])
  #picked = $state('')
  #figures = $state.raw<RunFigures | undefined>(undefined)
  fault = $state.raw<FaultShape | undefined>(undefined)

  constructor(bench: Workbench) {
    this.#bench = bench
  }

  /** Oldest first. */
  get list(): readonly RunSummary[] {
    return this.#list
  }
  /** The one that was picked, else the newest. */
  readonly current = $derived(this.#list.find(({ id }) => id === this.#picked) ?? this.#list.at(-1))
  /** Of the current one; undefined until they came. */
  get figures(): RunFigures | undefined {
    return this.#figures?.id === this.current?.id ? this.#figures : undefined
  }
  find(id: string | undefined): RunSummary | undefined {
    return this.#list.find((run) => run.id === id)
  }
  /** The newest run of a ventilator. */
  of(session: string): RunSummary | undefined {
    return this.#list.findLast((run) => run.session === session)
  }
  /** '' follows the newest. */
  pick(id: string): void {
    this.#picked = id
    void this.ask()
  }

  watch(): () => void {
    return poll(() => this.ask())
  }
  async ask(): Promise<void> {
    try {
      this.#list = await this.#bench.caller.call('pipeline.runs')
      const run = this.current
      if (run === undefined) this.#figures = undefined
      // A run that is over changes no more, but for tasks that come late; those change its counts.
      else if (
        this.#figures?.id !== run.id ||
        goesOn(run) ||
        JSON.stringify(run.counts) !== JSON.stringify(this.#figures.counts) ||
        run.state !== this.#figures.state
      )
        this.#figures = await this.#bench.caller.call('pipeline.figures', { run: run.id })
    } catch {
      // The line is down, or the run was forgotten meanwhile: the next look tells.
    }
  }

  async start(session: string, work: WorkInput): Promise<RunSummary> {
    const run = await this.#bench.caller.call('pipeline.run', { id: session, work })
    this.#list = [...this.#list.filter(({ id }) => id !== run.id), run]
    this.#picked = run.id
    return run
  }
  async steer(run: RunSummary, to: Steering): Promise<void> {
    await this.attempt(async () => {
      const now = await this.#bench.caller.call('pipeline.steer', { run: run.id, to })
      this.#list = this.#list.map((each) => (each.id === now.id ? now : each))
    })
  }
  async forget(run: RunSummary): Promise<void> {
    await this.attempt(async () => {
      await this.#bench.caller.call('pipeline.forget', { run: run.id })
      this.#list = this.#list.filter(({ id }) => id !== run.id)
    })
  }
  async attempt(action: () => Promise<unknown>): Promise<void> {
    this.fault = undefined
    try {
      await action()
    } catch (error) {
      this.fault = faultOf(error)
    }
  }
}

/** Whether it still makes or misses tasks. */
export const goesOn = ({ state }: RunSummary): boolean => state !== 'done' && state !== 'failed'
