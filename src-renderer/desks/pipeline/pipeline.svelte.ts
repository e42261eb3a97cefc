import type { RoleName } from '../../../src-main/contract/index.js'
import type { SessionView } from '../../state/session.svelte.js'
import type { Workbench } from '../../state/workbench.svelte.js'

export const stages = ['ventilator', 'worker', 'sink'] as const satisfies readonly RoleName[]
export type Stage = (typeof stages)[number]

/** What a stage has done so far, over all its sessions. */
export interface StageCount {
  readonly sessions: number
  /** Tasks handed out, passed on, or collected. */
  readonly done: number
  readonly rate: number
  /** Taken and not passed on yet (workers), or waiting in our own queue (ventilator). */
  readonly held: number
}

/** The three stages side by side, and which of them is wide where there is no room for all. */
export class PipelineDesk {
  readonly bench: Workbench
  wide = $state<Stage>('ventilator')

  constructor(bench: Workbench) {
    this.bench = bench
  }

  count(stage: Stage): StageCount {
    const sessions = this.bench.ofRole(stage)
    const sum = (of: (session: SessionView) => number): number =>
      sessions.reduce((total, session) => total + of(session), 0)
    const way = stage === 'sink' ? 'in' : 'out'
    return {
      sessions: sessions.length,
      done: sum(({ numbers }) => numbers[way].messages),
      rate: sum(({ numbers }) => numbers[way].rate1),
      held: sum((session) => (stage === 'worker' ? (session.status('worker')?.inHand ?? 0) : session.numbers.queued)),
    }
  }
}
