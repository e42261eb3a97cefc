import type { FaultShape } from './faults.js'
import type { DealingMode, TaskId, Work } from './pipeline.js'

/**
 * - `waiting`: for `waitFor` workers
 * - `running`: makes tasks
 * - `paused`: makes none and hands none over
 * - `finishing`: has made all, or was stopped; some are in flight
 * - `done`: none is in flight any more. A late arrival does not change that.
 * - `failed`: see its fault; what it made is still counted
 */
export const runStates = ['waiting', 'running', 'paused', 'finishing', 'done', 'failed'] as const
export type RunState = (typeof runStates)[number]

/** Where tasks are. `made = collected + in flight + lost`, always; the four parts of *in flight* add up to it. */
export interface RunCounts {
  made: number
  collected: number
  inFlight: number
  /**
   * Not collected though the run makes no more and nothing of it was seen for the quiet time. What is known to be alive (in our own queues, or in the hands of a live
   * worker of ours) and what is to be redone is in flight instead, and so is all while a worker or a sink of ours is paused. A late arrival moves a task back.
   */
  lost: number
  /** In flight: in the ventilator's queue, not handed to the network. */
  queued: number
  /** In flight: handed over, and not seen since: in the network, in a pipe, or with a worker that is not ours. */
  away: number
  /** In flight: a worker of ours works on it. */
  inHand: number
  /** In flight: a worker of ours has finished it, no sink of ours has it. */
  finished: number
  /** Tasks collected more than once, and arrivals beyond each one's first. */
  doubled: number
  extra: number
  /** Times that a task was handed over again. */
  redone: number
  /** Tasks that were counted as lost and came. */
  late: number
  /** Messages at sinks of ours, while it ran, that belong to no task of any run. */
  strangers: number
}

export interface RunSummary {
  id: string
  /** The ventilator, and how it deals. */
  session: string
  mode: DealingMode
  /** From 1, in the order of beginning; a screen may call it “run 3”. */
  number: number
  /** In its tasks' ids: see `taskName`. */
  tag: string
  taskId: TaskId['kind']
  work: Work['kind']
  state: RunState
  /** Stopped by a person before it had made all. */
  stopped: boolean
  /** ms since 1970: when it began, made its last task, had none in flight any more; 0: not yet. */
  began: number
  madeAll: number
  ended: number
  counts: RunCounts
  /** How many it is to make; undefined: until stopped, or not known yet (a file that is still read). */
  of: number | undefined
  /** 0 to 1: of making, by tasks or by bytes of a file; undefined: not known. */
  progress: number | undefined
  /** Milliseconds until all are collected at the pace of the last seconds; undefined: not known. */
  left: number | undefined
  /** While `waiting`: peers that are there, of how many. */
  waiting: { have: number; need: number } | undefined
  /** Lines that are no task because they could not be read, and what was wrong with the first. */
  unreadable: number
  fault: FaultShape | undefined
}

/** Milliseconds. */
export interface Delays {
  count: number
  p50: number
  p90: number
  p99: number
  max: number
}

/**
 * Why a figure cannot be known, or what it leaves out; `count`: tasks or peers that it concerns.
 * - `no-sink`: no sink of ours is connected to this pipeline: what is collected cannot be seen
 * - `no-worker`: no worker of ours took part: fairness, shares and lanes are not known
 * - `foreign`: `count` tasks were collected that no worker of ours had: when they were started and finished, and by whom, is not known
 * - `foreign-peers`: `count` peers at the ventilator are not ours: fairness and shares are those of our workers alone
 * - `by-content`: tasks carry no id and are known by their content
 * - `same-content`: `count` tasks had the same content as another: which of them came is a guess
 * - `nothing-collected`: no delays yet
 * - `evicted`: `count` tasks could not be redone: their messages are no longer in memory
 */
export const reasonCodes = [
  'no-sink',
  'no-worker',
  'foreign',
  'foreign-peers',
  'by-content',
  'same-content',
  'nothing-collected',
  'evicted',
] as const
export interface Reason {
  code: (typeof reasonCodes)[number]
  count: number
}

/** What a worker of ours did in a run. */
export interface Share {
  /** Its number in the run, from 1: in tasks and lanes. */
  lane: number
  /** Its node in the graph. */
  node: string
  session: string
  worker: number
  /** The session's name. */
  name: string
  /** Tasks that it took and passed on; of the latter's total 0 to 1. */
  taken: number
  done: number
  share: number
  /** Milliseconds that it works on a task, mean; undefined: none done. */
  service: number | undefined
  /** Milliseconds from handing over to its start, mean. */
  wait: number | undefined
  /** Tasks that were last seen with it and are lost. */
  lost: number
  crashes: number
}

export interface RunFigures extends RunSummary {
  /** Collected a second: over the last second, and from the first task handed over to the last one collected. */
  rate: number
  throughput: number | undefined
  /** From making to collecting, and from handing over to collecting. */
  endToEnd: Delays | undefined
  onTheWay: Delays | undefined
  /** Jain's index of what our workers passed on: 1 is even, 1/n is all with one. */
  jain: number | undefined
  shares: Share[]
  /** Tasks collected that no worker of ours had. */
  foreign: number
  reasons: Reason[]
}

/** A task's name, as it stands in its first frame or field: `sk:k3f9qz:42`. */
export function taskName(tag: string, task: number): string {
  return `sk:${tag}:${task}`
}

/** How a run is steered. `stop`: makes no more; what is queued still goes out. */
export const steering = ['pause', 'resume', 'stop'] as const
export type Steering = (typeof steering)[number]
