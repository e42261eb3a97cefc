import {
  directions,
  usualDirection,
  type Comparison,
  type ComparisonCounts as Counts,
  type Difference,
  type Direction,
  type RoleName,
  type TopicComparison,
  type TopicKey,
} from '../contract/index.js'
import { KeyTable } from '../engine/radio/key-table.js'
import type { RowSource } from '../engine/recorder.js'
import type { Slab } from '../engine/slab.js'
import { topicKey, topicLength } from '../payload/topic.js'
import { Alignment } from './align.js'

/** Milliseconds of one turn of reading. */
const SLICE = 8
/** Rows between two looks at the clock. */
const STRIDE = 64
/** Messages that wait for their counterparts at most, of all topics: about 32 MB. */
const MOST_WAITING = 2_000_000
/** Topics that are compared each by itself; those beyond count as one. */
const MOST_TOPICS = 20_000
/** Topics that a report names. */
const MOST_NAMED = 1000

/** One of the two that are compared. */
export interface Side {
  readonly rows: RowSource
  /** Only what went this way; left out: both ways, each compared with its like. */
  readonly direction?: Direction
}

export interface CompareOptions {
  readonly signal?: AbortSignal
  /** Told how much of it is read, 0 to 1. */
  readonly progress?: (done: number) => void
  /** Left out except in tests. */
  readonly mostWaiting?: number
}

/** All of two that had the same role; of others what each usually has to tell: what a publisher said is what a subscriber heard. */
export function sidesOf(a: { rows: RowSource; role: RoleName }, b: { rows: RowSource; role: RoleName }): [Side, Side] {
  if (a.role === b.role) return [{ rows: a.rows }, { rows: b.rows }]
  const usual = ({ rows, role }: typeof a): Side => ({ rows, direction: usualDirection(role) })
  return [usual(a), usual(b)]
}

/**
 * Compares two sessions, as far as they reach when it begins. Times are left aside, and so is how messages of different topics were mixed: within one topic, and one direction, the order
 * counts, and a message is the same if all its frames are, byte for byte. How the two are laid beside each other is told at `Alignment`. Contents are compared by digests of
 * 53 bits, so that only numbers have to wait.
 * Rejects with the signal's reason when it is aborted.
 */
