import {
  LaneEntries,
  TaskEntries,
  type Lane,
  type LaneMark,
  type Lanes,
  type RunSummary,
} from '../../../../src-main/contract/index.js'
import type { Caller } from '../../../bridge/client.js'
import { goesOn } from '../runs/runs.svelte.js'
import { LaneView } from './lane-view.svelte.js'

/** A lane with its entries ready to be read. */
export interface ReadLane {
  readonly lane: number
  readonly name: string
  readonly worker: number
  readonly node: string
  readonly entries: LaneEntries
  readonly marks: readonly LaneMark[]
}
/** What is drawn: a stretch of time, and some of the lanes. */
export interface Picture {
  readonly from: number
  readonly to: number
  /** First of the lanes that follow, from 0, and how many there are in all. */
  readonly top: number
  readonly total: number
  readonly lanes: readonly ReadLane[]
}

/** The life of one task. Times: ms since 1970, 0: not, or not known. */
export interface Life {
  readonly task: number
  readonly lane: number
  readonly made: number
  readonly handed: number
  readonly started: number
  readonly finished: number
  readonly collected: number
  readonly timesHanded: number
  readonly timesCollected: number
  readonly state: ReturnType<TaskEntries['state']>
  readonly late: boolean
}

/** Who worked when, for the stretch of a run that is looked at. */
export class LaneWatch {
  readonly view = new LaneView()
  readonly #caller: Caller
  #run: RunSummary | undefined
  #picture = $state.raw<Picture | undefined>(undefined)
  /** Pixels that the lanes have, and how many of them are in view. */
  width = 0
  rows = $state(8)
  top = $state(0)
  /** The entry that is pointed at: a lane's number in the picture, and of the entry in it. */
  at = $state.raw<{ row: number; entry: number } | undefined>(undefined)
  life = $state.raw<Life | undefined>(undefined)
  #lifeOf = 0
  #asked = ''

  constructor(caller: Caller) {
    this.#caller = caller
  }

  get picture(): Picture | undefined {
    return this.#picture
  }
  get total(): number {
    return this.#picture?.total ?? 0
  }

  /** Another run: from its beginning. */
  setRun(run: RunSummary | undefined): void {
    if (run?.id !== this.#run?.id) {
      this.#picture = undefined
      this.at = undefined
      this.life = undefined
      this.top = 0
      this.#asked = ''
      this.view.restart()
    }
    this.#run = run
  }

  async ask(): Promise<void> {
    const run = this.#run
    if (run === undefined || this.width < 20) return
    const { view } = this
    const wanted = {
      run: run.id,
      ...(view.following ? { span: view.span } : { from: view.from, to: view.to }),
      width: Math.round(this.width),
      first: this.top,
      count: this.rows,
    }
    // A run that is over looks the same until somebody looks elsewhere.
    const asked = JSON.stringify([wanted, goesOn(run) ? performance.now() : run.counts])
    if (asked === this.#asked) return
    try {
      const lanes = await this.#caller.call('pipeline.lanes', wanted)
      if (this.#run?.id !== run.id) return
      this.#asked = asked
      view.bound(lanes.first, lanes.last)
      // A short run that is over is seen as a whole.
      if (!goesOn(run) && view.following && lanes.last - lanes.first < view.span) view.all()
      this.#picture = read(lanes, wanted.first)
      if (this.top > Math.max(0, lanes.total - this.rows)) this.top = Math.max(0, lanes.total - this.rows)
    } catch {
      // The line is down; the picture stays as it was.
    }
  }

  scroll(by: number): void {
    this.top = Math.max(0, Math.min(this.total - this.rows, this.top + by))
  }

  /** What stands at a place: `row` from the top of the picture. @param slack ms to either side */
  point(row: number, time: number, slack: number): void {
    const entries = this.#picture?.lanes[row]?.entries
    if (entries === undefined) return this.#pick(undefined)
    let [best, distance] = [-1, slack]
    for (let i = 0; i < entries.length; i++) {
      const away = Math.max(entries.from(i) - time, time - entries.to(i), 0)
      if (away <= distance) [best, distance] = [i, away]
      if (entries.from(i) > time + slack) break
    }
    this.#pick(best < 0 ? undefined : { row, entry: best })
  }
  /** To the next entry of the lane that is pointed at, or the same moment of another lane. */
  step(entries: number, rows: number): void {
    const lanes = this.#picture?.lanes ?? []
    const row = Math.max(0, Math.min(lanes.length - 1, (this.at?.row ?? 0) + rows))
    const there = lanes[row]?.entries
    if (there === undefined || there.length === 0)
      return this.#pick(lanes.length === 0 ? undefined : { row, entry: -1 })
    const before = this.at === undefined ? undefined : lanes[this.at.row]?.entries
    let entry = this.at?.entry ?? there.length - 1 - entries
    if (rows !== 0 && before !== undefined && this.at !== undefined && this.at.entry >= 0) {
      const time = before.from(this.at.entry)
      entry = 0
      while (entry < there.length - 1 && there.from(entry) < time) entry++
    } else entry += entries
    this.#pick({ row, entry: Math.max(0, Math.min(there.length - 1, entry)) })
  }
  leave(): void {
    this.#pick(undefined)
  }

  #pick(at: { row: number; entry: number } | undefined): void {
    if (at?.row === this.at?.row && at?.entry === this.at?.entry) return
    this.at = at
    const entries = at === undefined ? undefined : this.#picture?.lanes[at.row]?.entries
    if (at === undefined || entries === undefined || at.entry < 0) {
      this.life = undefined
      this.#lifeOf = 0
    } else void this.readLife(entries.task(at.entry))
  }

  async readLife(task: number): Promise<void> {
    const run = this.#run
    if (run === undefined || task < 1) return
    this.#lifeOf = task
    try {
      const page = await this.#caller.call('pipeline.tasks', { run: run.id, from: task - 1, count: 1 })
      if (this.#lifeOf !== task) return
      const entries = new TaskEntries(page.entries)
      this.life = entries.length === 0 ? undefined : lifeOf(entries, 0)
    } catch {
      this.life = undefined
    }
  }
}

export function lifeOf(entries: TaskEntries, i: number): Life {
  return {
    task: entries.task(i),
    lane: entries.lane(i),
    made: entries.made(i),
    handed: entries.handed(i),
    started: entries.started(i),
    finished: entries.finished(i),
    collected: entries.collected(i),
    timesHanded: entries.timesHanded(i),
    timesCollected: entries.timesCollected(i),
    state: entries.state(i),
    late: entries.late(i),
  }
}

function read(lanes: Lanes, top: number): Picture {
  const ready = ({ entries, lane, name, worker, node, marks }: Lane): ReadLane => ({
    lane,
    name,
    worker,
    node,
    marks,
    entries: new LaneEntries(entries),
  })
  return { from: lanes.from, to: lanes.to, top, total: lanes.total, lanes: lanes.lanes.map(ready) }
}
