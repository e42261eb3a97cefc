export const taskStates = ['queued', 'away', 'in-hand', 'finished', 'collected', 'lost'] as const
export type TaskState = (typeof taskStates)[number]

/** Which tasks a page shows: `in-flight` is all but collected and lost. */
export const taskFilters = ['all', 'in-flight', 'collected', 'lost', 'doubled'] as const
export type TaskFilter = (typeof taskFilters)[number]
export const MAX_TASK_ROWS = 5000

/** Tasks `from`, `from + 1`, … (from 0) of those that a filter leaves, in the order of their making. */
export interface TaskPage {
  /** How many the filter leaves, of how many were made. */
  total: number
  made: number
  from: number
  /** See TaskEntries. */
  entries: Uint8Array
}

/**
 * One entry, little endian: number u32 (from 1) · lane u32 (see Share; 0: not known) · made, handed (first), started, finished, collected (first) as five
 * f64, ms since 1970, 0: not, or not known · row of the ventilator u32 (0: none) · times handed u16 · times collected u16 · state u8 · flags u8 (1: was counted as lost before it came) · 6 bytes zero.
 */
export const TASK_ENTRY_BYTES = 64

/** Reads `TaskPage.entries` without an object for each. Throws `RangeError` where the bytes are no entries. */
export class TaskEntries {
  readonly length: number
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    if (bytes.byteLength % TASK_ENTRY_BYTES !== 0) throw new RangeError(`not tasks: ${bytes.byteLength} bytes`)
    this.length = bytes.byteLength / TASK_ENTRY_BYTES
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  /** From 1, within the run. */
  task(i: number): number {
    return this.#view.getUint32(i * TASK_ENTRY_BYTES, true)
  }
  lane(i: number): number {
    return this.#view.getUint32(i * TASK_ENTRY_BYTES + 4, true)
  }
  made(i: number): number {
    return this.#view.getFloat64(i * TASK_ENTRY_BYTES + 8, true)
  }
  handed(i: number): number {
    return this.#view.getFloat64(i * TASK_ENTRY_BYTES + 16, true)
  }
  started(i: number): number {
    return this.#view.getFloat64(i * TASK_ENTRY_BYTES + 24, true)
  }
  finished(i: number): number {
    return this.#view.getFloat64(i * TASK_ENTRY_BYTES + 32, true)
  }
  collected(i: number): number {
    return this.#view.getFloat64(i * TASK_ENTRY_BYTES + 40, true)
  }
  row(i: number): number {
    return this.#view.getUint32(i * TASK_ENTRY_BYTES + 48, true)
  }
  timesHanded(i: number): number {
    return this.#view.getUint16(i * TASK_ENTRY_BYTES + 52, true)
  }
  timesCollected(i: number): number {
    return this.#view.getUint16(i * TASK_ENTRY_BYTES + 54, true)
  }
  state(i: number): TaskState {
    return taskStates[this.#view.getUint8(i * TASK_ENTRY_BYTES + 56)] ?? 'queued'
  }
  late(i: number): boolean {
    return (this.#view.getUint8(i * TASK_ENTRY_BYTES + 57) & 1) === 1
  }
}

/** What happened to a worker: a line across its lane. */
export interface LaneMark {
  time: number
  kind: 'crashed' | 'killed' | 'back' | 'paused' | 'resumed' | 'closed'
}

/** One worker's life in a run. */
export interface Lane {
  lane: number
  node: string
  session: string
  worker: number
  name: string
  /** See LaneEntries; those of one slot in the order of their beginning. */
  entries: Uint8Array
  marks: LaneMark[]
}

export interface Lanes {
  /** The range drawn, ms since 1970. */
  from: number
  to: number
  /** All that the run spans so far. */
  first: number
  last: number
  /** How many lanes there are; those asked for follow. */
  total: number
  lanes: Lane[]
}

/**
 * One entry, little endian: from f64 · to f64 (ms since 1970) · tasks u32 · first task u32 · busy f32 (share of the entry's time that was worked: 1 for a single task) ·
 * slot u16 (0 to concurrency - 1: tasks in hand at once lie side by side) · flags u16 (1: still in hand, `to` is now; 2: one of them lost; 4: one of them handed over more than once).
 * Tasks shorter than a pixel are put together, a pixel at most: none is left out, and `tasks` and `busy` tell how many and how dense.
 */
export const LANE_ENTRY_BYTES = 32

/** Reads `Lane.entries` without an object for each. Throws `RangeError` where the bytes are no entries. */
export class LaneEntries {
  readonly length: number
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    if (bytes.byteLength % LANE_ENTRY_BYTES !== 0) throw new RangeError(`not a lane: ${bytes.byteLength} bytes`)
    this.length = bytes.byteLength / LANE_ENTRY_BYTES
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  from(i: number): number {
    return this.#view.getFloat64(i * LANE_ENTRY_BYTES, true)
  }
  to(i: number): number {
    return this.#view.getFloat64(i * LANE_ENTRY_BYTES + 8, true)
  }
  tasks(i: number): number {
    return this.#view.getUint32(i * LANE_ENTRY_BYTES + 16, true)
  }
  task(i: number): number {
    return this.#view.getUint32(i * LANE_ENTRY_BYTES + 20, true)
  }
  busy(i: number): number {
    return this.#view.getFloat32(i * LANE_ENTRY_BYTES + 24, true)
  }
  slot(i: number): number {
    return this.#view.getUint16(i * LANE_ENTRY_BYTES + 28, true)
  }
  inHand(i: number): boolean {
    return (this.#view.getUint16(i * LANE_ENTRY_BYTES + 30, true) & 1) !== 0
  }
  lost(i: number): boolean {
    return (this.#view.getUint16(i * LANE_ENTRY_BYTES + 30, true) & 2) !== 0
  }
  redone(i: number): boolean {
    return (this.#view.getUint16(i * LANE_ENTRY_BYTES + 30, true) & 4) !== 0
  }
}
