import type { FaultShape, ScenarioInfo, ScenarioName } from '../../../../src-main/contract/index.js'
import { faultOf, type Workbench } from '../../../state/workbench.svelte.js'
import { poll } from '../poll.js'

/** The guided run that is on, or was last. */
export class Scenarios {
  readonly #bench: Workbench
  #info = $state.raw<ScenarioInfo | undefined>(undefined)
  busy = $state(false)
  fault = $state.raw<FaultShape | undefined>(undefined)

  constructor(bench: Workbench) {
    this.#bench = bench
  }

  get info(): ScenarioInfo | undefined {
    return this.#info
  }
  get running(): boolean {
    return this.#info?.state === 'running'
  }
  /** There is something to look at: its sessions are not gone. */
  get there(): boolean {
    return this.#info !== undefined && this.#info.state !== 'closed'
  }

  watch(): () => void {
    return poll(() => this.ask())
  }
  async ask(): Promise<void> {
    try {
      const info = await this.#bench.caller.call('pipeline.scenarioInfo')
      if (JSON.stringify(info) !== JSON.stringify(this.#info)) this.#info = info
    } catch {
      // The line is down; the next look tells.
    }
  }

  /** Begins one. What is left of the one before is cleared away first. */
  async start(name: ScenarioName): Promise<void> {
    await this.#attempt(async () => {
      if (this.there) await this.#bench.caller.call('pipeline.closeScenario')
      this.#info = await this.#bench.caller.call('pipeline.scenario', { name })
    })
  }
  async stop(): Promise<void> {
    await this.#attempt(async () => {
      this.#info = await this.#bench.caller.call('pipeline.stopScenario')
    })
  }
  async close(): Promise<void> {
    await this.#attempt(async () => {
      this.#info = await this.#bench.caller.call('pipeline.closeScenario')
    })
  }

  async #attempt(action: () => Promise<unknown>): Promise<void> {
    this.busy = true
    this.fault = undefined
    try {
      await action()
    } catch (error) {
      this.fault = faultOf(error)
    } finally {
      this.busy = false
    }
  }
}

/** The figures of two steps that show the same without and with the cure; undefined where a scenario has none. */
export function sides(
  info: ScenarioInfo,
): { before: Record<string, number>; after: Record<string, number> } | undefined {
  const of = (key: string): Record<string, number> | undefined => {
    const step = info.steps.find((each) => each.key === key)
    return step !== undefined && step.state !== 'ahead' && Object.keys(step.figures).length > 0
      ? step.figures
      : undefined
  }
  const compare = of('compare')
  if (compare !== undefined)
    return {
      before: { ms: compare['turnsMs'] ?? NaN, behind: compare['turnsBehind'] ?? NaN },
      after: { ms: compare['demandMs'] ?? NaN, behind: compare['demandBehind'] ?? NaN },
    }
  const [before, after] = [of('result'), of('cured')]
  return before === undefined || after === undefined ? undefined : { before, after }
}
