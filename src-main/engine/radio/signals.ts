import { Fault, type Plot, type Signal, type SignalStatistics, type SignalStatus } from '../../contract/index.js'
import { topicBytes, topicLength } from '../../payload/topic.js'
import { toFault } from '../errors.js'
import { now } from '../clock.js'
import type { Journal } from '../journal.js'
import type { Slab } from '../slab.js'
import { signalCsv, type CsvPiece } from './csv.js'
import { numberReader, type PlaceTools, type RowNumber } from './place.js'
import { decimate, Points } from './points.js'
import { JournalReader } from './reader.js'
import { statistics } from './statistics.js'

type Pass = (slab: Slab, i: number) => boolean

/** One signal: it looks for its number in every row of its topic and source, and keeps what it finds. */
class Tuned {
  /** Its name may change. */
  signal: Signal
  readonly points = new Points()
  readonly reader: JournalReader
  unreadable = 0
  readonly fault: Fault | undefined
  readonly #number: RowNumber | undefined
  readonly #passes: Pass[]

  constructor(journal: Journal, signal: Signal, tools: PlaceTools, from: number) {
    this.signal = signal
    this.reader = new JournalReader(journal, from)
    this.#passes = passes(signal)
    try {
      this.#number = numberReader(signal.place, tools)
    } catch (error) {
      this.fault = toFault(error)
    }
  }

  advance(end: number): void {
    const number = this.#number
    if (number === undefined) return this.reader.skip()
    this.reader.advance(end, (slab, from, to) => {
      for (let i = from; i < to; i++) {
        if (!this.#passes.every((pass) => pass(slab, i))) continue
        const value = number(slab, i)
        if (Number.isFinite(value)) this.points.add(slab.time(i), value)
        else this.unreadable++
      }
    })
  }

  status(): SignalStatus {
    const { points, reader, unreadable, fault } = this
    const any = points.end > 0
    return {
      id: this.signal.id,
      points: points.end - points.first,
      read: points.end,
      unreadable,
      first: any ? points.time(points.first) : 0,
      latest: any ? points.time(points.end - 1) : 0,
      last: any ? points.value(points.end - 1) : 0,
      behind: reader.behind,
      gone: reader.gone,
      fault: fault?.shape(),
    }
  }
}

function passes({ source, topic }: Signal): Pass[] {
  const list: Pass[] = []
  if (source !== undefined) list.push((slab, i) => slab.source(i) === source)
  if (topic !== undefined) list.push(topicTest(topicBytes(topic)))
  return list
}

/** Whether a row has the topic with these bytes; undefined: none at all. */
function topicTest(wanted: Uint8Array | undefined): Pass {
  return (slab, i) => {
    const from = slab.from(i)
    const length = topicLength(slab.bytes, from, from + slab.sizeOf(i, 0), slab.count(i))
    if (wanted === undefined) return length < 0
    if (length !== wanted.byteLength) return false
    for (let b = 0; b < length; b++) if (slab.bytes[from + b] !== wanted[b]) return false
    return true
  }
}

/** A session's signals: numbers in its messages as series over time. They read the journal behind the receive path. */
export class Signals {
  readonly #journal: Journal
  #tuned: Tuned[] = []
  #turn = 0

  constructor(journal: Journal) {
    this.#journal = journal
  }

  get size(): number {
    return this.#tuned.length
  }

  /** Those that are as they were keep their points; new ones begin with what is in memory. Throws the Fault of one that cannot be, if `strict`: then nothing changes. */
  set(
    signals: readonly Signal[],
    tools: PlaceTools,
    strict: boolean,
    same: (was: Signal, is: Signal) => boolean,
  ): void {
    const tuned = signals.map(
      (signal) =>
        this.#tuned.find((each) => same(each.signal, signal)) ??
        new Tuned(this.#journal, signal, tools, this.#journal.first),
    )
    const fault = tuned.find((each) => each.fault !== undefined)?.fault
    if (fault !== undefined && strict) throw fault
    tuned.forEach((each, i) => (each.signal = signals[i]!))
    this.#tuned = tuned
  }

  /** Reads until `end`, a time of `performance.now()`, each signal in its turn. */
  advance(end: number): void {
    const count = this.#tuned.length
    for (let i = 0; i < count; i++) {
      const left = end - performance.now()
      this.#tuned[(this.#turn + i) % count]!.advance(performance.now() + Math.max(0, left / (count - i)))
    }
    this.#turn++
  }

  get behind(): boolean {
    return this.#tuned.some(({ reader }) => reader.behind > 0)
  }

  /** What is unread was dropped by a person. */
  skip(): void {
    for (const { reader } of this.#tuned) reader.skip()
  }

  status(): SignalStatus[] {
    return this.#tuned.map((each) => each.status())
  }

  /** See the request `radio.plot`. Throws Fault NO_SIGNAL. */
  plot(
    ids: readonly string[],
    range: { from?: number | undefined; to?: number | undefined; span?: number | undefined },
    width: number,
  ): Plot {
    const tuned = this.#pick(ids)
    const to = range.to ?? now()
    const oldest = Math.min(
      to,
      ...tuned.filter(({ points }) => points.end > 0).map(({ points }) => points.time(points.first)),
    )
    const from = range.from ?? (range.span === undefined ? oldest : to - range.span)
    const series = tuned.map(({ signal, points }) => ({
      id: signal.id,
      points: new Uint8Array(decimate(points, from, to, width).buffer),
    }))
    return { from, to, series }
  }

  /** Throws Fault NO_SIGNAL. */
  statistics(ids: readonly string[], from = -Infinity, to = Infinity): SignalStatistics[] {
    return this.#pick(ids).map(({ points }) => statistics(points, points.at(from), points.after(to)))
  }

  /** See the request `radio.csv`. Throws Fault NO_SIGNAL. */
  csv(ids: readonly string[], from = -Infinity, to = Infinity, at?: readonly number[]): CsvPiece {
    const columns = this.#pick(ids).map(({ signal, points }) => ({ name: signal.name || signal.id, points }))
    return signalCsv(columns, from, to, at)
  }

  #pick(ids: readonly string[]): Tuned[] {
    return ids.map((id) => {
      const found = this.#tuned.find(({ signal }) => signal.id === id)
      if (found === undefined)
        throw new Fault('NO_SIGNAL', `There is no signal “${id}” in this session: it was taken away.`, { id })
      return found
    })
  }
}
