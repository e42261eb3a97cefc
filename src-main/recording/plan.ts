import { directions, type ReplaySelection } from '../contract/index.js'
import type { Slab } from '../engine/slab.js'
import type { FileJournal } from './file-journal.js'
import { begins, RowPart } from './part.js'

/** A message that is to be replayed. */
export interface Cue {
  readonly seq: number
  /** ms since 1970, as recorded. */
  readonly time: number
  /** Views of what was read: nothing is ever written there. */
  readonly frames: readonly Uint8Array[]
}

/** Which rows of a recorded session are replayed, and what their topics become. */
export class Plan {
  readonly journal: FileJournal
  /** The first row, and the one behind the last. */
  readonly first: number
  readonly end: number
  readonly #part: RowPart
  readonly #direction: number
  readonly #renames: readonly { from: Uint8Array; to: Uint8Array }[]

  constructor(journal: FileJournal, selection: ReplaySelection) {
    this.journal = journal
    this.#part = new RowPart(journal, selection)
    this.first = this.#part.first
    this.end = this.#part.end
    this.#direction = directions.indexOf(selection.direction)
    this.#renames = selection.renames.map((each) => ({ from: Buffer.from(each.from), to: Buffer.from(each.to) }))
  }

  /** The first message at row `seq` or behind it; undefined when there is none. Looks at `most` rows at most, and then says where to go on. */
  next(seq: number, most = Infinity): Cue | { readonly on: number } | undefined {
    let looked = 0
    for (let at = Math.max(seq, this.first); at < this.end; at++) {
      if (++looked > most) return { on: at }
      const slab = this.journal.slabOf(at)
      if (slab === undefined) return undefined
      const i = at - slab.firstSeq
      if (this.#wants(slab, i)) return { seq: at, time: slab.time(i), frames: this.#frames(slab, i) }
    }
    return undefined
  }

  #wants(slab: Slab, i: number): boolean {
    return slab.direction(i) === this.#direction && !slab.fields(i).malformed && this.#part.wants(slab, i)
  }

  #frames(slab: Slab, i: number): Uint8Array[] {
    const frames: Uint8Array[] = []
    let at = slab.from(i)
    for (let f = 0, count = slab.count(i); f < count; f++)
      frames.push(slab.bytes.subarray(at, (at += slab.sizeOf(i, f))))
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
