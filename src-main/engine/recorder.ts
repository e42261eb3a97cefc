import {
  CLEAR_UNDO_MS,
  Fault,
  type Direction,
  type DriverWish,
  type Filter,
  type Found,
  type LinkEvent,
  type PageRow,
  type Progress,
  type RecordedFile,
  type RoundTrips,
  type SessionNumbers,
  type Undo,
} from '../contract/index.js'
import { Counters } from './counters.js'
import type { Journal, JournalPool, RowMarks } from './journal.js'
import type { ProtobufReader } from './radio/place.js'
import { Radio } from './radio/radio.js'
import { Reception } from './reception.js'
import { searchOn } from './search.js'
import type { Slab } from './slab.js'
import { Timeline } from './timeline.js'
import { peerAddress } from './wire/wire.js'

/** Where its journal comes from: the pool, or a file. */
export type JournalSource = Pick<JournalPool, 'open'>

/** See Journal. */
export type RowSource = Pick<Journal, 'first' | 'last' | 'slabOf'>

/** Everything that a session remembers: its rows, its figures, its timeline. It outlives the sockets, and can be read at any time. */
export class Recorder {
  /** Topics, gaps and signals in what was heard. */
  readonly radio: Radio
  /** The file that it was read from, for one that is over and can only be looked at; undefined for one that lives. */
  readonly recorded: RecordedFile | undefined = undefined
  protected readonly journal: Journal
  protected readonly reception: Reception
  protected readonly events = new Timeline()
  protected readonly counters = new Counters()
  readonly #rowListeners = new Set<(seq: number) => void>()
  readonly #clearingListeners = new Set<() => void>()
  readonly #moved: () => void
  /** Runs while clearing can be taken back. */
  #clearing: NodeJS.Timeout | undefined

  /** @param moved called whenever a figure or a row is no longer what it was. @param usual how it receives where it does not say */
  constructor(pool: JournalSource, moved: () => void, usual: () => DriverWish, protobuf?: ProtobufReader) {
    this.journal = pool.open()
    this.reception = new Reception(this.journal, usual, (...rows) => this.#adopted(...rows))
    this.radio = new Radio(this.journal, protobuf)
    this.#moved = moved
  }

  /** All figures but what waits in a queue. */
  protected figures(): Omit<SessionNumbers, 'id' | 'queued'> {
    const { first, last, revision, kept, evicted } = this.journal
    return { first, last, revision, kept, evicted, ...this.counters.figures() }
  }

  /** Its rows where they are kept, for what reads all of them behind the receive path. A slab is valid until the next row is written. */
  get rows(): RowSource {
    return this.journal
  }

  /** Called before rows are dropped because a person said so: what still wants them takes them now. */
  onClearing(listener: () => void): Undo {
    this.#clearingListeners.add(listener)
    return () => this.#clearingListeners.delete(listener)
  }

  /** Whether its rates may still be falling. */
  get busy(): boolean {
    return this.counters.busy
  }

  /** Rows as a page; see Journal.page. */
  page(from: number, count: number, head: number): Uint8Array {
    return this.journal.page(from, count, head)
  }

  /** Rows of these numbers as a page; see Journal.pick. */
  pick(seqs: Iterable<number>, head: number): Uint8Array {
    return this.journal.pick(seqs, head)
  }

  /** One row, whole, as a page. Throws Fault `NOT_IN_MEMORY`. */
  message(seq: number): Uint8Array {
    if (seq < this.journal.first || seq > this.journal.last)
      throw new Fault(
        'NOT_IN_MEMORY',
        `Message ${seq} is not in memory: it holds ${this.journal.first} to ${this.journal.last}.`,
        { seq },
      )
    return this.journal.page(seq, 1, Infinity)
  }

  row(seq: number): PageRow | undefined {
    return this.journal.row(seq)
  }

  /** The address of whoever sent a row; undefined where that is not known: of what was sent here, of what zeromq.js received, of what is no longer in memory. */
  peerOf(seq: number): string | undefined {
    const slab = this.journal.slabOf(seq)
    return slab === undefined ? undefined : peerAddress(slab.peer(seq - slab.firstSeq))
  }

  timeline(after: number): LinkEvent[] {
    return this.events.since(after)
  }

  /** Looks for rows from `from` on, for a few milliseconds. Throws Fault `BAD_PATTERN` or `BAD_PATH`. */
  search(filter: Filter, from: number, signal?: AbortSignal): Promise<Found> {
    return searchOn(this.journal, filter, from, signal)
  }

  /** Round trips of the last run of repeated questions, or all where there was none. */
  roundTrips(): RoundTrips {
    return this.counters.roundTrips()
  }

  /** Takes its rows out of sight at once, and out of memory when the time to take that back is over. */
  clear(): void {
    this.#clearingSoon()
    this.journal.hide()
    this.radio.cleared()
    clearTimeout(this.#clearing)
    this.#clearing = setTimeout(() => {
      this.#clearing = undefined
      this.journal.dropHidden()
      this.#moved()
    }, CLEAR_UNDO_MS).unref()
    this.#moved()
  }

  /** Brings back what was cleared. Throws Fault `TOO_LATE` when it has gone. */
  unclear(): void {
    if (this.#clearing === undefined)
      throw new Fault('TOO_LATE', 'The rows are gone: clearing can be taken back for some seconds only.')
    clearTimeout(this.#clearing)
    this.#clearing = undefined
    this.journal.show()
    this.radio.restored()
    this.#moved()
  }

  /** Nothing of it is left in memory. */
  protected letGo(): void {
    clearTimeout(this.#clearing)
    this.#clearingSoon()
    this.radio.close()
    this.journal.close()
  }

  /** Every row as it is written. */
  onRow(listener: (seq: number) => void): Undo {
    this.#rowListeners.add(listener)
    return () => this.#rowListeners.delete(listener)
  }

  onLink(listener: (event: LinkEvent) => void): Undo {
    return this.events.listen(listener)
  }

  #clearingSoon(): void {
    for (const listener of this.#clearingListeners) listener()
  }

  protected record(direction: Direction, frames: readonly Uint8Array[], marks: RowMarks): number {
    const seq = this.journal.append(direction, frames, marks)
    this.counters.message(direction, frames, marks.time)
    this.#moved()
    if (this.#rowListeners.size > 0) for (const listener of this.#rowListeners) listener(seq)
    return seq
  }

  /** Rows that the receiving thread has written. */
  #adopted(slab: Slab, from: number, to: number, bytes: number): void {
    this.counters.received(slab, from, to, bytes)
    this.#moved()
    if (this.#rowListeners.size === 0) return
    for (let i = from; i < to; i++) for (const listener of this.#rowListeners) listener(slab.firstSeq + i)
  }

  protected progress(seq: number, progress: Progress): void {
    this.journal.setProgress(seq, progress)
    this.#moved()
  }
}
