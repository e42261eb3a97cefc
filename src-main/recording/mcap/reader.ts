import { crc32 } from 'node:zlib'
import { broken, unpack } from '../codec.js'
import { ByteSource } from './bytes.js'
import {
  FOOTER_BYTES,
  INDEX_ENTRY,
  INDEX_HEAD,
  MAGIC,
  op,
  readChannel,
  readChunkIndex,
  readSchema,
  RECORD_HEAD,
  type Channel,
  type ChunkIndex,
  type Schema,
} from './records.js'

/** Bytes that are read at once while small records are looked at. */
const WINDOW = 256 * 1024
/** Bytes of a summary at most: 2 million chunks. */
const MOST_SUMMARY = 512 * 1024 * 1024

/** Bytes of one record at most: what says that it is longer is broken, or meant badly. */
export const MOST_SCANNED = 1024 * 1024 * 1024

/** What reads a file: `length` bytes from `at` on, or as many as there are. */
export interface Bytes {
  readonly size: number
  read(at: number, length: number): Uint8Array
}

/** A stretch of messages in the file, and where their records are. */
export interface Stretch {
  /** ms since 1970; of a stretch that has no chunk around it, not known: 0. */
  readonly from: number
  readonly to: number
  /** Where its record begins in the file, and the bytes of it in front of its own records; 0 for messages without a chunk. */
  readonly at: number
  readonly head: number
  /** Bytes of its records, as stored. */
  readonly stored: number
  readonly compression: string
  /** Bytes of its records, unpacked. */
  readonly size: number
  /** Messages by channel; undefined: nobody has counted. */
  counts: ReadonlyMap<number, number> | undefined
}

/** What is known of a file before any message is looked at. */
export interface Contents {
  readonly schemas: ReadonlyMap<number, Schema>
  readonly channels: ReadonlyMap<number, Channel>
  readonly stretches: readonly Stretch[]
  /** Places of the metadata records' contents. */
  readonly metadata: readonly { readonly at: number; readonly length: number }[]
  /** Bytes at the end that are part of no whole chunk: it was cut off. Undefined where it has its end. */
  readonly cutOff: number | undefined
}

/** Throws Fault `BAD_RECORDING` for what does not begin like an MCAP file. */
export function checkMagic(file: Bytes): void {
  if (file.size === 0) throw broken('it is empty')
  const magic = file.read(0, MAGIC.byteLength)
  if (magic.byteLength < MAGIC.byteLength || !MAGIC.every((byte, i) => magic[i] === byte))
    throw broken('it is not an MCAP file')
}

/** What the file says at its end that is in it; undefined where it has no end, or one that is broken. */
export function readSummary(file: Bytes): Contents | undefined {
  try {
    const tail = FOOTER_BYTES + MAGIC.byteLength
    if (file.size < tail + MAGIC.byteLength) return undefined
    const footer = new ByteSource(file.read(file.size - tail, tail))
    if (footer.u8() !== op.footer || footer.u64() !== FOOTER_BYTES - RECORD_HEAD) return undefined
    const start = footer.u64()
    footer.u64()
    const sum = footer.u32()
    if (!MAGIC.every((byte) => footer.u8() === byte)) return undefined
    const length = file.size - tail - start
    if (start === 0 || length <= 0 || length > MOST_SUMMARY) return undefined
    const bytes = file.read(start, length + FOOTER_BYTES - 4)
    if (sum !== 0 && crc32(bytes) !== sum) return undefined
    return parseSummary(file, new ByteSource(bytes, 0, length))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function parseSummary(file: Bytes, summary: ByteSource): Contents | undefined {
  const schemas = new Map<number, Schema>()
  const channels = new Map<number, Channel>()
  const chunks: ChunkIndex[] = []
  const metadata: Contents['metadata'][number][] = []
  let messages: number | undefined
  while (summary.left > 0) {
    const opcode = summary.u8()
    const length = summary.u64()
    const at = summary.skip(length)
    const record = new ByteSource(summary.bytes, at, at + length)
    if (opcode === op.schema) {
      const schema = readSchema(record)
      schemas.set(schema.id, schema)
    } else if (opcode === op.channel) {
      const channel = readChannel(record)
      channels.set(channel.id, channel)
    } else if (opcode === op.chunkIndex) chunks.push(readChunkIndex(record))
    else if (opcode === op.statistics) messages = record.u64()
    else if (opcode === op.metadataIndex) {
      const offset = record.u64()
      metadata.push({ at: offset + RECORD_HEAD, length: record.u64() - RECORD_HEAD })
    }
  }
  // An end without an index of chunks, or of channels, says too little.
  if (chunks.length === 0 && messages !== 0) return undefined
  const stretches = chunks.sort((a, b) => a.offset - b.offset).map((chunk) => stretchOf(file, chunk))
  for (const { counts } of stretches)
    for (const channel of counts?.keys() ?? []) if (!channels.has(channel)) return undefined
  return { schemas, channels, stretches, metadata, cutOff: undefined }
}

function stretchOf(file: Bytes, chunk: ChunkIndex): Stretch {
  const { from, to, offset, length, compression, stored, size } = chunk
  if (offset + length > file.size || stored > length - RECORD_HEAD) throw new RangeError('a chunk ends past the file')
  return { from, to, at: offset, head: length - stored, stored, compression, size, counts: countsOf(chunk) }
}

/** The records of a stretch, unpacked and checked. Throws `RangeError` or Fault `BAD_RECORDING` where they are damaged. */
export function readRecords(file: Bytes, { at, head, stored, compression, size }: Stretch): Uint8Array {
  const bytes = file.read(at, head + stored)
  if (bytes.byteLength < head + stored) throw new RangeError('the file ends here')
  if (head === 0) return bytes
  const source = new ByteSource(bytes)
  if (source.u8() !== op.chunk) throw new RangeError('no chunk where one should be')
  source.skip(8 + 16 + 8)
  const sum = source.u32()
  const records = unpack(compression, bytes.subarray(head), size)
  if (sum !== 0 && crc32(records) !== sum) throw new RangeError('a chunk with a wrong checksum')
  return records
}

/** Messages by channel, as the sizes of their indexes tell: nothing has to be read for it. */
function countsOf({ indexes, offset, length, indexLength }: ChunkIndex): Map<number, number> | undefined {
  if (indexes.size === 0) return indexLength === 0 ? undefined : new Map<number, number>()
  const order = [...indexes].sort(([, a], [, b]) => a - b)
  const counts = new Map<number, number>()
  for (const [i, [channel, at]] of order.entries()) {
    const end = order[i + 1]?.[1] ?? offset + length + indexLength
    const count = (end - at - INDEX_HEAD) / INDEX_ENTRY
    if (!Number.isInteger(count) || count < 0) return undefined
    counts.set(channel, count)
  }
  return counts
}

/** A file read through a window, so that a small record costs no system call. */
export class Window {
  readonly file: Bytes
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0

  constructor(file: Bytes) {
    this.file = file
  }

  /** Bytes from `at` on; throws `RangeError` where the file ends before. */
  source(at: number, length: number): ByteSource {
    if (at < this.#at || at + length > this.#at + this.#bytes.byteLength) {
      this.#bytes = this.file.read(at, Math.max(WINDOW, length))
      this.#at = at
      if (this.#bytes.byteLength < length) throw new RangeError('the file ends here')
    }
    return new ByteSource(this.#bytes, at - this.#at, at - this.#at + length)
  }
}
