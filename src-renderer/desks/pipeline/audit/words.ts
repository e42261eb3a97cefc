import type { Reason, RunFigures, RunState, TaskState } from '../../../../src-main/contract/index.js'
import { count } from '../../../lib/format.js'
import { visibleLine } from '../../../lib/visible.js'
import { m } from '../../../paraglide/messages.js'

const tasks = {
  queued: m.task_queued,
  away: m.task_away,
  'in-hand': m.task_in_hand,
  finished: m.task_finished,
  collected: m.task_collected,
  lost: m.task_lost,
} as const satisfies Record<TaskState, () => string>
export const taskWord = (state: TaskState): string => tasks[state]()

const runs = {
  waiting: m.run_waiting,
  running: m.run_running,
  paused: m.run_paused,
  finishing: m.run_finishing,
  done: m.run_done,
  failed: m.run_failed,
} as const satisfies Record<RunState, () => string>
export const runWord = (state: RunState): string => runs[state]()

/** Why a figure cannot be known, as a sentence. */
export function reasonText({ code, count: n }: Reason): string {
  switch (code) {
    case 'no-sink':
      return m.reason_no_sink()
    case 'no-worker':
      return m.reason_no_worker()
    case 'foreign':
      return m.reason_foreign({ n: count(n) })
    case 'foreign-peers':
      return m.reason_foreign_peers({ n: count(n) })
    case 'by-content':
      return m.reason_by_content()
    case 'same-content':
      return m.reason_same_content({ n: count(n) })
    case 'nothing-collected':
      return m.reason_nothing_collected()
    case 'evicted':
      return m.reason_evicted({ n: count(n) })
  }
}

/** The worker of a lane, by name; lanes are numbered from 1, 0 is nobody known. */
export function laneName(figures: RunFigures | undefined, lane: number): string {
  const share = figures?.shares.find((each) => each.lane === lane)
  if (share === undefined) return lane === 0 ? m.not_known() : m.lane_worker({ n: count(lane) })
  const several = figures?.shares.filter(({ session }) => session === share.session).length ?? 1
  const name = share.name === '' ? m.role_worker() : visibleLine(share.name)
  return several > 1 || share.name === '' ? `${name} ${share.worker}` : name
}
