import * as v from 'valibot'
import type { RecordedPart } from '../contract/index.js'
import { now } from '../engine/clock.js'
import { codecReady } from './codec.js'
import type { Disk } from './disk.js'
import type { FileJournal, Track } from './file-journal.js'
import { CHUNK_BYTES, McapBuilder } from './mcap/builder.js'
import { getTime, setLength } from './mcap/bytes.js'
import { MESSAGE_HEAD, op, RECORD_HEAD, type Channel } from './mcap/records.js'
import type { Stretch } from './mcap/reader.js'
import { framesOf, HEAD_BYTES, isWhole, refOf, seqOf } from './message.js'
import { TopicFilter } from './part.js'
import { Renumbering } from './renumbering.js'
import { Turns, type Work } from './turns.js'

/** What a channel of the file is to the session. */
type Kind = 'rows' | 'foreign' | 'copies' | 'links' | 'gaps'

const decoder = new TextDecoder()
const encoder = new TextEncoder()
const GapSchema = v.object({ before: v.number(), missing: v.number() })

/**
 * Writes a part of a recorded session as an MCAP file of its own, chunk by chunk out of the one that it is in: frames and times as they are, to the byte and the
 * nanosecond, with the JSON copies, link events and gaps that belong to them. Rows are numbered anew.
 * @returns how many messages that were
 */
export async function extract(from: ExtractSource, part: RecordedPart, disk: Disk, work: Work): Promise<number> {
  await codecReady
  const extraction = new Extraction(from, part, disk)
  const turns = new Turns(disk, work)
  const { stretches } = from.journal.file.contents
  for (const [i, stretch] of stretches.entries()) {
    if (extraction.wants(stretch)) extraction.take(stretch)
    if (turns.due) await turns.rest((i + 1) / stretches.length)
  }
  return extraction.end()
}

export interface ExtractSource {
  readonly journal: FileJournal
  /** As its channels are called; empty where another program made the file. */
  readonly label: string
  readonly version: string
  /** Whether its messages refer to one another. */
  readonly refers: boolean
}

class Extraction {
  readonly #journal: FileJournal
  readonly #part: RecordedPart
  readonly #topics: TopicFilter
  readonly #disk: Disk
  readonly #builder = new McapBuilder()
  readonly #kinds = new Map<number, Kind>()
  readonly #numbers: Renumbering
  /** Channels and schemas of the file, by their number there. */
  readonly #channels = new Map<number, number>()
  readonly #schemas = new Map<number, number>()
  /** Number then of the row that was looked at last, as far as 32 bits go, and its number now; 0: it was left out. */
  #last = { then: -1, now: 0 }
  #messages = 0

