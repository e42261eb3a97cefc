import { HISTORY_POINTS, TOPIC_ENTRY_BYTES, topicKinds, type TopicChanges } from '../../contract/index.js'
import { now } from '../clock.js'
import type { Journal } from '../journal.js'
import type { Slab } from '../slab.js'
import { JournalReader } from './reader.js'
import { RowTopics } from './row-topics.js'
import { intervalOf, Tally } from './tally.js'

/** Topics that are told apart; messages of any more are counted as others. */
export const MOST_TOPICS = 100_000
/** New topics in one answer: a view asks again for more. */
const MOST_NEW = 20_000
/** Milliseconds that one answer may spend on reading rows. */
const SLICE = 10

/**
 * The topics of a session: how many messages and bytes, how often, when last and from whom. It reads the journal behind the receive path, from when a view asks
 * first. It counts every row that it can still find there, and says how many it could not.
 */
export class Topics {
  readonly #journal: Journal
  readonly #limit: number
  readonly #rows: RowTopics
  #reader: JournalReader
  /** In the order in which they were first seen: their numbers among all rows' topics, and back; -1 for one that was not seen. */
  #topics: number[] = []
  #places = new Int32Array(0)
  #tally = new Tally()
  #sources = new Tally()
  #lastSeq = new Float64Array(0)
  #lastTime = new Float64Array(0)
  /** Two u32 a topic, a bit a source. */
  #heard = new Uint32Array(0)
  /** The revision in which each last changed, and the rate last told. */
  #changed = new Float64Array(0)
  #told = new Float32Array(0)
  #others = { messages: 0, bytes: 0 }
  /** Revisions begin at the time, so that those of another run, or from before a clearing, are never taken for newer ones. */
  #base = Date.now()
  #revision = this.#base
  #interval = 0
  #latest = 0
  #asked = false
  readonly #onAsked: () => void

  /**
   * @param onAsked called when a view asks for the first time: from then on there is a `reader`
   * @param limit topics that are told apart
   */
  constructor(journal: Journal, rows = new RowTopics(), onAsked: () => void = () => undefined, limit = MOST_TOPICS) {
    this.#journal = journal
    this.#rows = rows
    this.#onAsked = onAsked
    this.#limit = limit
    this.#reader = this.#readerFrom(1)
  }

