import type { GapReport, GapWatch } from '../../contract/index.js'
import type { Journal } from '../journal.js'
import type { Slab } from '../slab.js'
import { Delays } from './delays.js'
import { GapCounter, type GapKind } from './gap-counter.js'
import { moduloOf, numberReader, type PlaceTools, type RowNumber } from './place.js'
import { JournalReader } from './reader.js'
import type { RowTopics } from './row-topics.js'

/** Senders that are told apart, listed, and events kept. */
const MOST_SENDERS = 10_000
const LISTED = 1000
const EVENTS = 100
/** Delays kept of each sender, and of all. */
const SENDER_DELAYS = 512
const ALL_DELAYS = 4096

const toMilliseconds = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 }

/** More than there are numbers of topics: with a source above it, one number for both. */
const TOPICS = 2 ** 20

interface Sender {
  readonly source: number
  /** Its number; 0 where topics are not told apart. */
  readonly topic: number
  readonly counter: GapCounter
  readonly delays: Delays
}

/** Watches the sequence numbers and timestamps in a session's messages: what came from each sender, what did not, and how late. */
export class GapWatcher {
  readonly watch: GapWatch
  readonly reader: JournalReader
  readonly #sequence: RowNumber | undefined
  readonly #timestamp: RowNumber | undefined
  readonly #scale: number
  readonly #modulo: number
  readonly #topics: RowTopics
  readonly #senders = new Map<number, Sender>()
  /** Of the row before: mostly the next one's is the same. */
  #last: Sender | undefined
  readonly #delays = new Delays(ALL_DELAYS)
  #events: GapReport['events'] = []
  #unreadable = 0
  #unwatched = 0

  /** @param from the first row to look at. Throws Fault BAD_PATH, BAD_LAYOUT or BAD_PROTO. */
  constructor(journal: Journal, topics: RowTopics, watch: GapWatch, tools: PlaceTools, from: number) {
    this.watch = watch
    this.#topics = topics
    this.reader = new JournalReader(
      journal,
      (slab, from, to) => this.#look(slab, from, to),
      from,
      () => this.resume(),
    )
    this.#sequence = watch.sequence && numberReader(watch.sequence, tools)
    this.#timestamp = watch.timestamp && numberReader(watch.timestamp.place, tools)
    this.#scale = toMilliseconds[watch.timestamp?.unit ?? 'ms']
    this.#modulo = watch.modulo || (watch.sequence === undefined ? 0 : moduloOf(watch.sequence))
  }

  /** What follows was not preceded by what we know: rows were not looked at. */
  resume(): void {
    for (const { counter } of this.#senders.values()) counter.resume()
  }

  report(): GapReport {
    const total = { received: 0, gaps: 0, missing: 0, duplicates: 0, reordered: 0, restarts: 0 }
    const senders = [...this.#senders.values()]
    for (const { counter } of senders)
      for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += counter[name]
    senders.sort((a, b) => b.counter.missing - a.counter.missing)
    return {
      watch: this.watch,
      fault: undefined,
      behind: this.reader.behind,
      gone: this.reader.gone,
      unreadable: this.#unreadable,
      unwatched: this.#unwatched,
      total,
      delay: this.#delays.report(),
      senders: senders.slice(0, LISTED).map((sender) => this.#told(sender)),
      events: this.#events.toReversed(),
    }
  }

  #told({ source, topic: number, counter, delays }: Sender): GapReport['senders'][number] {
    const { received, gaps, missing, duplicates, reordered, restarts, last } = counter
    const topic = this.watch.perTopic ? this.#topics.topic(number) : undefined
    const delay = delays.report()
    return { source, topic, received, gaps, missing, duplicates, reordered, restarts, last, delay }
  }

  #look(slab: Slab, from: number, to: number): void {
    const topics = this.watch.perTopic ? this.#topics.of(slab, from, to) : undefined
    for (let i = from; i < to; i++) {
      const number = this.#sequence?.(slab, i)
      const sent = this.#timestamp === undefined ? NaN : this.#timestamp(slab, i) * this.#scale
      if (number === undefined ? !Number.isFinite(sent) : !Number.isInteger(number)) {
        this.#unreadable++
        continue
      }
      const sender = this.#sender(slab.source(i), topics?.[i - from] ?? 0)
      if (sender === undefined) {
        this.#unwatched++
        continue
      }
      if (number === undefined) sender.counter.received++
      else sender.counter.add(number, (kind, from, to) => this.#tell(slab, i, sender.source, kind, from, to))
      if (!Number.isFinite(sent)) continue
      const delay = slab.time(i) - sent
      sender.delays.add(delay)
      this.#delays.add(delay)
    }
  }

  #tell(slab: Slab, i: number, source: number, kind: GapKind, from: number, to: number): void {
    this.#events.push({ seq: slab.firstSeq + i, time: slab.time(i), source, kind, from, to })
    if (this.#events.length >= EVENTS * 2) this.#events = this.#events.slice(-EVENTS)
  }

  #sender(source: number, topic: number): Sender | undefined {
    if (this.#last?.source === source && this.#last.topic === topic) return this.#last
    if (topic < 0) return undefined
    const key = source * TOPICS + topic
    let sender = this.#senders.get(key)
    if (sender === undefined && this.#senders.size < MOST_SENDERS) {
      sender = { source, topic, counter: new GapCounter(this.#modulo), delays: new Delays(SENDER_DELAYS) }
      this.#senders.set(key, sender)
    }
    if (sender !== undefined) this.#last = sender
    return sender
  }
}