  constructor({ journal, label, version, refers }: ExtractSource, part: RecordedPart, disk: Disk) {
    this.#journal = journal
    this.#part = part
    this.#topics = new TopicFilter(part)
    this.#disk = disk
    this.#numbers = new Renumbering(refers)
    const { file, tracks } = journal
    for (const { id, metadata } of file.contents.channels.values()) {
      const track = tracks.get(id)
      const kind = metadata.get('kind')
      if (track !== undefined) this.#kinds.set(id, track.topic === undefined ? 'rows' : 'foreign')
      else if (label === '' || metadata.get('session') !== label) continue
      else if (kind === 'copy') this.#kinds.set(id, 'copies')
      else if (kind === 'links' || kind === 'gaps') this.#kinds.set(id, kind)
    }
    const head = this.#builder.head(`Socketeer ${version}`)
    const about = this.#builder.metadata('socketeer', [
      ['version', version],
      ['format', '1'],
      ['started', new Date(now()).toISOString()],
      ['part of', file.name],
    ])
    const sessions = file.metadata('socketeer.session').filter((each) => each.get('label') === label)
    disk.write([head, about, ...sessions.map((each) => this.#builder.metadata('socketeer.session', each))])
  }

  /** Whether anything of a stretch can belong to the part, by the index alone. */
  wants({ from, to, counts }: Stretch): boolean {
    if (counts !== undefined && ![...counts.keys()].some((channel) => this.#kinds.has(channel))) return false
    const known = from > 0 && to > 0
    return !known || ((this.#part.from ?? -Infinity) <= to && from < (this.#part.to ?? Infinity))
  }

  /** Takes what belongs to the part. Damaged stretches are left out, as far as they are damaged. Throws Fault `RECORDING_CLOSED`. */
  take(stretch: Stretch): void {
    let records: Uint8Array
    try {
      records = this.#journal.file.records(stretch)
    } catch (error) {
      if (this.#journal.file.closed) throw error
      return
    }
    const view = new DataView(records.buffer, records.byteOffset, records.byteLength)
    for (let at = 0; at + RECORD_HEAD <= records.byteLength;) {
      const from = at + RECORD_HEAD
      const end = from + view.getUint32(at + 1, true) + view.getUint32(at + 5, true) * 2 ** 32
      if (end > records.byteLength) return
      if (view.getUint8(at) === op.message && end - from >= MESSAGE_HEAD) this.#message(records, view, from, end)
      at = end
    }
  }

  /** Writes the end. @returns how many messages there are */
  async end(): Promise<number> {
    this.#flush()
    this.#disk.write([this.#builder.metadata('socketeer.end', [['messages', String(this.#messages)]])])
    await this.#disk.sync()
    if (this.#disk.fault === undefined) await this.#disk.close(this.#disk.given, (size) => this.#builder.end(size))
    if (this.#disk.fault !== undefined) throw this.#disk.fault
    return this.#messages
  }

  #message(bytes: Uint8Array, view: DataView, from: number, end: number): void {
    const id = view.getUint16(from, true)
    const kind = this.#kinds.get(id)
    if (kind === undefined) return
    const time = getTime(view, from + 6)
    const inside = time >= (this.#part.from ?? -Infinity) && time < (this.#part.to ?? Infinity)
    if (kind === 'rows') this.#row(id, bytes, view, from, end, inside)
    else if (kind === 'copies') {
      const { then, now } = this.#last
      if (now > 0 && view.getUint32(from + 2, true) === then) this.#copy(id, now, bytes, from, end)
    } else if (!inside) return
    else if (kind === 'gaps') this.#gap(id, bytes, from, end)
    else if (kind === 'links' || this.#foreign(this.#journal.tracks.get(id)!)) {
      if (kind === 'foreign') this.#messages++
      this.#copy(id, view.getUint32(from + 2, true), bytes, from, end)
    }
  }

  #row(id: number, bytes: Uint8Array, view: DataView, from: number, end: number, inside: boolean): void {
    const at = from + MESSAGE_HEAD
    if (!isWhole(view, at, end)) return
    const seq = seqOf(view, at)
    const frames = framesOf(view, at)
    const wanted = inside && this.#topics.wants(bytes, at + HEAD_BYTES, view.getUint32(end - frames * 4, true), frames)
    const now = wanted ? this.#numbers.take(seq) : 0
    this.#last = { then: view.getUint32(from + 2, true), now }
    if (!wanted) return
    this.#messages++
    const ref = refOf(view, at)
    const put = this.#put(id, now, bytes, from, end)
    const chunk = this.#builder.chunk.view
    setLength(chunk, put, now)
    setLength(chunk, put + 8, ref === 0 ? 0 : this.#numbers.now(ref))
    this.#room()
  }

  #foreign({ topic }: Track): boolean {
    return topic === undefined || this.#topics.wants(topic, 0, topic.byteLength, 2)
  }

  /** Rows that were missing are so in the part, too: by the numbers that they would have had. */
  #gap(id: number, bytes: Uint8Array, from: number, end: number): void {
    let gap: unknown
    try {
      gap = JSON.parse(decoder.decode(bytes.subarray(from + MESSAGE_HEAD, end)))
    } catch {
      return
    }
    const read = v.safeParse(GapSchema, gap)
    if (!read.success) return
    const { missing } = read.output
    this.#numbers.skip(missing)
    const before = this.#numbers.next
    const text = encoder.encode(JSON.stringify({ missing, before }))
    const at = this.#builder.again(this.#channelOf(id), before, bytes, from + 6, text.byteLength)
    this.#builder.chunk.bytes.set(text, at)
    this.#room()
  }

  #copy(id: number, sequence: number, bytes: Uint8Array, from: number, end: number): void {
    this.#put(id, sequence, bytes, from, end)
    this.#room()
  }

  #put(id: number, sequence: number, bytes: Uint8Array, from: number, end: number): number {
    const data = from + MESSAGE_HEAD
    const at = this.#builder.again(this.#channelOf(id), sequence, bytes, from + 6, end - data)
    this.#builder.chunk.bytes.set(bytes.subarray(data, end), at)
    return at
  }

  #room(): void {
    if (this.#builder.chunk.length >= CHUNK_BYTES) this.#flush()
  }

  #flush(): void {
    this.#disk.write(this.#builder.finish())
  }

  #channelOf(id: number): number {
    let made = this.#channels.get(id)
    if (made === undefined) {
      const channel = this.#journal.file.contents.channels.get(id)!
      made = this.#builder.channel({ ...channel, schema: this.#schemaOf(channel) })
      this.#channels.set(id, made)
    }
    return made
  }

  #schemaOf({ schema: id }: Channel): number {
    const schema = this.#journal.file.contents.schemas.get(id)
    if (schema === undefined) return 0
    let made = this.#schemas.get(id)
    if (made === undefined) {
      made = this.#builder.schema(schema.name, schema.encoding, schema.data)
      this.#schemas.set(id, made)
    }
    return made
  }
}