  /** Reads for up to 10 ms, then says what changed since a revision (0: all). @param known topics that the view knows, from its last answer */
  changes(since: number, known: number): TopicChanges {
    if (!this.#asked) {
      this.#asked = true
      this.#onAsked()
    }
    this.#read()
    const whole = since < this.#base || since > this.#revision
    const first = whole ? 0 : Math.min(known, this.#topics.length)
    const end = Math.min(this.#topics.length, first + MOST_NEW)
    const { messages, bytes } = this.#sources
    const sources = []
    for (let source = 0; source < this.#sources.length; source++) {
      const rate = this.#sources.rate(source, this.#interval)
      if (messages[source]! > 0) sources.push({ source, messages: messages[source]!, bytes: bytes[source]!, rate })
    }
    return {
      revision: this.#revision++, // what changes from now on is newer
      whole,
      known: end,
      topics: this.#topics.length,
      behind: this.#reader.behind,
      gone: this.#reader.gone,
      others: { ...this.#others },
      sources,
      entries: this.#entries(since, first, end),
      names: this.#names(first, end),
    }
  }

  /** The rate histories of these topics, `HISTORY_POINTS` u32 each, oldest first; zeros for one that does not exist. */
  history(topics: readonly number[]): Uint8Array {
    const counts = new Uint32Array(topics.length * HISTORY_POINTS)
    topics.forEach((n, i) => {
      if (n < this.#topics.length) this.#tally.history(n, this.#interval, counts, i * HISTORY_POINTS)
    })
    return new Uint8Array(counts.buffer)
  }

  /** What is to be read on, also while no view asks: what is gone cannot be counted. Undefined until one has asked. */
  get reader(): JournalReader | undefined {
    return this.#asked ? this.#reader : undefined
  }

  /** Rows were dropped by a person: the table begins anew with those to come. @param from the first row to count */
  clear(from = this.#journal.last + 1): void {
    this.#reader = this.#readerFrom(from)
    this.#topics = []
    this.#places.fill(-1)
    this.#tally = new Tally()
    this.#sources = new Tally()
    this.#lastSeq = this.#lastTime = this.#changed = new Float64Array(0)
    this.#told = new Float32Array(0)
    this.#heard = new Uint32Array(0)
    this.#others = { messages: 0, bytes: 0 }
    this.#base = this.#revision = Math.max(this.#revision + 1, Date.now())
  }

  #readerFrom(from: number): JournalReader {
    return new JournalReader(this.#journal, (slab, from, to) => this.#count(slab, from, to), from)
  }

  #read(): void {
    this.#reader.advance(performance.now() + SLICE)
    // While rows are behind, it is as late as the last one that was read: rates are those of that time.
    const interval = intervalOf(this.#reader.behind > 0 ? this.#latest : now())
    if (interval === this.#interval) return
    this.#interval = interval
    for (let n = 0; n < this.#topics.length; n++) {
      const rate = this.#tally.rate(n, interval)
      if (rate === this.#told[n]) continue
      this.#told[n] = rate
      this.#changed[n] = this.#revision
    }
  }

  #count(slab: Slab, from: number, to: number): void {
    const topics = this.#rows.of(slab, from, to)
    for (let i = from; i < to; i++) {
      const size = slab.to(i) - slab.from(i)
      const time = slab.time(i)
      const interval = intervalOf(time)
      const source = Math.min(slab.source(i), 63)
      this.#sources.extend(source + 1)
      this.#sources.add(source, size, interval)
      const n = this.#place(topics[i - from]!)
      if (n < 0) {
        this.#others.messages++
        this.#others.bytes += size
        continue
      }
      if (n >= this.#tally.length) this.#extend(n + 1)
      this.#tally.add(n, size, interval)
      this.#lastSeq[n] = slab.firstSeq + i
      this.#lastTime[n] = time
      this.#heard[n * 2 + (source >> 5)]! |= 1 << (source & 31)
      this.#changed[n] = this.#revision
    }
    this.#latest = slab.time(to - 1)
  }

  /** Where a row's topic stands here, made if it is new; -1 where there is no room. */
  #place(topic: number): number {
    const known = this.#places[topic] ?? -1
    if (known >= 0 || topic < 0 || this.#topics.length >= this.#limit) return known
    if (topic >= this.#places.length) {
      const places = new Int32Array(Math.max(64, topic + 1, this.#places.length * 2)).fill(-1)
      places.set(this.#places)
      this.#places = places
    }
    return (this.#places[topic] = this.#topics.push(topic) - 1)
  }

  #extend(length: number): void {
    this.#tally.extend(length)
    if (length <= this.#lastSeq.length) return
    const size = Math.max(64, length, this.#lastSeq.length * 2)
    const grown = <A extends Float64Array | Float32Array | Uint32Array>(from: A, to: A): A => {
      to.set(from)
      return to
    }
    this.#lastSeq = grown(this.#lastSeq, new Float64Array(size))
    this.#lastTime = grown(this.#lastTime, new Float64Array(size))
    this.#changed = grown(this.#changed, new Float64Array(size))
    this.#told = grown(this.#told, new Float32Array(size))
    this.#heard = grown(this.#heard, new Uint32Array(size * 2))
  }

  #entries(since: number, known: number, end: number): Uint8Array {
    const at: number[] = []
    for (let n = 0; n < end; n++) if (n >= known || this.#changed[n]! > since) at.push(n)
    const entries = new Uint8Array(at.length * TOPIC_ENTRY_BYTES)
    const view = new DataView(entries.buffer)
    at.forEach((n, i) => {
      const entry = i * TOPIC_ENTRY_BYTES
      view.setUint32(entry, n, true)
      view.setFloat32(entry + 4, this.#tally.rate(n, this.#interval), true)
      view.setFloat64(entry + 8, this.#tally.messages[n]!, true)
      view.setFloat64(entry + 16, this.#tally.bytes[n]!, true)
      view.setFloat64(entry + 24, this.#lastSeq[n]!, true)
      view.setFloat64(entry + 32, this.#lastTime[n]!, true)
      view.setUint32(entry + 40, this.#heard[n * 2]!, true)
      view.setUint32(entry + 44, this.#heard[n * 2 + 1]!, true)
    })
    return entries
  }

  #names(from: number, end: number): Uint8Array {
    const parts: Uint8Array[] = []
    let size = 0
    const encoder = new TextEncoder()
    for (let n = from; n < end; n++) {
      const { kind, name } = this.#rows.topic(this.#topics[n]!)
      const text = encoder.encode(name)
      size += 3 + text.byteLength
      parts.push(Uint8Array.of(topicKinds.indexOf(kind), text.byteLength & 0xff, text.byteLength >> 8), text)
    }
    // Memory of its own: of a Buffer out of Node's pool the whole pool would cross the port.
    const names = new Uint8Array(size)
    let at = 0
    for (const part of parts) {
      names.set(part, at)
      at += part.byteLength
    }
    return names
  }
}
