import { Journal, JournalPool } from '../engine/journal.js'
import { ENTRY_BYTES, Slab, type RowFields } from '../engine/slab.js'
import { readOnly } from '../engine/recorded-session.js'
import type { RecordingFile } from './file.js'
import { getTime } from './mcap/bytes.js'
import { MESSAGE_HEAD, op, RECORD_HEAD } from './mcap/records.js'
import type { Stretch } from './mcap/reader.js'
import { framesOf, HEAD_BYTES, isWhole, malformedOf, progressOf, refOf, ruleOf, seqOf, sourceOf } from './message.js'

/** Bytes of slabs that are kept. */
const KEPT = 32 * 1024 * 1024
/** Milliseconds, and bytes, that one page may spend on the file: it then ends early. */
const PATIENCE = 40
const MOST_READ = 32 * 1024 * 1024

/** What messages of a channel are. */
export interface Track {
  /** 0 in, 1 out. */
  readonly direction: number
  /** In front of the payload of a message that somebody else recorded; undefined for our own, which have all their frames. */
  readonly topic: Uint8Array | undefined
}

/** So many rows are missing in front of one, by the numbers that they had when they were recorded. */
export interface Gap {
  readonly before: number
  readonly missing: number
}

/**
 * The rows of one recorded session, read from its file as they are asked for: to whoever reads a journal it is one, of any length, in little memory. Nothing is
 * ever written to it. A chunk becomes a slab as it is, with an index of its rows behind it.
 */
export class FileJournal extends Journal {
  /** Ascending. What refers to an earlier row is found with them. */
  gaps: readonly Gap[] = []
  /** The number that the first row had when it was recorded. */
  #origin: number | undefined
  readonly file: RecordingFile
  /** Its channels. */
  readonly tracks: ReadonlyMap<number, Track>
  /** Whether they have all their frames, and can be used as they are. */
  readonly #own: boolean
  readonly #stretches: readonly Stretch[]
  /** Rows in front of each stretch, and in all. */
  readonly #before: readonly number[]
  readonly #slabs = new Map<number, Slab>()
  #size = 0
  /** The one that was asked for last: mostly the next row is in it as well. */
  #latest: Slab | undefined
  readonly #leave: () => void

  constructor(file: RecordingFile, tracks: ReadonlyMap<number, Track>) {
    super(new JournalPool(0))
    this.file = file
    this.tracks = tracks
    this.#own = [...tracks.values()].every(({ topic }) => topic === undefined)
    this.#stretches = file.contents.stretches
    let rows = 0
    const before = [rows]
    for (const { counts } of this.#stretches) {
      for (const [channel, count] of counts ?? []) if (tracks.has(channel)) rows += count
      before.push(rows)
    }
    this.#before = before
    this.#leave = file.use()
  }

  override get first(): number {
    return 1
  }

  override get last(): number {
    return this.#before[this.#stretches.length]!
  }

