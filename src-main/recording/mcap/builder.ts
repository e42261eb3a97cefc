import { crc32 } from 'node:zlib'
import { pack } from '../codec.js'
import { ByteSink, getTime, setLength, setTime } from './bytes.js'
import {
  FOOTER_BYTES,
  INDEX_ENTRY,
  INDEX_HEAD,
  MAGIC,
  MESSAGE_HEAD,
  op,
  RECORD_HEAD,
  writeChannel,
  writeChunkIndex,
  writeSchema,
  type Channel,
  type ChunkIndex,
  type Schema,
} from './records.js'

/** Bytes of a chunk with more than one message in it, about: packing it holds everything else up for 1 ms, and so does unpacking it for a replay. */
export const CHUNK_BYTES = 256 * 1024
/** What is larger is one message that is mostly an image or a cloud of points: packing it would hold everything up for long, and gain little. */
const PACKED_BYTES = 4 * CHUNK_BYTES
/** A checksum takes 1 ms for so many bytes; a larger chunk goes without, which MCAP writes as 0. */
const SUMMED_BYTES = 32 * CHUNK_BYTES
/** Channels in one file at most: their numbers have 16 bits. */
export const MOST_CHANNELS = 65_000

interface WrittenChunk extends ChunkIndex {
  /** Messages by channel. */
  readonly counts: ReadonlyMap<number, number>
}
interface WrittenMetadata {
  readonly name: string
  readonly offset: number
  readonly length: number
}

/**
 * Makes the bytes of one MCAP file, in order; who writes them to a disk is told what to write. `@mcap/core`'s writer makes an object and two promises of every message, which
 * is 2–3.5 µs of the event loop; this takes a message in 0.3 µs, and its records are copied once.
 */
export class McapBuilder {
  /** The chunk that is being filled. Who writes a message puts its data here. */
  readonly chunk = new ByteSink(CHUNK_BYTES + 64 * 1024)
  readonly #schemas: Schema[] = []
  readonly #channels: Channel[] = []
  readonly #chunks: WrittenChunk[] = []
  readonly #metadata: WrittenMetadata[] = []
  /** Of each message in the chunk: its channel, two halves of its time, its place. */
  #entries = new Uint32Array(4 * 4096)
  #count = 0
  #from = Infinity
  #to = -Infinity
  /** Bytes of the file that were made so far. */
  #at = 0

  /** Messages in the chunk that is being filled. */
  get count(): number {
    return this.#count
  }

  get channels(): number {
    return this.#channels.length
  }

  head(library: string): Uint8Array {
    const sink = new ByteSink().raw(MAGIC)
    sink.record(op.header, () => sink.text('').text(library))
    return this.#made(sink.written)
  }