export async function compare(a: Side, b: Side, options: CompareOptions = {}): Promise<Comparison> {
  const { signal, progress } = options
  const work = new Work(a, b, options.mostWaiting ?? MOST_WAITING)
  for (;;) {
    signal?.throwIfAborted()
    if (work.turn(performance.now() + SLICE)) return work.report()
    progress?.(work.done)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

interface Topic extends Counts {
  readonly alignment: Alignment
}

class Work {
  readonly #readers: readonly [Reader, Reader]
  readonly #keys = new KeyTable(MOST_TOPICS)
  readonly #topics = new Map<number, Topic>()
  readonly #mostWaiting: number
  #waiting = 0
  #hurried = 0
  #first: { kind: Difference; key: number; a: number; b: number; place: number } | undefined

  constructor(a: Side, b: Side, mostWaiting: number) {
    this.#readers = [new Reader(a), new Reader(b)]
    this.#mostWaiting = mostWaiting
  }

  get done(): number {
    return (this.#readers[0].done + this.#readers[1].done) / 2
  }

  /** Reads until then. @returns whether all is read */
  turn(end: number): boolean {
    const [a, b] = this.#readers
    for (let n = 1; !a.ended || !b.ended; n++) {
      // Always the one that is less far: so what belongs together comes at about the same time.
      const side = b.ended || (!a.ended && a.done <= b.done) ? 0 : 1
      this.#read(side)
      if (this.#waiting > this.#mostWaiting) this.#hurry()
      if (n % STRIDE === 0 && performance.now() > end) return false
    }
    for (const { alignment } of this.#topics.values()) alignment.force()
    return true
  }

  report(): Comparison {
    const [a, b] = this.#readers
    const total: Counts = { a: 0, b: 0, same: 0, changed: 0, missing: 0, extra: 0 }
    const topics: TopicComparison[] = []
    for (const [key, { alignment: _, ...counts }] of this.#topics) {
      for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += counts[name]
      const direction = a.side.direction === undefined ? directions[key & 1] : undefined
      topics.push({ topic: this.#name(key), ...(direction === undefined ? {} : { direction }), ...counts })
    }
    const differences = ({ changed, missing, extra }: Counts) => changed + missing + extra
    topics.sort((x, y) => differences(y) - differences(x) || y.a + y.b - x.a - x.b)
    return {
      ...total,
      topics: topics.slice(0, MOST_NAMED),
      topicCount: topics.length,
      ...(this.#first === undefined
        ? {}
        : {
            firstDifference: {
              kind: this.#first.kind,
              topic: this.#name(this.#first.key),
              a: this.#first.a,
              b: this.#first.b,
            },
          }),
      hurried: this.#hurried,
      gone: a.gone + b.gone,
    }
  }

  #read(side: 0 | 1): void {
    const reader = this.#readers[side]
    const found = reader.next()
    if (found === undefined) return
    const { slab, i } = found
    const key = this.#keyOf(slab, i, reader.side.direction === undefined ? slab.direction(i) : 0)
    let topic = this.#topics.get(key)
    if (topic === undefined) {
      topic = this.#newTopic(key)
      this.#topics.set(key, topic)
    }
    topic[side === 0 ? 'a' : 'b']++
    const { alignment } = topic
    const before = alignment.waiting
    alignment.add(side, digestOf(slab, i), slab.firstSeq + i)
    alignment.settle([this.#readers[0].ended, this.#readers[1].ended])
    this.#waiting += alignment.waiting - before
  }

  /** Two numbers of a topic: none is 0, those beyond the table are 1. */
  #keyOf(slab: Slab, i: number, direction: number): number {
    const from = slab.from(i)
    const length = topicLength(slab.bytes, from, from + slab.sizeOf(i, 0), slab.count(i))
    const topic = length < 0 ? 0 : this.#keys.intern(slab.bytes, from, from + length) + 2
    return topic * 2 + direction
  }

  #name(key: number): TopicKey {
    const topic = key >> 1
    return topic < 2 ? { kind: 'none', name: '' } : topicKey(this.#keys.key(topic - 2))
  }

  #newTopic(key: number): Topic {
    const topic: Topic = {
      a: 0,
      b: 0,
      same: 0,
      changed: 0,
      missing: 0,
      extra: 0,
      alignment: new Alignment((kind, a, b) => {
        topic[kind]++
        if (kind === 'same') return
        const place = Math.min(a || Infinity, b || Infinity)
        if (this.#first === undefined || place < this.#first.place) this.#first = { kind, key, a, b, place }
      }),
    }
    return topic
  }

  /** The topic that most wait of waits no longer. */
  #hurry(): void {
    let most: Alignment | undefined
    for (const { alignment } of this.#topics.values())
      if (most === undefined || alignment.waiting > most.waiting) most = alignment
    if (most === undefined) return
    this.#hurried += most.waiting
    this.#waiting -= most.waiting
    most.force()
  }
}

/** Reads the rows of one side, one behind the other. */
class Reader {
  readonly side: Side
  gone = 0
  readonly #from: number
  readonly #end: number
  readonly #direction: number
  #next: number

  constructor(side: Side) {
    this.side = side
    this.#direction = side.direction === undefined ? -1 : directions.indexOf(side.direction)
    this.#from = this.#next = side.rows.first
    this.#end = side.rows.last + 1
  }

  get ended(): boolean {
    return this.#next >= this.#end
  }

  /** How much of it is read, 0 to 1. */
  get done(): number {
    return this.ended ? 1 : (this.#next - this.#from) / (this.#end - this.#from)
  }

  /** The next row, or undefined if it is none that is compared. */
  next(): { slab: Slab; i: number } | undefined {
    const { rows } = this.side
    const at = Math.min(this.#end, Math.max(this.#next, rows.first))
    this.gone += at - this.#next
    this.#next = at
    if (this.ended) return undefined
    const slab = rows.slabOf(at)
    this.#next = at + 1
    if (slab === undefined) {
      this.gone++
      return undefined
    }
    const i = at - slab.firstSeq
    return this.#direction < 0 || slab.direction(i) === this.#direction ? { slab, i } : undefined
  }
}

/** All frames of a row as 53 bits. */
function digestOf(slab: Slab, i: number): number {
  const { bytes } = slab
  let low = 0x811c9dc5 | 0
  let high = 0x1b873593 | 0
  const count = slab.count(i)
  for (let f = 0; f < count; f++) {
    const size = slab.sizeOf(i, f)
    low = Math.imul(low ^ size, 0x01000193)
    high = Math.imul(high ^ size, 0x5bd1e995)
  }
  const to = slab.to(i)
  for (let at = slab.from(i); at < to; at++) {
    const byte = bytes[at]!
    low = Math.imul(low ^ byte, 0x01000193)
    high = Math.imul(high ^ byte, 0x5bd1e995)
    high ^= high >>> 15
  }
  low ^= low >>> 15
  low = Math.imul(low, 0x2c1b3c6d)
  low ^= low >>> 12
  return (low >>> 0) * 2 ** 21 + (high >>> 11)
}
