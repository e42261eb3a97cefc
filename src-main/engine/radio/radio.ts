import { isDeepStrictEqual } from 'node:util'
import type { Fault, GapReport, Place, RadioSettings, Reading } from '../../contract/index.js'
import { topicKey, topicLength } from '../../payload/topic.js'
import { toFault } from '../errors.js'
import type { Journal } from '../journal.js'
import { GapWatcher } from './gap-watch.js'
import { numberReader, type ProtobufReader } from './place.js'
import { JournalReader } from './reader.js'
import { RowTopics } from './row-topics.js'
import { Signals } from './signals.js'
import { Topics } from './topics.js'

/** Milliseconds of one turn of reading, and between turns when all is read. While it is not, it rests as long as it reads: half of the time is for receiving. */
const SLICE = 8
const REST = 50

/**
 * What a session does with what it has heard, besides keeping it: topics, gaps, signals. All of it reads the journal behind the receive path, in slices;
 * gaps and signals also while nobody looks, since nothing may be missed.
 */
export class Radio {
  readonly topics: Topics
  readonly signals: Signals
  readonly #journal: Journal
  readonly #rowTopics = new RowTopics()
  readonly #protobuf: ProtobufReader | undefined
  #settings: RadioSettings = { signals: [], protos: [], plots: { list: [], linked: true } }
  #gaps: GapWatcher | undefined
  #fault: Fault | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(journal: Journal, protobuf?: ProtobufReader) {
    this.#journal = journal
    this.#protobuf = protobuf
    this.topics = new Topics(journal, this.#rowTopics, () => this.#wake())
    this.signals = new Signals(journal, this.#rowTopics)
  }

  /**
   * Watches and draws this from now on; what is as it was goes on. Throws the Fault of what cannot be (BAD_PATH, BAD_LAYOUT, BAD_PROTO), and then nothing changes.
   * @param strict false: it is taken all the same, and the fault is told where its figures would be
   */
  set(settings: RadioSettings, strict = true): void {
    if (isDeepStrictEqual(settings, this.#settings)) return
    const tools = { protos: settings.protos, protobuf: this.#protobuf }
    const sameProtos = isDeepStrictEqual(settings.protos, this.#settings.protos)
    const stays = sameProtos && isDeepStrictEqual(settings.gaps, this.#settings.gaps)
    let gaps = stays ? this.#gaps : undefined
    let fault: Fault | undefined
    if (!stays && settings.gaps !== undefined) {
      try {
        gaps = new GapWatcher(this.#journal, this.#rowTopics, settings.gaps, tools, this.#journal.first)
      } catch (error) {
        fault = toFault(error)
        if (strict) throw fault
      }
    }
    this.signals.set(
      settings.signals,
      tools,
      strict,
      (was, is) => isDeepStrictEqual({ ...was, name: is.name }, is) && (sameProtos || is.place.kind !== 'protobuf'),
    )
    this.#settings = settings
    this.#gaps = gaps
    this.#fault = stays ? this.#fault : fault
    this.#wake()
  }

  /** What is known of loss and delay. */
  gaps(): GapReport {
    if (this.#gaps !== undefined) return this.#gaps.report()
    const total = { received: 0, gaps: 0, missing: 0, duplicates: 0, reordered: 0, restarts: 0 }
    return {
      watch: this.#settings.gaps,
      fault: this.#fault?.shape(),
      ...{ behind: 0, gone: 0, unreadable: 0, unwatched: 0 },
      ...{ total, delay: undefined, senders: [], events: [] },
    }
  }

  /** Counts anew, from the next message on. */
  resetGaps(): void {
    if (this.#gaps === undefined) return
    const tools = { protos: this.#settings.protos, protobuf: this.#protobuf }
    this.#gaps = new GapWatcher(this.#journal, this.#rowTopics, this.#gaps.watch, tools, this.#journal.last + 1)
  }

  /** What stands at a place in the newest rows, newest first: as a gap watch or a signal would read it. Throws Fault BAD_PATH, BAD_LAYOUT or BAD_PROTO. */
  read(place: Place, count: number): Reading[] {
    const number = numberReader(place, { protos: this.#settings.protos, protobuf: this.#protobuf })
    const { first, last } = this.#journal
    const readings: Reading[] = []
    for (const [slab, i] of this.#journal.walk(Math.max(first, last - count + 1), last + 1)) {
      const at = slab.from(i)
      const topic = topicLength(slab.bytes, at, at + slab.sizeOf(i, 0), slab.count(i))
      const value = number(slab, i)
      readings.push({
        seq: slab.firstSeq + i,
        topic: topic < 0 ? { kind: 'none', name: '' } : topicKey(slab.bytes.subarray(at, at + topic)),
        value: Number.isNaN(value) ? undefined : value,
      })
    }
    return readings.reverse()
  }

  /** The journal was emptied by a person. Topics begin anew; gaps and signals keep what they have. */
  cleared(): void {
    this.topics.clear()
    this.signals.skip()
    if (this.#gaps === undefined) return
    if (this.#gaps.reader.next <= this.#journal.last) this.#gaps.resume()
    this.#gaps.reader.skip()
  }

  /** What was emptied is there again: topics are those of all rows. Gaps and signals kept what they had. */
  restored(): void {
    this.topics.clear(this.#journal.first)
    this.#wake()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #wake(): void {
    if (this.#closed || this.#timer !== undefined) return
    this.#timer = setTimeout(() => this.#tick(), 0).unref()
  }

  #tick(): void {
    this.#timer = undefined
    const readers = [this.#gaps?.reader, this.topics.reader, ...this.signals.readers].filter(
      (each) => each !== undefined,
    )
    if (readers.length === 0) return
    const began = performance.now()
    JournalReader.read(this.#journal, readers, began + SLICE)
    const behind = readers.some((reader) => reader.behind > 0)
    const took = performance.now() - began
    this.#timer = setTimeout(() => this.#tick(), behind ? Math.max(1, took) : REST).unref()
  }
}
