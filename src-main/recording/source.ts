import { directions, type LinkEvent, type TopicKey } from '../contract/index.js'
import { KeyTable } from '../engine/radio/key-table.js'
import type { Session } from '../engine/session.js'
import type { Slab } from '../engine/slab.js'
import { topicKey, topicLength } from '../payload/topic.js'
import { looksLikeJson, parseObject, schemaOf } from './json-copy.js'
import { HEAD_BYTES, MESSAGE_ENCODING, messageSize, writeMessageHead } from './message.js'
import { MOST_CHANNELS } from './mcap/builder.js'
import type { TakeFile } from './take-file.js'

/** Topics of a session that have channels of their own: those beyond share one, and no byte of theirs is missing. */
const MOST_TOPICS = 20_000
/** Messages of a channel until it is known whether its payloads are JSON. */
const TRIALS = 20

/** The channels that messages of one topic, direction and endpoint are written to. */
interface Track {
  readonly channel: number
  readonly name: string
  /** The channel of its JSON copies; 0: none yet, −1: there will be none. */
  copy: number
  trials: number
}

/** One session in a recording: which of its rows are next, and where in the file they go. */
export class Source {
  readonly session: Session
  /** As its channels are called; no two sessions of a recording have the same. */
  readonly label: string
  /** The next row to write. */
  next: number
  /** The last row that belongs to the recording: set when that stops. */
  end = Infinity
  /** Rows before this one are in an earlier file of the recording: it begins behind them, however far a trigger reaches back. */
  from = 1
  /** Rows that were gone before they were read, and are not told of in the file yet. */
  gone = 0
  readonly #topics = new KeyTable(MOST_TOPICS)
  readonly #tracks = new Map<number, Track>()
  #file: TakeFile | undefined
  #links = 0
  #gaps = 0

  /** @param next the first row to write */
  constructor(session: Session, label: string, next: number) {
    this.session = session
    this.label = label
    this.next = next
  }

  /** From now on it is written to this file, or to none: channels begin anew. */
  into(file: TakeFile | undefined): void {
    if (file === undefined) this.from = this.next
    this.#file = file
    this.#tracks.clear()
    this.#links = this.#gaps = 0
    file?.describe(this.session, this.label)
  }

  /** Rows in memory that are still to be written. */
  get behind(): number {
    const { first, last } = this.session.rows
    return Math.max(0, Math.min(last, this.end) + 1 - Math.max(this.next, first))
  }

  /**
   * Notes rows that are gone, before anything else is read.
   * @returns how many
   */
  lose(): number {
    return this.#skip(this.session.rows.first)
  }

  /** Notes all that is left as gone. @returns how many rows that is */
  drop(): number {
    return this.#skip(this.session.rows.last + 1)
  }