  /** Makes a schema known, and gives its number. */
  schema(name: string, encoding: string, data: Uint8Array): number {
    const schema = { id: this.#schemas.length + 1, name, encoding, data }
    this.#schemas.push(schema)
    writeSchema(this.chunk, schema)
    return schema.id
  }

  /** Likewise a channel. */
  channel(channel: Omit<Channel, 'id'>): number {
    const made = { id: this.#channels.length + 1, ...channel }
    this.#channels.push(made)
    writeChannel(this.chunk, made)
    return made.id
  }

  /** Begins a message in the chunk and gives the place in `chunk.bytes` where its data, of `size` bytes, is to be put at once. @param time ms since 1970 */
  message(channel: number, sequence: number, time: number, size: number): number {
    const at = this.#begin(channel, sequence, size)
    const { view } = this.chunk
    setTime(view, at - 16, time)
    setTime(view, at - 8, time)
    this.#enter(channel, at, time)
    return at
  }

  /** Likewise, with both times as they stand in another file, to the nanosecond. @param from where they stand in `bytes` */
  again(channel: number, sequence: number, bytes: Uint8Array, from: number, size: number): number {
    const at = this.#begin(channel, sequence, size)
    this.chunk.bytes.set(bytes.subarray(from, from + 16), at - 16)
    this.#enter(channel, at, getTime(this.chunk.view, at - 16))
    return at
  }

  #begin(channel: number, sequence: number, size: number): number {
    const { chunk } = this
    const at = chunk.length
    chunk.reserve(RECORD_HEAD + MESSAGE_HEAD + size)
    const { view } = chunk
    view.setUint8(at, op.message)
    setLength(view, at + 1, MESSAGE_HEAD + size)
    view.setUint16(at + 9, channel, true)
    view.setUint32(at + 11, sequence, true)
    chunk.length = at + RECORD_HEAD + MESSAGE_HEAD + size
    return at + RECORD_HEAD + MESSAGE_HEAD
  }

  /** Notes a message, whose data begin at `at`, for the index. */
  #enter(channel: number, at: number, time: number): void {
    if ((this.#count + 1) * 4 > this.#entries.length) {
      const grown = new Uint32Array(this.#entries.length * 2)
      grown.set(this.#entries)
      this.#entries = grown
    }
    const { view } = this.chunk
    const entry = this.#count++ * 4
    this.#entries[entry] = channel
    this.#entries[entry + 1] = view.getUint32(at - 16, true)
    this.#entries[entry + 2] = view.getUint32(at - 12, true)
    this.#entries[entry + 3] = at - RECORD_HEAD - MESSAGE_HEAD
    if (time < this.#from) this.#from = time
    if (time > this.#to) this.#to = time
  }

  /** Ends the chunk and gives it with its indexes, ready to be written; nothing when it is empty. */
  finish(): Uint8Array[] {
    const records = this.chunk.written
    if (records.byteLength === 0) return []
    const sum = records.byteLength > SUMMED_BYTES ? 0 : crc32(records)
    const packed = records.byteLength > PACKED_BYTES ? undefined : pack(records)
    const worth = packed !== undefined && packed.byteLength < records.byteLength * 0.95
    // A copy, since the chunk's own memory is filled anew at once.
    const stored = worth ? packed : records.slice()
    const compression = worth ? 'zstd' : ''
    const from = this.#count === 0 ? 0 : this.#from
    const to = this.#count === 0 ? 0 : this.#to
    const offset = this.#at

    const head = new ByteSink(64)
    head.u8(op.chunk).u64(0).time(from).time(to).u64(records.byteLength).u32(sum).text(compression)
    head.u64(stored.byteLength)
    setLength(head.view, 1, head.length - RECORD_HEAD + stored.byteLength)
    const length = head.length + stored.byteLength
    const { bytes, indexes, counts } = this.#index(offset + length)
    this.#chunks.push({
      ...{ from, to, offset, length, indexes, counts, compression },
      indexLength: bytes.byteLength,
      stored: stored.byteLength,
      size: records.byteLength,
    })
    this.chunk.length = 0
    this.#count = 0
    this.#from = Infinity
    this.#to = -Infinity
    return [this.#made(head.written), this.#made(stored), this.#made(bytes)]
  }

  /** Text about the file. It stands between chunks: call it when none is being filled. */
  metadata(name: string, values: Iterable<readonly [string, string]>): Uint8Array {
    const sink = new ByteSink()
    sink.record(op.metadata, () => sink.text(name).map(values))
    this.#metadata.push({ name, offset: this.#at, length: sink.length })
    return this.#made(sink.written)
  }

  /**
   * The end of the file, with the index of what is in it.
   * @param size bytes of the file that are on the disk: what should have come behind them is left out
   */
  end(size = this.#at): Uint8Array {
    const chunks = this.#chunks.filter((chunk) => chunk.offset + chunk.length + chunk.indexLength <= size)
    const metadata = this.#metadata.filter((each) => each.offset + each.length <= size)
    const sink = new ByteSink(4096)
    sink.record(op.dataEnd, () => sink.u32(0))
    const start = sink.length
    const groups: [number, number, number][] = []
    const group = (opcode: number, write: () => void) => {
      const at = sink.length
      write()
      if (sink.length > at) groups.push([opcode, at, sink.length - at])
    }
    group(op.schema, () => this.#schemas.forEach((schema) => writeSchema(sink, schema)))
    group(op.channel, () => this.#channels.forEach((channel) => writeChannel(sink, channel)))
    group(op.statistics, () => this.#statistics(sink, chunks, metadata.length))
    group(op.chunkIndex, () => chunks.forEach((chunk) => writeChunkIndex(sink, chunk)))
    group(op.metadataIndex, () => {
      for (const { name, offset, length } of metadata)
        sink.record(op.metadataIndex, () => sink.u64(offset).u64(length).text(name))
    })
    const offsets = sink.length
    for (const [opcode, at, length] of groups)
      sink.record(op.summaryOffset, () =>
        sink
          .u8(opcode)
          .u64(size + at)
          .u64(length),
      )
    sink
      .u8(op.footer)
      .u64(FOOTER_BYTES - RECORD_HEAD)
      .u64(size + start)
      .u64(size + offsets)
    sink.u32(crc32(sink.bytes.subarray(start, sink.length))).raw(MAGIC)
    return sink.written
  }

  #statistics(sink: ByteSink, chunks: readonly WrittenChunk[], metadata: number): void {
    const counts = new Map<number, number>()
    let messages = 0
    let from = Infinity
    let to = 0
    for (const chunk of chunks) {
      for (const [channel, count] of chunk.counts) {
        counts.set(channel, (counts.get(channel) ?? 0) + count)
        messages += count
      }
      if (chunk.counts.size === 0) continue
      from = Math.min(from, chunk.from)
      to = Math.max(to, chunk.to)
    }
    sink.record(op.statistics, () => {
      sink.u64(messages).u16(this.#schemas.length).u32(this.#channels.length).u32(0).u32(metadata).u32(chunks.length)
      sink.time(messages === 0 ? 0 : from).time(to)
      sink.sized(() => {
        for (const [channel, count] of counts) sink.u16(channel).u64(count)
      })
    })
  }

  /** A message index for each channel of the chunk. @param at where they begin in the file */
  #index(at: number): { bytes: Uint8Array; indexes: Map<number, number>; counts: Map<number, number> } {
    const counts = new Map<number, number>()
    const entries = this.#entries
    for (let i = 0; i < this.#count; i++) counts.set(entries[i * 4]!, (counts.get(entries[i * 4]!) ?? 0) + 1)
    const bytes = new Uint8Array(counts.size * INDEX_HEAD + this.#count * INDEX_ENTRY)
    const view = new DataView(bytes.buffer)
    const indexes = new Map<number, number>()
    /** Where the next entry of each channel goes. */
    const next = new Map<number, number>()
    let to = 0
    for (const [channel, count] of counts) {
      indexes.set(channel, at + to)
      view.setUint8(to, op.messageIndex)
      setLength(view, to + 1, 6 + count * INDEX_ENTRY)
      view.setUint16(to + RECORD_HEAD, channel, true)
      view.setUint32(to + RECORD_HEAD + 2, count * INDEX_ENTRY, true)
      next.set(channel, to + INDEX_HEAD)
      to += INDEX_HEAD + count * INDEX_ENTRY
    }
    for (let i = 0; i < this.#count; i++) {
      const channel = entries[i * 4]!
      const place = next.get(channel)!
      view.setUint32(place, entries[i * 4 + 1]!, true)
      view.setUint32(place + 4, entries[i * 4 + 2]!, true)
      view.setUint32(place + 8, entries[i * 4 + 3]!, true)
      next.set(channel, place + INDEX_ENTRY)
    }
    return { bytes, indexes, counts }
  }

  #made(bytes: Uint8Array): Uint8Array {
    this.#at += bytes.byteLength
    return bytes
  }
}