  override slabOf(seq: number): Slab | undefined {
    const latest = this.#latest
    if (latest !== undefined && seq >= latest.firstSeq && seq < latest.firstSeq + latest.rows) return latest
    if (!(seq >= 1 && seq <= this.last)) return undefined
    const s = this.#stretchOf(seq)
    const kept = this.#slabs.get(s)
    const slab = kept ?? this.#load(s)
    // To the end: the one that was asked for longest ago goes first.
    if (kept !== undefined) this.#slabs.delete(s)
    else this.#size += slab.size
    this.#slabs.set(s, slab)
    this.#latest = slab
    for (const [old, { size }] of this.#slabs) {
      if (this.#size <= KEPT || old === s) break
      this.#slabs.delete(old)
      this.#size -= size
    }
    return slab
  }

  /** As the journal's; it ends early when much had to be read. */
  override *walk(from: number, end: number): Generator<[Slab, number]> {
    let read = 0
    for (let seq = Math.max(1, from); seq < end && seq <= this.last;) {
      const slab = this.slabOf(seq)
      if (slab === undefined || read > MOST_READ) return
      read += slab.size
      for (let i = seq - slab.firstSeq; i < slab.rows && seq < end; i++, seq++) yield [slab, i]
    }
  }

  /** Likewise. */
  override pick(seqs: Iterable<number>, head: number): Uint8Array {
    const late = performance.now() + PATIENCE
    const some: number[] = []
    for (const seq of seqs) {
      if (some.length > 0 && performance.now() > late) break
      some.push(seq)
      this.slabOf(seq)
    }
    return super.pick(some, head)
  }

  /** Every stretch of the file, with the first row in it and how many there are. */
  *stretches(): Generator<{ stretch: Stretch; first: number; rows: number }> {
    for (const [s, stretch] of this.#stretches.entries()) {
      const before = this.#before[s]!
      yield { stretch, first: before + 1, rows: this.#before[s + 1]! - before }
    }
  }

  /** The first row at or after a time, ms since 1970; one behind the last if there is none. */
  rowAt(time: number): number {
    let low = 1
    let high = this.last + 1
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const slab = this.slabOf(middle)
      if (slab !== undefined && slab.time(middle - slab.firstSeq) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  override append(): never {
    throw readOnly()
  }
  override hide(): never {
    throw readOnly()
  }
  override setProgress(): void {
    // Nothing happens to what is over.
  }

  override close(): void {
    this.#slabs.clear()
    this.#latest = undefined
    this.#size = 0
    this.#leave()
    super.close()
  }

  #stretchOf(seq: number): number {
    let low = 0
    let high = this.#stretches.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#before[middle + 1]! < seq) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Throws Fault `RECORDING_CLOSED`: rows of a file that was closed under its reader must not pass for empty ones. */
  #load(s: number): Slab {
    const stretch = this.#stretches[s]!
    const first = this.#before[s]! + 1
    const rows = this.#before[s + 1]! + 1 - first
    try {
      const records = this.file.records(stretch)
      return this.#own ? this.#whole(records, rows, first) : this.#copied(records, rows, first)
    } catch (error) {
      if (this.file.closed) throw error
      // Half a table with a hole in it is better than none: its rows are there, and say that they cannot be read.
      this.file.damaged++
      return unreadable(rows, first, stretch.from)
    }
  }

  /** Every message of this session among the records. Throws `RangeError` when they are not as many as the index says. */
  #each(
    records: Uint8Array,
    rows: number,
    found: (view: DataView, from: number, end: number, track: Track) => void,
  ): void {
    const view = new DataView(records.buffer, records.byteOffset, records.byteLength)
    let left = rows
    for (let at = 0; at + RECORD_HEAD <= records.byteLength;) {
      const from = at + RECORD_HEAD
      const end = from + view.getUint32(at + 1, true) + view.getUint32(at + 5, true) * 2 ** 32
      if (end > records.byteLength) throw new RangeError('a record that is cut off')
      if (view.getUint8(at) === op.message) {
        const track = this.tracks.get(view.getUint16(from, true))
        if (track !== undefined && --left >= 0) found(view, from, end, track)
      }
      at = end
    }
    if (left !== 0) throw new RangeError(`${rows - left} messages instead of ${rows}`)
  }

  /** The chunk as a slab. One object for the fields of all its rows: a search is to pass over a million of them in a second. */
  #whole(records: Uint8Array, rows: number, first: number): Slab {
    const slab = new Slab(roomFor(records.byteLength, rows))
    slab.reset(first)
    slab.hold(records)
    if (first !== 1 && this.#origin === undefined) this.slabOf(1)
    const fields = { time: 0, direction: 0, progress: 0, malformed: false, rule: 0, source: 0, ref: 0 }
    this.#each(records, rows, (view, from, end, track) => {
      const at = from + MESSAGE_HEAD
      if (!isWhole(view, at, end)) throw new RangeError('a message that is not what its channel says')
      const frames = framesOf(view, at)
      fields.time = getTime(view, from + 6)
      fields.direction = track.direction
      fields.source = sourceOf(view, at)
      fields.progress = progressOf(view, at)
      fields.malformed = malformedOf(view, at)
      fields.rule = ruleOf(view, at)
      const seq = seqOf(view, at)
      if (first + slab.rows === 1) this.#origin = seq
      const ref = refOf(view, at)
      fields.ref = ref === 0 ? 0 : this.#rowOf(ref, seq, first + slab.rows)
      slab.place(at + HEAD_BYTES, end - frames * 4, frames, fields)
    })
    return slab
  }

  /** Messages that others recorded, with the topic of their channel as their first frame, in the order of their times. */
  #copied(records: Uint8Array, rows: number, first: number): Slab {
    const places: Place[] = []
    let size = 0
    this.#each(records, rows, (view, from, end, track) => {
      places.push({ track, time: getTime(view, from + 6), from: from + MESSAGE_HEAD, end })
      size += end - from + 8 + (track.topic?.byteLength ?? 0)
    })
    places.sort((a, b) => a.time - b.time)
    const slab = new Slab(roomFor(size, rows))
    slab.reset(first)
    const empty = new Uint8Array()
    for (const { track, time, from, end } of places)
      slab.append([track.topic ?? empty, records.subarray(from, end)], { ...plain, time, direction: track.direction })
    return slab
  }

  /** The row now of the one that had number `ref` then; 0 when it is not in the file. @param seq number then of the row `row` that refers to it */
  #rowOf(ref: number, seq: number, row: number): number {
    let found = row - (seq - ref)
    for (const { before, missing } of this.gaps) if (before > ref && before <= seq) found += missing
    return ref < (this.#origin ?? ref) || found < 1 || found >= row ? 0 : found
  }
}

interface Place {
  readonly track: Track
  readonly time: number
  readonly from: number
  readonly end: number
}

const plain: Omit<RowFields, 'time' | 'direction'> = { progress: 0, malformed: false, rule: 0, source: 0, ref: 0 }

function roomFor(bytes: number, rows: number): number {
  return ((bytes + rows * ENTRY_BYTES + 64) >> 3) * 8 + 8
}

function unreadable(rows: number, first: number, time: number): Slab {
  const slab = new Slab(roomFor(0, rows))
  slab.reset(first)
  const frames = [new Uint8Array()]
  for (let i = 0; i < rows; i++) slab.append(frames, { ...plain, time, direction: 0, malformed: true })
  return slab
}
