import { TASK_ENTRY_BYTES, taskName, taskStates, type TaskFilter, type TaskPage } from '../../contract/index.js'
import { COLLECTED, LATE, LOST, type Ledger } from './ledger.js'

/** Lines of one piece of CSV. */
const PIECE = 5000

/** Tasks `from` … of those that the filter leaves. */
export function taskPage(ledger: Ledger, filter: TaskFilter, from: number, count: number): TaskPage {
  const { made } = ledger
  const total = totalOf(ledger, filter)
  const rows = Math.max(0, Math.min(count, total - from))
  const entries = new Uint8Array(rows * TASK_ENTRY_BYTES)
  const view = new DataView(entries.buffer)
  let row = 0
  for (const task of tasksOf(ledger, filter, from)) {
    if (row === rows) break
    write(ledger, task, view, row++ * TASK_ENTRY_BYTES)
  }
  return { total, made, from, entries: entries.subarray(0, row * TASK_ENTRY_BYTES) }
}

/** A piece of the tasks as CSV from the task after number `after` on. Times are ms since 1970; an empty field is not known, or has not been. */
export function taskCsv(
  ledger: Ledger,
  filter: TaskFilter,
  after: number | undefined,
  workerName: (lane: number) => string,
): { text: string; next: number | undefined } {
  const lines =
    after === undefined
      ? ['task,id,state,worker,made,handed,started,finished,collected,times_handed,times_collected,late']
      : []
  let last = after ?? 0
  let rows = 0
  let more = false
  for (const task of tasksOf(ledger, filter, 0, last + 1)) {
    if (rows++ === PIECE) {
      more = true
      break
    }
    last = task
    const block = ledger.columns.block(task)
    const at = ledger.columns.at(task)
    const time = (value: number) => (value === 0 ? '' : value.toFixed(3))
    lines.push(
      [
        task,
        taskName(ledger.tag, task),
        taskStates[block.state[at]!],
        quoted(block.lane[at] === 0 ? '' : workerName(block.lane[at]!)),
        ...[block.made[at]!, block.handed[at]!, block.started[at]!, block.finished[at]!, block.collected[at]!].map(
          time,
        ),
        block.timesHanded[at],
        block.timesCollected[at],
        block.flags[at]! & LATE,
      ].join(','),
    )
  }
  return { text: lines.map((line) => `${line}\n`).join(''), next: more ? last : undefined }
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function totalOf(ledger: Ledger, filter: TaskFilter): number {
  switch (filter) {
    case 'all':
      return ledger.made
    case 'in-flight':
      return ledger.inFlight
    case 'collected':
      return ledger.counts[COLLECTED]!
    case 'lost':
      return ledger.counts[LOST]!
    case 'doubled':
      return ledger.doubled
  }
}

/** Numbers of the tasks that a filter leaves, without the first `skip` of them, none below `first`. */
function* tasksOf(ledger: Ledger, filter: TaskFilter, skip: number, first = 1): Generator<number> {
  if (filter === 'all') {
    for (let task = first + skip; task <= ledger.made; task++) yield task
    return
  }
  let left = skip
  for (let task = first; task <= ledger.made; task++) {
    const block = ledger.columns.block(task)
    const at = ledger.columns.at(task)
    const state = block.state[at]!
    const fits =
      filter === 'doubled'
        ? block.timesCollected[at]! > 1
        : filter === 'lost'
          ? state === LOST
          : filter === 'collected'
            ? state === COLLECTED
            : state !== COLLECTED && state !== LOST
    if (!fits) continue
    if (left > 0) left--
    else yield task
  }
}

function write(ledger: Ledger, task: number, view: DataView, to: number): void {
  const block = ledger.columns.block(task)
  const at = ledger.columns.at(task)
  view.setUint32(to, task, true)
  view.setUint32(to + 4, block.lane[at]!, true)
  view.setFloat64(to + 8, block.made[at]!, true)
  view.setFloat64(to + 16, block.handed[at]!, true)
  view.setFloat64(to + 24, block.started[at]!, true)
  view.setFloat64(to + 32, block.finished[at]!, true)
  view.setFloat64(to + 40, block.collected[at]!, true)
  view.setUint32(to + 48, block.row[at]!, true)
  view.setUint16(to + 52, block.timesHanded[at]!, true)
  view.setUint16(to + 54, block.timesCollected[at]!, true)
  view.setUint8(to + 56, block.state[at]!)
  view.setUint8(to + 57, block.flags[at]! & LATE)
}
