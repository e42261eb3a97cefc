import type { GapReport, GapWatch } from '../../contract/index.js'
import { topicKey, topicLength, TOPIC_BYTES } from '../../payload/topic.js'
import type { Journal } from '../journal.js'
import type { Slab } from '../slab.js'
import { Delays } from './delays.js'
import { GapCounter, type GapKind } from './gap-counter.js'
import { KeyTable } from './key-table.js'
import { moduloOf, numberReader, type PlaceTools, type RowNumber } from './place.js'
import { JournalReader } from './reader.js'

/** Senders that are told apart, listed, and events kept. */
const MOST_SENDERS = 10_000
const LISTED = 1000
const EVENTS = 100
/** Delays kept of each sender, and of all. */
const SENDER_DELAYS = 512
const ALL_DELAYS = 4096

const toMilliseconds = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 }

interface Sender {
  readonly source: number
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
  readonly #keys = new KeyTable(MOST_SENDERS)
  readonly #senders: Sender[] = []
  readonly #delays = new Delays(ALL_DELAYS)
  /** Source and topic, as they are told apart. */
  readonly #key = new Uint8Array(5 + TOPIC_BYTES)
  #events: GapReport['events'] = []
  #unreadable = 0
  #unwatched = 0

  /** @param from the first row to look at. Throws Fault BAD_PATH, BAD_LAYOUT or BAD_PROTO. */
  constructor(journal: Journal, watch: GapWatch, tools: PlaceTools, from: number) {
    this.watch = watch
    this.reader = new JournalReader(journal, from)
    this.#sequence = watch.sequence && numberReader(watch.sequence, tools)
    this.#timestamp = watch.timestamp && numberReader(watch.timestamp.place, tools)
    this.#scale = toMilliseconds[watch.timestamp?.unit ?? 'ms']
    this.#modulo = watch.modulo || (watch.sequence === undefined ? 0 : moduloOf(watch.sequence))
  }

  /** Reads until `end`, a time of `performance.now()`. */
  advance(end: number): void {
    this.reader.advance(end, (slab, from, to) => this.#look(slab, from, to), this.resume)
  }

  /** What follows was not preceded by what we know: rows were not looked at. */
  readonly resume = (): void => {
    for (const { counter } of this.#senders) counter.resume()
  }

  report(): GapReport {
    const total = { received: 0, gaps: 0, missing: 0, duplicates: 0, reordered: 0, restarts: 0 }
    for (const { counter } of this.#senders)
      for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += counter[name]
    const order = this.#senders.map((_, n) => n)
    order.sort((a, b) => this.#senders[b]!.counter.missing - this.#senders[a]!.counter.missing || a - b)
    return {
      watch: this.watch,
      fault: undefined,
      behind: this.reader.behind,
      gone: this.reader.gone,
      unreadable: this.#unreadable,
      unwatched: this.#unwatched,
      total,
      delay: this.#delays.report(),
      senders: order.slice(0, LISTED).map((n) => this.#told(n)),
      events: this.#events.toReversed(),
    }
  }

  #told(n: number): GapReport['senders'][number] {
    const { source, counter, delays } = this.#senders[n]!
    const { received, gaps, missing, duplicates, reordered, restarts, last } = counter
    const key = this.#keys.key(n)
    const topic = !this.watch.perTopic
      ? undefined
      : key[4] === 0
        ? ({ kind: 'none', name: '' } as const)
        : topicKey(key.subarray(5))
    const delay = delays.report()
    return { source, topic, received, gaps, missing, duplicates, reordered, restarts, last, delay }
  }

  #look(slab: Slab, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const number = this.#sequence?.(slab, i)
      const sent = this.#timestamp === undefined ? NaN : this.#timestamp(slab, i) * this.#scale
      if (number === undefined ? !Number.isFinite(sent) : !Number.isInteger(number)) {
        this.#unreadable++
        continue
      }
      const sender = this.#sender(slab, i)
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

  #sender(slab: Slab, i: number): Sender | undefined {
    const source = slab.source(i)
    const key = this.#key
    key[0] = source & 0xff
    key[1] = source >>> 8
    key[2] = source >>> 16
    key[3] = source >>> 24
    let length = 4
    if (this.watch.perTopic) {
      const start = slab.from(i)
      const topic = topicLength(slab.bytes, start, start + slab.sizeOf(i, 0), slab.count(i))
      key[4] = topic < 0 ? 0 : 1
      for (let b = 0; b < topic; b++) key[5 + b] = slab.bytes[start + b]!
      length = 5 + Math.max(0, topic)
    }
    const n = this.#keys.intern(key, 0, length)
    if (n < 0) return undefined
    return (this.#senders[n] ??= {
      source,
      counter: new GapCounter(this.#modulo),
      delays: new Delays(SENDER_DELAYS),
    })
  }
}
