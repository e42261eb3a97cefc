import { LANE_ENTRY_BYTES, type Lanes } from '../../contract/index.js'
import { now } from '../clock.js'
import { CUT, type Lane } from './lane.js'
import { LOST, type Ledger } from './ledger.js'

/** What an entry says beside its times. */
const IN_HAND = 1
const OF_LOST = 2
const REDONE = 4

export interface LanesWanted {
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly span?: number | undefined
  readonly width: number
  readonly first: number
  readonly count: number
}

/** The lanes of a run for a picture; tasks shorter than a pixel are put together, so that an answer has at most an entry a pixel for each task in hand at once. */
export function drawLanes(
  ledger: Ledger,
  wanted: LanesWanted,
  began: number,
  nameOf: (session: string) => string,
): Lanes {
  const time = now()
  const last = ledger.inFlight > 0 ? time : Math.max(ledger.lastSign, began)
  const to = wanted.to ?? last
  const from = wanted.from ?? (wanted.span === undefined ? began : to - wanted.span)
  const lanes = ledger.lanes.slice(wanted.first, wanted.first + wanted.count).map((lane) => ({
    lane: lane.number,
    node: lane.hand.node,
    session: lane.hand.session,
    worker: lane.hand.number,
    name: nameOf(lane.hand.session),
    entries: draw(ledger, lane, from, to, Math.max(to - from, 1) / wanted.width, time),
    marks: lane.hand.marks.filter((mark) => mark.time >= from && mark.time <= to),
  }))
  return { from, to, first: began, last, total: ledger.lanes.length, lanes }
}

/** Entries that are being written: the open one of each slot, and the bytes of those that are through. */
class Entries {
  #bytes = new Uint8Array(64 * LANE_ENTRY_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  add(from: number, to: number, tasks: number, task: number, busy: number, slot: number, flags: number): void {
    const at = this.#length * LANE_ENTRY_BYTES
    if (at === this.#bytes.length) {
      const bigger = new Uint8Array(at * 2)
      bigger.set(this.#bytes)
      this.#bytes = bigger
      this.#view = new DataView(bigger.buffer)
    }
    this.#length++
    const view = this.#view
    view.setFloat64(at, from, true)
    view.setFloat64(at + 8, to, true)
    view.setUint32(at + 16, tasks, true)
    view.setUint32(at + 20, task, true)
    view.setFloat32(at + 24, busy, true)
    view.setUint16(at + 28, slot, true)
    view.setUint16(at + 30, flags, true)
  }

  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length * LANE_ENTRY_BYTES)
  }
}

/** Tasks of one slot that lie within one pixel. */
interface Heap {
  pixel: number
  from: number
  to: number
  tasks: number
  task: number
  busy: number
  flags: number
}

function draw(ledger: Ledger, lane: Lane, from: number, to: number, pixel: number, time: number): Uint8Array {
  const entries = new Entries()
  const heaps = new Map<number, Heap>()
  const flush = (slot: number, heap: Heap) => {
    const span = heap.to - heap.from
    const busy = heap.tasks === 1 || span <= 0 ? 1 : Math.min(1, heap.busy / span)
    entries.add(heap.from, heap.to, heap.tasks, heap.task, busy, slot, heap.flags)
  }
  for (let span = firstSpan(lane, from); span < lane.length; span++) {
    const start = lane.starts[span]!
    if (start > to) break
    const open = lane.ends[span] === 0
    const end = open ? time : lane.ends[span]!
    if (end < from) continue
    const slot = lane.slots[span]!
    const task = lane.tasks[span]!
    const flags = flagsOf(ledger, lane, span, task) | (open ? IN_HAND : 0)
    const column = Math.floor((start - from) / pixel)
    const heap = heaps.get(slot)
    const short = end - start < pixel
    if (heap !== undefined && short && heap.pixel === column) {
      heap.to = end
      heap.tasks++
      heap.busy += end - start
      heap.flags |= flags
      continue
    }
    if (heap !== undefined) flush(slot, heap)
    if (short) heaps.set(slot, { pixel: column, from: start, to: end, tasks: 1, task, busy: end - start, flags })
    else {
      heaps.delete(slot)
      entries.add(start, end, 1, task, 1, slot, flags)
    }
  }
  for (const [slot, heap] of heaps) flush(slot, heap)
  return entries.bytes
}

function flagsOf(ledger: Ledger, lane: Lane, span: number, task: number): number {
  const block = ledger.columns.block(task)
  const at = ledger.columns.at(task)
  const lost = block.state[at] === LOST && (block.lane[at] === lane.number || (lane.marks[span]! & CUT) !== 0)
  return (lost ? OF_LOST : 0) | (block.timesHanded[at]! > 1 ? REDONE : 0)
}

/** The first span that may reach into the time from `from` on: none is longer than `longest`, but those still in hand are. */
function firstSpan(lane: Lane, from: number): number {
  let low = 0
  let high = lane.length
  const time = from - lane.longest
  while (low < high) {
    const middle = (low + high) >> 1
    if (lane.starts[middle]! < time) low = middle + 1
    else high = middle
  }
  // Those in hand now stand near the end; one that began before `low` is looked for among the last.
  for (let span = Math.max(0, Math.min(low, lane.length - 1000)); span < low; span++)
    if (lane.ends[span] === 0) return span
  return low
}
