import type { FaultShape } from './faults.js'

/**
 * Guided runs on sessions of their own. Each goes through its steps in this order; `figures` are measured, and stand in the step when it is done.
 *
 * - `first-takes-all`: `open` · `batch` {tasks} (made while nobody is connected) · `first` {handed} (one worker connects: all are handed to it) · `others` {workers} (more
 *   connect) · `result` {first, others, jain} · `cure` {need} (the same with *wait for n*) · `cured` {least, most, jain}
 * - `slow-worker`: `open` {workers, slow, fast} (ms a task) · `turns` {tasks, slowDone, behind, ms, jain} (`behind`: most tasks that were handed to the slow one and not done) ·
 *   `demand` the same by demand · `compare` {turnsMs, demandMs, turnsBehind, demandBehind}
 * - `idle-sink`: `open` · `before` {collected} · `away` (the sink closes) · `work` {made, collected, waiting} (work waits) · `back` · `result` {made, collected, lost}
 * - `killed-worker`: `open` {workers} · `work` {tasks} · `kill` {inHand, started} · `result` {made, collected, lost} · `cure` {redo} (the same with *redo*) · `cured` {made, collected, lost, redone, doubled}
 * - `killed-sink`: `open` · `busy` (the sink takes nothing while results reach it) · `work` {tasks, finished} · `kill` · `result` {made, collected, lost} · `cure` {redo} · `cured` {made, collected, lost, redone, doubled}
 * - `high-water-mark`: `open` {sendMark, receiveMark, bytes} · `stall` (the worker pauses) · `fill` {of} · `blocked` {made, handed, queued} · `release` · `result` {made, collected, lost}
 */
export const scenarioNames = [
  'first-takes-all',
  'slow-worker',
  'idle-sink',
  'killed-worker',
  'killed-sink',
  'high-water-mark',
] as const
export type ScenarioName = (typeof scenarioNames)[number]

export const scenarioSteps = {
  'first-takes-all': ['open', 'batch', 'first', 'others', 'result', 'cure', 'cured'],
  'slow-worker': ['open', 'turns', 'demand', 'compare'],
  'idle-sink': ['open', 'before', 'away', 'work', 'back', 'result'],
  'killed-worker': ['open', 'work', 'kill', 'result', 'cure', 'cured'],
  'killed-sink': ['open', 'busy', 'work', 'kill', 'result', 'cure', 'cured'],
  'high-water-mark': ['open', 'stall', 'fill', 'blocked', 'release', 'result'],
} as const satisfies Record<ScenarioName, readonly string[]>

export interface ScenarioStep {
  key: string
  state: 'ahead' | 'now' | 'done'
  /** Measured; see `scenarioNames`. Some grow while the step is `now`. */
  figures: Record<string, number>
  /** ms since 1970 when it began; 0: ahead. */
  began: number
}

export interface ScenarioInfo {
  /** New with each start. */
  id: number
  name: ScenarioName
  /** `done`, `stopped` and `failed` leave the sessions open, to be looked at. `closed`: they are gone. */
  state: 'running' | 'done' | 'stopped' | 'failed' | 'closed'
  steps: ScenarioStep[]
  sessions: string[]
  /** In order; the last ones are the cure's. */
  runs: string[]
  fault: FaultShape | undefined
}
