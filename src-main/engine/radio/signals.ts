import { Fault, type Plot, type Signal, type SignalStatistics, type SignalStatus } from '../../contract/index.js'
import { toFault } from '../errors.js'
import { now } from '../clock.js'
import type { Journal } from '../journal.js'
import { signalCsv, type CsvPiece } from './csv.js'
import { numberReader, type PlaceTools, type RowNumber } from './place.js'
import { decimate, Points } from './points.js'
import { JournalReader, type Visit } from './reader.js'
import type { RowTopics } from './row-topics.js'
import { statistics } from './statistics.js'

/** One signal: it looks for its number in every row of its topic and source, and keeps what it finds. */
class Tuned {
  /** Its name may change. */
  signal: Signal
  readonly points = new Points()
  readonly reader: JournalReader
  unreadable = 0
  readonly fault: Fault | undefined

  constructor(journal: Journal, topics: RowTopics, signal: Signal, tools: PlaceTools, from: number) {
    this.signal = signal
    let visit: Visit = () => undefined
    try {
      visit = this.#visit(topics, numberReader(signal.place, tools))
    } catch (error) {
      this.fault = toFault(error)
    }
    this.reader = new JournalReader(journal, visit, from)
  }

  #visit(topics: RowTopics, number: RowNumber): Visit {
    const { source } = this.signal
    const topic = this.signal.topic && topics.number(this.signal.topic)
    return (slab, from, to) => {
      const numbers = topic === undefined ? undefined : topics.of(slab, from, to)
      for (let i = from; i < to; i++) {
        if (numbers?.[i - from] !== topic) continue
        if (source !== undefined && slab.source(i) !== source) continue
        const value = number(slab, i)
        if (Number.isFinite(value)) this.points.add(slab.time(i), value)
        else this.unreadable++
      }
    }
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

/** A session's signals: numbers in its messages as series over time. They read the journal behind the receive path. */
export class Signals {
  readonly #journal: Journal
  readonly #topics: RowTopics
  #tuned: Tuned[] = []

  constructor(journal: Journal, topics: RowTopics) {
    this.#journal = journal
    this.#topics = topics
  }

  /** What is to be read on. */
  get readers(): readonly JournalReader[] {
    return this.#tuned.map(({ reader }) => reader)
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
        new Tuned(this.#journal, this.#topics, signal, tools, this.#journal.first),
    )
    const fault = tuned.find((each) => each.fault !== undefined)?.fault
    if (fault !== undefined && strict) throw fault
    tuned.forEach((each, i) => (each.signal = signals[i]!))
    this.#tuned = tuned
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
