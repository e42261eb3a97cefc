import { directions, type ReplaySelection } from '../contract/index.js'
import type { Slab } from '../engine/slab.js'
import { topicBytes, topicLength, TOPIC_BYTES } from '../payload/topic.js'
import type { FileJournal } from './file-journal.js'

/** A message that is to be replayed. */
export interface Cue {
  readonly seq: number
  /** ms since 1970, as recorded. */
  readonly time: number
  readonly ref: number
  /** Copies: what they were read from may go. */
  readonly frames: readonly Uint8Array[]
}

/** Which rows of a recorded session are replayed, and what their topics become. */
export class Plan {
  readonly journal: FileJournal
  /** The first row, and the one behind the last. */
  readonly first: number
  readonly end: number
  readonly #direction: number
  readonly #topics: readonly (Uint8Array | undefined)[]
  readonly #prefixes: readonly Uint8Array[]
  readonly #renames: readonly { from: Uint8Array; to: Uint8Array }[]

  constructor(journal: FileJournal, { direction, topics, prefixes, renames, from, to }: ReplaySelection) {
    this.journal = journal
    this.first = from === undefined ? 1 : journal.rowAt(from)
    this.end = to === undefined ? journal.last + 1 : journal.rowAt(to)
    this.#direction = directions.indexOf(direction)
    this.#topics = topics.map((topic) => topicBytes(topic))
    this.#prefixes = prefixes.map((prefix) => Buffer.from(prefix))
    this.#renames = renames.map((each) => ({ from: Buffer.from(each.from), to: Buffer.from(each.to) }))
  }

  /** The first message at row `seq` or behind it; undefined when there is none. Looks at `most` rows at most, and then says where to go on. */
  next(seq: number, most = Infinity): Cue | { readonly on: number } | undefined {
    let looked = 0
    for (let at = Math.max(seq, this.first); at < this.end; at++) {
      if (++looked > most) return { on: at }
      const slab = this.journal.slabOf(at)
      if (slab === undefined) return undefined
      const i = at - slab.firstSeq
      if (this.#wants(slab, i))
        return { seq: at, time: slab.time(i), ref: slab.fields(i).ref, frames: this.#frames(slab, i) }
    }
    return undefined
  }

  #wants(slab: Slab, i: number): boolean {
    if (slab.direction(i) !== this.#direction || slab.fields(i).malformed) return false
    if (this.#topics.length === 0 && this.#prefixes.length === 0) return true
    const from = slab.from(i)
    const { bytes } = slab
    const size = slab.sizeOf(i, 0)
    if (this.#prefixes.some((prefix) => begins(bytes, from, size, prefix))) return true
    const length = topicLength(bytes, from, from + size, slab.count(i))
    return this.#topics.some((topic) =>
      topic === undefined
        ? length < 0
        : topic.byteLength === Math.min(length, TOPIC_BYTES) && begins(bytes, from, size, topic),
    )
  }

  #frames(slab: Slab, i: number): Uint8Array[] {
    const frames = [...slab.frames(i)].map((frame) => Uint8Array.from(frame))
    const [first] = frames
    if (first === undefined) return frames
    for (const { from, to } of this.#renames)
      if (begins(first, 0, first.byteLength, from)) {
        frames[0] = Buffer.concat([to, first.subarray(from.byteLength)])
        break
      }
    return frames
  }
}

function begins(bytes: Uint8Array, at: number, size: number, prefix: Uint8Array): boolean {
  if (size < prefix.byteLength) return false
  for (let i = 0; i < prefix.byteLength; i++) if (bytes[at + i] !== prefix[i]) return false
  return true
}
