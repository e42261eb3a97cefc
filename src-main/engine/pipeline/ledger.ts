import { createHistogram } from 'node:perf_hooks'
import { taskStates, type Delays, type RunCounts, type TaskId, type TaskState } from '../../contract/index.js'
import { Columns } from './columns.js'
import { Contents } from './contents.js'
import type { Hand } from './hand.js'
import { Lane } from './lane.js'
import type { Handed } from './redo.js'
import { Tide } from './tide.js'

const state = (name: TaskState): number => taskStates.indexOf(name)
export const QUEUED = state('queued')
export const AWAY = state('away')
export const IN_HAND = state('in-hand')
export const FINISHED = state('finished')
export const COLLECTED = state('collected')
export const LOST = state('lost')

/** Flags of a task. `LATE` crosses to the screen, see TaskEntries. */
export const LATE = 1
/** Its message has left memory, so it cannot be handed over again. */
export const CANNOT_REDO = 2

/**
 * The audit of one run: where each of its tasks is, and when it got there. Every task is in exactly one state and every move changes two counts, so
 * that *made = collected + in flight + lost* holds at any time. Figures in typed columns: no object is kept for a task.
 */
export class Ledger {
  /** In the tasks' ids. */
  readonly tag: string
  readonly id: TaskId
  readonly columns = new Columns()
  /** In the order of their first task. */
  readonly lanes: Lane[] = []
  /** Where tasks carry no id: which message is which. */
  readonly contents: Contents | undefined
  readonly counts = new Uint32Array(taskStates.length)
  doubled = 0
  extra = 0
  redone = 0
  late = 0
  strangers = 0
  /** Tasks collected that no worker of ours had. */
  foreign = 0
  /** Tasks that should have been redone and were not. */
  evicted = 0
  readonly collecting = new Tide()
  /** ms since 1970; 0: not yet. When anything was seen of any task; when the first was handed over; when the last was collected. */
  lastSign = 0
  firstHanded = 0
  lastCollected = 0
  /** Nanoseconds. */
  readonly #endToEnd = createHistogram()
  readonly #onTheWay = createHistogram()
  readonly #laneOf = new Map<Hand, Lane>()
  /** What was handed over, in order, while that is to be kept in mind. */
  outstanding: Handed | undefined
  keepOutstanding = false
  /** Told when there is none in flight any more, and when there is again. */
  settled: () => void = () => {}

  constructor(tag: string, id: TaskId) {
    this.tag = tag
    this.id = id
    this.contents = id.kind === 'none' ? new Contents() : undefined
  }

  get made(): number {
    return this.columns.length
  }

  get inFlight(): number {
    const { counts } = this
    return counts[QUEUED]! + counts[AWAY]! + counts[IN_HAND]! + counts[FINISHED]!
  }

  /** A task is new. Returns its number, from 1. */
  make(time: number): number {
    const task = this.columns.add()
    this.columns.block(task).made[this.columns.at(task)] = time
    this.counts[QUEUED] = this.counts[QUEUED]! + 1
    this.lastSign = time
    return task
  }

  /** Its message is that row of the ventilator. */
  written(task: number, row: number): void {
    this.columns.block(task).row[this.columns.at(task)] = row
  }

  rowOf(task: number): number {
    return this.columns.block(task).row[this.columns.at(task)]!
  }

  stateOf(task: number): number {
    return this.columns.block(task).state[this.columns.at(task)]!
  }

  /** libzmq has taken it. @param hand whom it was given to, where that is known */
  handed(task: number, time: number, hand?: Hand): void {
    const block = this.columns.block(task)
    const at = this.columns.at(task)
    if (block.handed[at] === 0) block.handed[at] = time
    else this.redone++
    if (block.timesHanded[at]! < 0xffff) block.timesHanded[at] = block.timesHanded[at]! + 1
    if (this.firstHanded === 0) this.firstHanded = time
    if (this.keepOutstanding) this.outstanding?.push(task, time)
    this.lastSign = time
    // First: that one was lost is taken back in the lane in which it was.
    if (block.state[at] === QUEUED || block.state[at] === LOST) this.#move(task, AWAY)
    if (hand !== undefined && block.started[at] === 0) block.lane[at] = this.lane(hand).number
  }

  /** Its ventilator went before it could be handed over. */
  stranded(task: number, time: number): void {
    this.lastSign = time
    if (this.stateOf(task) === QUEUED) this.#move(task, AWAY)
  }

  /** A worker of ours has begun it. Returns the number of its span in the worker's lane. */
  started(task: number, lane: Lane, time: number, slot: number): number {
    const block = this.columns.block(task)
    const at = this.columns.at(task)
    if (block.state[at] !== COLLECTED) this.#move(task, IN_HAND) // first, see `handed`
    block.started[at] = time
    block.finished[at] = 0
    block.lane[at] = lane.number
    this.lastSign = time
    const handed = block.handed[at]!
    if (handed > 0) lane.hand.waiting.add(time - handed)
    return lane.open(task, time, slot, handed)
  }

