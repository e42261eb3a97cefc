import type { Session } from '../engine/session.js'
import { Disk } from './disk.js'
import { CHUNK_BYTES, McapBuilder } from './mcap/builder.js'
import { SCHEMA_NAME, SCHEMA_TEXT } from './message.js'

const encoder = new TextEncoder()

/** How far the messages had come when the file had so many bytes. */
interface Mark {
  readonly size: number
  readonly messages: number
  /** ms since 1970. */
  readonly time: number
}

/** One file of a recording: chunks go to the disk as they fill, and what has arrived there for certain is known. */
export class TakeFile {
  readonly builder = new McapBuilder()
  readonly disk: Disk
  readonly name: string
  /** Messages and payload bytes put into it, JSON copies not counted. */
  messages = 0
  bytes = 0
  /** Messages of it that are on the disk for certain, and until when that is all of them. */
  saved = 0
  savedUntil = 0
  readonly messageSchema: number
  /** Ends of whole chunks that are not on the disk yet. */
  #marks: Mark[] = []
  /** The last whole chunk that the system has taken. */
  #whole: Mark
  #syncing = false

  private constructor(disk: Disk, name: string, version: string, now: number) {
    this.disk = disk
    this.name = name
    const head = this.builder.head(`Socketeer ${version}`)
    const about = this.builder.metadata('socketeer', [
      ['version', version],
      ['format', '1'],
      ['started', new Date(now).toISOString()],
    ])
    disk.write([head, about])
    this.messageSchema = this.builder.schema(SCHEMA_NAME, 'socketeer', encoder.encode(SCHEMA_TEXT))
    this.#whole = { size: disk.given, messages: 0, time: now }
  }

  /** Throws as Disk.create. */
  static async create(path: string, name: string, version: string, now: number): Promise<TakeFile> {
    return new TakeFile(await Disk.create(path), name, version, now)
  }

  /** Writes down what a session is. */
  describe(session: Session, label: string): void {
    this.flush(0)
    const { id, settings, demo } = session
    this.disk.write([
      this.builder.metadata('socketeer.session', [
        ['label', label],
        ['id', id],
        ['role', settings.role],
        ['demo', String(demo)],
        ['settings', JSON.stringify(settings)],
      ]),
    ])
  }

  /** A channel of JSON. */
  jsonChannel(topic: string, schema: string, of: object, metadata: Record<string, string>): number {
    const id = this.builder.schema(schema, 'jsonschema', encoder.encode(JSON.stringify(of)))
    return this.builder.channel({ schema: id, topic, encoding: 'json', metadata: new Map(Object.entries(metadata)) })
  }

  json(channel: number, sequence: number, time: number, value: object): void {
    const text = encoder.encode(JSON.stringify(value))
    const at = this.builder.message(channel, sequence, time, text.byteLength)
    this.builder.chunk.bytes.set(text, at)
    this.room()
  }

  /** Sends the chunk to the disk if it is full. */
  room(): void {
    if (this.builder.chunk.length >= CHUNK_BYTES) this.flush(0)
  }

  /** Sends what there is to the disk. @param until all up to this time, ms since 1970, was put in; 0: not known */
  flush(until: number): void {
    const pieces = this.builder.finish()
    this.disk.write(pieces)
    const last = this.#marks.at(-1) ?? this.#whole
    this.#marks.push({ size: this.disk.given, messages: this.messages, time: until === 0 ? last.time : until })
    if (until === 0) this.#pass()
  }

  /** Makes sure of what was sent; one at a time. Never rejects: look at `disk.fault`. */
  async sync(): Promise<void> {
    if (this.#syncing) return
    this.#syncing = true
    await this.disk.sync()
    this.#syncing = false
    this.#pass()
  }

  /** Writes the end, after which it is whole. @param totals what is to be said of the whole recording */
  async close(totals: Record<string, string | number>): Promise<void> {
    this.flush(0)
    this.disk.write([
      this.builder.metadata(
        'socketeer.end',
        Object.entries(totals).map(([key, value]) => [key, String(value)] as const),
      ),
    ])
    await this.disk.sync()
    this.#pass()
    const size = this.disk.fault === undefined ? this.disk.given : this.#whole.size
    await this.disk.close(size, (end) => this.builder.end(end))
    this.saved = this.disk.fault === undefined ? this.messages : this.#whole.messages
  }

  #pass(): void {
    const { written, saved } = this.disk
    let mark: Mark | undefined
    while ((mark = this.#marks[0]) !== undefined && mark.size <= written) {
      this.#whole = mark
      if (mark.size <= saved) {
        this.saved = mark.messages
        this.savedUntil = mark.time
        this.#marks.shift()
      } else break
    }
    for (const each of this.#marks) if (each.size <= written) this.#whole = each
  }
}
