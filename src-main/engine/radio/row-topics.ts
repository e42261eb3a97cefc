import type { TopicKey } from '../../contract/index.js'
import { topicBytes, topicKey, topicLength, TOPIC_BYTES } from '../../payload/topic.js'
import type { Slab } from '../slab.js'
import { KeyTable } from './key-table.js'
import { STRIDE } from './reader.js'

/** Topics that are numbered: more than any one table tells apart, for tables begin anew and numbers stay. */
const MOST_NUMBERS = 400_000
/** The key of messages without a topic: longer than any topic's. */
const NONE = new Uint8Array(TOPIC_BYTES + 1)

/** Numbers the topics of one journal's rows. Whoever reads those asks here, one behind the other for the same rows, so each row's topic is looked up once. */
export class RowTopics {
  readonly #keys: KeyTable
  readonly #numbers = new Int32Array(STRIDE)
  /** The rows that were asked for last, as the journal numbers them; `#end` is not among them. */
  #first = 0
  #end = 0

  /** @param limit topics that are told apart */
  constructor(limit = MOST_NUMBERS) {
    this.#keys = new KeyTable(limit)
  }

  /** The number that rows of a topic have; -2, which none has, when there is no room for another one. */
  number(topic: TopicKey): number {
    const bytes = topicBytes(topic) ?? NONE
    const number = this.#keys.intern(bytes, 0, bytes.byteLength)
    return number < 0 ? -2 : number
  }

  /** The topic with a number. */
  topic(number: number): TopicKey {
    const key = this.#keys.key(number)
    return key.byteLength > TOPIC_BYTES ? { kind: 'none', name: '' } : topicKey(key)
  }

  /** The numbers of rows `from` to `to` - 1 of a slab, at most `STRIDE` rows; -1 for a topic for which there is no room. Valid until the next call. */
  of(slab: Slab, from: number, to: number): Int32Array {
    const first = slab.firstSeq + from
    const end = slab.firstSeq + to
    if (first !== this.#first || end !== this.#end) {
      this.#first = first
      this.#end = end
      for (let i = from; i < to; i++) this.#numbers[i - from] = this.#look(slab, i)
    }
    return this.#numbers
  }

  #look(slab: Slab, i: number): number {
    const { bytes } = slab
    const start = slab.from(i)
    const length = topicLength(bytes, start, start + slab.sizeOf(i, 0), slab.count(i))
    return length < 0 ? this.#keys.intern(NONE, 0, NONE.byteLength) : this.#keys.intern(bytes, start, start + length)
  }
}