  finished(task: number, lane: Lane, span: number, time: number): void {
    const block = this.columns.block(task)
    const at = this.columns.at(task)
    if (block.lane[at] === lane.number) block.finished[at] = time
    lane.close(span, time)
    this.lastSign = time
  }

  /** The result is with libzmq: the worker has it no longer. */
  passed(task: number, lane: Lane): void {
    lane.done++
    if (this.#heldBy(task, lane)) this.#move(task, FINISHED)
  }

  /** The worker went with the task in hand. */
  dropped(task: number, lane: Lane, span: number, time: number): void {
    lane.cut(span, time)
    this.lastSign = time
    if (this.#heldBy(task, lane)) this.#move(task, AWAY)
  }

  /** It has come to a sink of ours. */
  collected(task: number, time: number): void {
    const block = this.columns.block(task)
    const at = this.columns.at(task)
    this.lastSign = time
    const times = block.timesCollected[at]!
    if (times < 0xffff) block.timesCollected[at] = times + 1
    if (times > 0) {
      this.extra++
      if (times === 1) this.doubled++
      return
    }
    block.collected[at] = time
    this.lastCollected = time
    this.collecting.add(time)
    if (block.state[at] === LOST) {
      this.late++
      block.flags[at] = block.flags[at]! | LATE
    }
    const lane = block.started[at] === 0 ? undefined : this.lanes[block.lane[at]! - 1]
    if (lane === undefined) this.foreign++
    else if (block.finished[at]! > 0) lane.hand.leaving.add(Math.max(0, time - block.finished[at]!))
    this.#endToEnd.record(nanoseconds(time - block.made[at]!))
    if (block.handed[at]! > 0) this.#onTheWay.record(nanoseconds(time - block.handed[at]!))
    this.#move(task, COLLECTED)
  }

  /** Nothing was seen for the quiet time: what is neither in our own queues nor in the hands of a live worker of ours is lost. @param all if not, only what cannot be redone */
  sweep(all: boolean): void {
    if (this.counts[AWAY]! + this.counts[FINISHED]! === 0) return
    for (let task = 1; task <= this.made; task++) {
      const block = this.columns.block(task)
      const at = this.columns.at(task)
      if (block.state[at] !== AWAY && block.state[at] !== FINISHED) continue
      if (all || (block.flags[at]! & CANNOT_REDO) !== 0) this.#move(task, LOST)
    }
  }

  /** It should be handed over again, and its message is gone. */
  cannotRedo(task: number): void {
    const block = this.columns.block(task)
    block.flags[this.columns.at(task)] = block.flags[this.columns.at(task)]! | CANNOT_REDO
    this.evicted++
  }

  /** The lane of a worker; made when it is asked for first. */
  lane(hand: Hand): Lane {
    let lane = this.#laneOf.get(hand)
    if (lane === undefined) {
      lane = new Lane(this.lanes.length + 1, hand)
      this.lanes.push(lane)
      this.#laneOf.set(hand, lane)
    }
    return lane
  }

  figures(): RunCounts {
    const { counts, inFlight, made, doubled, extra, redone, late, strangers } = this
    const count = (of: number) => counts[of]!
    return {
      made,
      collected: count(COLLECTED),
      inFlight,
      lost: count(LOST),
      queued: count(QUEUED),
      away: count(AWAY),
      inHand: count(IN_HAND),
      finished: count(FINISHED),
      doubled,
      extra,
      redone,
      late,
      strangers,
    }
  }

  endToEnd(): Delays | undefined {
    return delays(this.#endToEnd)
  }

  onTheWay(): Delays | undefined {
    return delays(this.#onTheWay)
  }

  #heldBy(task: number, lane: Lane): boolean {
    const block = this.columns.block(task)
    const at = this.columns.at(task)
    return block.state[at] === IN_HAND && block.lane[at] === lane.number
  }

  #move(task: number, to: number): void {
    const block = this.columns.block(task)
    const at = this.columns.at(task)
    const from = block.state[at]!
    if (from === to) return
    const before = this.inFlight
    block.state[at] = to
    this.counts[from] = this.counts[from]! - 1
    this.counts[to] = this.counts[to]! + 1
    if (from === LOST || to === LOST) {
      const lane = this.lanes[block.lane[at]! - 1]
      if (lane !== undefined) lane.lost += to === LOST ? 1 : -1
    }
    if ((before === 0) !== (this.inFlight === 0)) this.settled()
  }
}

function nanoseconds(ms: number): number {
  return Math.max(1, Math.round(ms * 1e6))
}

function delays(histogram: ReturnType<typeof createHistogram>): Delays | undefined {
  const { count, max } = histogram
  if (count === 0) return undefined
  const ms = (percent: number) => histogram.percentile(percent) / 1e6
  return { count, p50: ms(50), p90: ms(90), p99: ms(99), max: max / 1e6 }
}