  #skip(to: number): number {
    const lost = Math.max(0, Math.min(to, this.end + 1) - this.next)
    this.gone += lost
    this.next += lost
    return lost
  }

  /** Writes row `i` of a slab. */
  write(file: TakeFile, slab: Slab, i: number, json: boolean): void {
    const seq = slab.firstSeq + i
    const time = slab.time(i)
    if (this.gone > 0) {
      this.#tellGap(file, time, seq)
      this.gone = 0
    }
    const count = slab.count(i)
    const from = slab.from(i)
    const to = slab.to(i)
    const size = messageSize(count, to - from)
    const track = this.#track(file, slab, i)
    const { builder } = file
    const at = builder.message(track.channel, seq, time, size)
    const { bytes, view } = builder.chunk
    const fields = slab.fields(i)
    writeMessageHead(view, at, { ...fields, seq }, count)
    copy(slab.bytes, from, to, bytes, at + HEAD_BYTES)
    let put = at + HEAD_BYTES + to - from
    for (let f = 0; f < count; f++, put += 4) view.setUint32(put, slab.sizeOf(i, f), true)
    file.messages++
    file.bytes += to - from
    file.room()
    if (json && track.copy >= 0 && looksLikeJson(slab, i)) this.#copyJson(file, track, slab, i)
  }

  /** Something happened on one of its links. */
  link(event: LinkEvent): void {
    const file = this.#file
    if (file === undefined) return
    this.#links ||= file.jsonChannel(`${this.label}/links`, 'socketeer.Link', linkSchema, {
      session: this.label,
      kind: 'links',
    })
    file.json(this.#links, event.seq, event.time, event)
  }

  #tellGap(file: TakeFile, time: number, before: number): void {
    this.#gaps ||= file.jsonChannel(`${this.label}/gaps`, 'socketeer.Gap', gapSchema, {
      session: this.label,
      kind: 'gaps',
    })
    file.json(this.#gaps, before, time, { missing: this.gone, before })
  }

  #copyJson(file: TakeFile, track: Track, slab: Slab, i: number): void {
    const from = slab.frameFrom(i, slab.count(i) - 1)
    const to = slab.to(i)
    if (track.copy === 0) {
      const value = parseObject(slab.bytes.subarray(from, to))
      if (value === undefined || file.builder.channels >= MOST_CHANNELS) {
        if (++track.trials >= TRIALS) track.copy = -1
        return
      }
      const metadata = { session: this.label, kind: 'copy', of: track.name }
      track.copy = file.jsonChannel(`json/${track.name}`, `json/${track.name}`, schemaOf(value), metadata)
    }
    const at = file.builder.message(track.copy, slab.firstSeq + i, slab.time(i), to - from)
    copy(slab.bytes, from, to, file.builder.chunk.bytes, at)
    file.room()
  }

  #track(file: TakeFile, slab: Slab, i: number): Track {
    const { role } = this.session.settings
    const direction = slab.direction(i)
    const endpoint = role === 'subscriber' ? slab.source(i) : 0
    const spoken = role === 'subscriber' || role === 'publisher'
    let topic = -1
    if (spoken) {
      const from = slab.from(i)
      const length = topicLength(slab.bytes, from, from + slab.sizeOf(i, 0), slab.count(i))
      if (length >= 0) {
        topic = this.#topics.intern(slab.bytes, from, from + length)
        if (topic < 0) topic = -2
      }
    }
    const key = ((topic + 2) * 2 + direction) * 65536 + endpoint
    let track = this.#tracks.get(key)
    if (track === undefined) {
      const full = file.builder.channels >= MOST_CHANNELS - 100
      track = this.#newTrack(file, spoken ? (full ? -2 : topic) : undefined, direction, endpoint)
      this.#tracks.set(key, track)
    }
    return track
  }

  #newTrack(file: TakeFile, topic: number | undefined, direction: number, endpoint: number): Track {
    const { settings } = this.session
    const key: TopicKey | undefined =
      topic === undefined ? undefined : topic < 0 ? { kind: 'none', name: '' } : topicKey(this.#topics.key(topic))
    const several = settings.role === 'subscriber' && settings.endpoints.length > 1
    const way = directions[direction] ?? 'in'
    const shown = topic === -2 ? '(more topics)' : key?.kind === 'hex' ? `0x${key.name}` : key?.name
    const name = [several ? `${this.label}[${endpoint}]` : this.label, way, ...(shown ? [shown] : [])].join('/')
    const channel = file.builder.channel({
      schema: file.messageSchema,
      topic: name,
      encoding: MESSAGE_ENCODING,
      metadata: new Map([
        ['session', this.label],
        ['kind', 'messages'],
        ['role', settings.role],
        ['direction', way],
        ...(settings.role === 'subscriber' || settings.endpoints.length === 1
          ? [['endpoint', settings.endpoints[endpoint]?.address ?? ''] as const]
          : []),
        ...(key === undefined ? [] : [['topic', key.name] as const, ['topicKind', key.kind] as const]),
      ]),
    })
    return { channel, name, copy: 0, trials: 0 }
  }
}

const linkSchema = {
  type: 'object',
  properties: {
    seq: { type: 'number' },
    time: { type: 'number' },
    kind: { type: 'string' },
    address: { type: 'string' },
    count: { type: 'number' },
    detail: { type: 'string' },
  },
}
const gapSchema = { type: 'object', properties: { missing: { type: 'number' }, before: { type: 'number' } } }

/** Short ones by hand: a view of the source costs as much as copying 60 bytes. */
function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  if (end - start > 48) to.set(from.subarray(start, end), at)
  else for (let i = start; i < end; i++) to[at++] = from[i]!
}
