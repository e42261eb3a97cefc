import type { RecordedPart } from '../contract/index.js'
import type { Slab } from '../engine/slab.js'
import { topicBytes, topicLength, TOPIC_BYTES } from '../payload/topic.js'
import type { FileJournal } from './file-journal.js'

/** Which topics belong to a part. */
export class TopicFilter {
  readonly #topics: readonly (Uint8Array | undefined)[]
  readonly #prefixes: readonly Uint8Array[]

  constructor({ topics, prefixes }: Pick<RecordedPart, 'topics' | 'prefixes'>) {
    this.#topics = topics.map((topic) => topicBytes(topic))
    this.#prefixes = prefixes.map((prefix) => Buffer.from(prefix))
  }

  /** Whether nothing is left out. */
  get all(): boolean {
    return this.#topics.length === 0 && this.#prefixes.length === 0
  }

  /** @param size of the first frame, which begins at `from` @param frames how many there are */
  wants(bytes: Uint8Array, from: number, size: number, frames: number): boolean {
    if (this.all || this.#prefixes.some((prefix) => begins(bytes, from, size, prefix))) return true
    const length = topicLength(bytes, from, from + size, frames)
    return this.#topics.some((topic) =>
      topic === undefined
        ? length < 0
        : topic.byteLength === Math.min(length, TOPIC_BYTES) && begins(bytes, from, size, topic),
    )
  }
}

/** The rows of a part of a recorded session. */
export class RowPart {
  readonly journal: FileJournal
  /** The first row, and the one behind the last. */
  readonly first: number
  readonly end: number
  readonly #topics: TopicFilter

  constructor(journal: FileJournal, part: RecordedPart) {
    this.journal = journal
    this.first = part.from === undefined ? 1 : journal.rowAt(part.from)
    this.end = part.to === undefined ? journal.last + 1 : journal.rowAt(part.to)
    this.#topics = new TopicFilter(part)
  }

  wants(slab: Slab, i: number): boolean {
    return this.#topics.wants(slab.bytes, slab.from(i), slab.sizeOf(i, 0), slab.count(i))
  }
}

export function begins(bytes: Uint8Array, at: number, size: number, prefix: Uint8Array): boolean {
  if (size < prefix.byteLength) return false
  for (let i = 0; i < prefix.byteLength; i++) if (bytes[at + i] !== prefix[i]) return false
  return true
}
