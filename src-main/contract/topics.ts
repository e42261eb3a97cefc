import * as v from 'valibot'

export const topicKinds = ['text', 'hex', 'none'] as const

/** A topic by what it is called: text, hex where its bytes are not text, or `none`: the messages without a topic. */
export const TopicKeySchema = v.object({
  kind: v.picklist(topicKinds),
  name: v.pipe(v.string(), v.maxLength(1024)),
})
export type TopicKey = v.InferOutput<typeof TopicKeySchema>

/** Points of a topic's rate history, and the milliseconds that each stands for. */
export const HISTORY_POINTS = 64
export const HISTORY_MS = 500

/** What became of a session's topics since a revision. Topics are numbered from 0 in the order in which they were first heard. */
export interface TopicChanges {
  /** To ask with the next time. */
  revision: number
  /** Numbering began anew: forget what you had. */
  whole: boolean
  /** How many topics you know of with this answer, to ask with the next time; fewer than `topics`: ask again. */
  known: number
  topics: number
  /** Rows in memory that are not counted yet: more than a slice could read. */
  behind: number
  /** Rows that had left memory before anybody counted them. */
  gone: number
  /** Messages of topics beyond the first 100,000. */
  others: { messages: number; bytes: number }
  /** Every source heard, by number. `rate`: messages a second over the last whole second. */
  sources: { source: number; messages: number; bytes: number; rate: number }[]
  /** Figures of the topics that changed; see TopicEntries. */
  entries: Uint8Array
  /** Names of the new ones, in order; see topicNames. */
  names: Uint8Array
}

/**
 * One entry, little endian: index u32 · messages a second over the last whole second f32 · messages f64 · bytes f64 · last seq f64 · its time f64 ·
 * sources as two u32 (bit n: source n; 63 and above share the last bit).
 */
export const TOPIC_ENTRY_BYTES = 48

/** Reads `TopicChanges.entries` without an object for each. Throws `RangeError` where the bytes are no entries. */
export class TopicEntries {
  readonly length: number
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    if (bytes.byteLength % TOPIC_ENTRY_BYTES !== 0) throw new RangeError(`not topics: ${bytes.byteLength} bytes`)
    this.length = bytes.byteLength / TOPIC_ENTRY_BYTES
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  index(i: number): number {
    return this.#view.getUint32(i * TOPIC_ENTRY_BYTES, true)
  }
  rate(i: number): number {
    return this.#view.getFloat32(i * TOPIC_ENTRY_BYTES + 4, true)
  }
  messages(i: number): number {
    return this.#view.getFloat64(i * TOPIC_ENTRY_BYTES + 8, true)
  }
  bytes(i: number): number {
    return this.#view.getFloat64(i * TOPIC_ENTRY_BYTES + 16, true)
  }
  lastSeq(i: number): number {
    return this.#view.getFloat64(i * TOPIC_ENTRY_BYTES + 24, true)
  }
  lastTime(i: number): number {
    return this.#view.getFloat64(i * TOPIC_ENTRY_BYTES + 32, true)
  }
  hasSource(i: number, source: number): boolean {
    const bit = Math.min(source, 63)
    return ((this.#view.getUint32(i * TOPIC_ENTRY_BYTES + 40 + (bit >> 5) * 4, true) >>> (bit & 31)) & 1) === 1
  }
}

/** Reads `TopicChanges.names`: for each kind u8 · bytes of the name u16, little endian · the name as UTF-8. */
export function topicNames(bytes: Uint8Array): TopicKey[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const names: TopicKey[] = []
  for (let at = 0; at < bytes.byteLength;) {
    const end = at + 3 + view.getUint16(at + 1, true)
    const name = decoder.decode(bytes.subarray(at + 3, end))
    names.push({ kind: topicKinds[view.getUint8(at)] ?? 'none', name })
    at = end
  }
  return names
}
