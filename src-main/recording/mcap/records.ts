import type { ByteSink, ByteSource } from './bytes.js'

/**
 * The records of MCAP version 0 (mcap.dev/spec) as far as a recording needs them. A file is: magic · header · chunks, each with its message indexes behind it, and
 * metadata · data end · summary · footer · magic.
 */
export const MAGIC = Uint8Array.of(0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a)

export const op = {
  header: 0x01,
  footer: 0x02,
  schema: 0x03,
  channel: 0x04,
  message: 0x05,
  chunk: 0x06,
  messageIndex: 0x07,
  chunkIndex: 0x08,
  attachment: 0x09,
  attachmentIndex: 0x0a,
  statistics: 0x0b,
  metadata: 0x0c,
  metadataIndex: 0x0d,
  summaryOffset: 0x0e,
  dataEnd: 0x0f,
} as const

/** Bytes in front of a record's content: opcode u8, length u64. */
export const RECORD_HEAD = 9
/** Bytes of a message's content in front of its data: channel u16, sequence u32, log time u64, publish time u64. */
export const MESSAGE_HEAD = 22
/** Bytes of a whole message index record, and of each message in it. */
export const INDEX_HEAD = RECORD_HEAD + 6
export const INDEX_ENTRY = 16
/** Bytes of a whole footer, and of the magic behind it. */
export const FOOTER_BYTES = RECORD_HEAD + 20
/** Bytes of a whole data end. */
export const DATA_END_BYTES = RECORD_HEAD + 4

export interface Schema {
  readonly id: number
  readonly name: string
  readonly encoding: string
  readonly data: Uint8Array
}

export interface Channel {
  readonly id: number
  /** 0: none. */
  readonly schema: number
  readonly topic: string
  readonly encoding: string
  readonly metadata: ReadonlyMap<string, string>
}

export interface ChunkIndex {
  /** ms since 1970 of its earliest and latest message. */
  readonly from: number
  readonly to: number
  /** Where its record begins in the file, and the bytes of it. */
  readonly offset: number
  readonly length: number
  /** Where each channel's message index begins. */
  readonly indexes: ReadonlyMap<number, number>
  readonly indexLength: number
  readonly compression: string
  /** Bytes of its records as stored, and unpacked. */
  readonly stored: number
  readonly size: number
}

export function writeSchema(sink: ByteSink, { id, name, encoding, data }: Schema): void {
  sink.record(op.schema, () => sink.u16(id).text(name).text(encoding).blob(data))
}

export function readSchema(source: ByteSource): Schema {
  return { id: source.u16(), name: source.text(), encoding: source.text(), data: Uint8Array.from(source.blob()) }
}

export function writeChannel(sink: ByteSink, { id, schema, topic, encoding, metadata }: Channel): void {
  sink.record(op.channel, () => sink.u16(id).u16(schema).text(topic).text(encoding).map(metadata))
}

export function readChannel(source: ByteSource): Channel {
  return {
    id: source.u16(),
    schema: source.u16(),
    topic: source.text(),
    encoding: source.text(),
    metadata: source.map(),
  }
}

export function writeChunkIndex(sink: ByteSink, chunk: ChunkIndex): void {
  sink.record(op.chunkIndex, () => {
    sink.time(chunk.from).time(chunk.to).u64(chunk.offset).u64(chunk.length)
    sink.sized(() => {
      for (const [channel, offset] of chunk.indexes) sink.u16(channel).u64(offset)
    })
    sink.u64(chunk.indexLength).text(chunk.compression).u64(chunk.stored).u64(chunk.size)
  })
}

export function readChunkIndex(source: ByteSource): ChunkIndex {
  const from = source.time()
  const to = source.time()
  const offset = source.u64()
  const length = source.u64()
  const indexes = new Map<number, number>()
  for (const part = source.sized(); part.left > 0;) {
    const channel = part.u16()
    indexes.set(channel, part.u64())
  }
  const indexLength = source.u64()
  const compression = source.text()
  return { from, to, offset, length, indexes, indexLength, compression, stored: source.u64(), size: source.u64() }
}
