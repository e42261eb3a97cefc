import { broken } from '../codec.js'
import { ByteSource } from './bytes.js'
import { MOST_SCANNED, readRecords, Window, type Bytes, type Contents, type Stretch } from './reader.js'
import { MAGIC, MESSAGE_HEAD, op, readChannel, readSchema, RECORD_HEAD, type Channel, type Schema } from './records.js'

/** Milliseconds of one turn of looking through a file. */
const SLICE = 10
/** Bytes of messages without a chunk that are taken for one. */
const LOOSE_BYTES = 512 * 1024

/** What the records of a chunk tell besides messages, and how many messages of which channel there are. */
export function lookInto(
  records: Uint8Array,
  schemas: Map<number, Schema>,
  channels: Map<number, Channel>,
): Map<number, number> {
  const counts = new Map<number, number>()
  const source = new ByteSource(records)
  while (source.left > 0) {
    const opcode = source.u8()
    const length = source.u64()
    const at = source.skip(length)
    if (opcode === op.message) {
      if (length < MESSAGE_HEAD) throw new RangeError('a message without a head')
      const channel = source.view.getUint16(at, true)
      counts.set(channel, (counts.get(channel) ?? 0) + 1)
    } else noteChannel(opcode, new ByteSource(records, at, at + length), schemas, channels)
  }
  return counts
}

function noteChannel(
  opcode: number,
  record: ByteSource,
  schemas: Map<number, Schema>,
  channels: Map<number, Channel>,
): void {
  if (opcode === op.schema) {
    const schema = readSchema(record)
    schemas.set(schema.id, schema)
  } else if (opcode === op.channel) {
    const channel = readChannel(record)
    channels.set(channel.id, channel)
  }
}

/**
 * Looks through a file from its beginning: one that was cut off, or that was written without an index. What stands behind the last whole chunk is left out, and how many
 * bytes that is is said. @throws Fault `BAD_RECORDING` where there is nothing whole at all
 */
export async function scan(file: Bytes): Promise<Contents> {
  const walk = new Walk(file)
  let turned = performance.now()
  while (walk.step()) {
    if (performance.now() - turned < SLICE) continue
    await new Promise((resolve) => setImmediate(resolve))
    turned = performance.now()
  }
  return walk.contents()
}

class Walk {
  readonly #file: Bytes
  readonly #window: Window
  readonly #schemas = new Map<number, Schema>()
  readonly #channels = new Map<number, Channel>()
  readonly #stretches: Stretch[] = []
  readonly #metadata: Contents['metadata'][number][] = []
  #at = MAGIC.byteLength
  /** Where the last thing ended that can be used. */
  #whole = MAGIC.byteLength
  #ended = false
  #loose: { at: number; end: number; counts: Map<number, number> } | undefined

  constructor(file: Bytes) {
    this.#file = file
    this.#window = new Window(file)
  }

  /** Looks at one record; false when there are no more. */
  step(): boolean {
    try {
      const head = this.#window.source(this.#at, RECORD_HEAD)
      const opcode = head.u8()
      const length = head.u64()
      const at = this.#at + RECORD_HEAD
      if (at + length > this.#file.size || length > MOST_SCANNED) return false
      if (opcode === op.footer) {
        this.#ended = true
        return false
      }
      this.#record(opcode, at, length)
      this.#at = at + length
      if (opcode !== op.messageIndex) this.#whole = this.#at
      return true
    } catch (error) {
      if (error instanceof RangeError) return false
      throw error
    }
  }

  contents(): Contents {
    this.#endLoose()
    if (!this.#ended && this.#stretches.length === 0 && this.#whole === MAGIC.byteLength)
      throw broken('it ends before there is anything in it')
    return {
      schemas: this.#schemas,
      channels: this.#channels,
      stretches: this.#stretches,
      metadata: this.#metadata,
      cutOff: this.#ended ? undefined : this.#file.size - this.#whole,
    }
  }

  #record(opcode: number, at: number, length: number): void {
    if (opcode === op.message) {
      const channel = this.#window.source(at, MESSAGE_HEAD).u16()
      this.#loose ??= { at: at - RECORD_HEAD, end: at, counts: new Map() }
      const { counts } = this.#loose
      counts.set(channel, (counts.get(channel) ?? 0) + 1)
      this.#loose.end = at + length
      if (at + length - this.#loose.at >= LOOSE_BYTES) this.#endLoose()
      return
    }
    if (opcode === op.chunk) {
      this.#endLoose()
      this.#chunk(at, length)
    } else if (opcode === op.metadata) this.#metadata.push({ at, length })
    else if (opcode === op.schema || opcode === op.channel)
      noteChannel(opcode, this.#window.source(at, length), this.#schemas, this.#channels)
  }

  /** A whole chunk, or `RangeError`: then the file is taken to end in front of it. */
  #chunk(at: number, length: number): void {
    // Of a packing that nobody knows the name can be long; what is longer than this is no chunk.
    const source = this.#window.source(at, Math.min(length, 1024))
    const from = source.time()
    const to = source.time()
    const size = source.u64()
    source.u32()
    const compression = source.text()
    const stored = source.u64()
    const head = RECORD_HEAD + length - stored
    if (head < RECORD_HEAD + 40) throw new RangeError('a chunk that is larger than itself')
    const stretch = { from, to, at: at - RECORD_HEAD, head, stored, compression, size }
    const counts = lookInto(this.#records(stretch), this.#schemas, this.#channels)
    this.#stretches.push({ ...stretch, counts })
  }

  #records(stretch: Omit<Stretch, 'counts'>): Uint8Array {
    try {
      return readRecords(this.#file, { ...stretch, counts: undefined })
    } catch (error) {
      // With nothing read so far the sentence is better than an empty recording.
      if (error instanceof RangeError || this.#stretches.length === 0) throw error
      throw new RangeError('a chunk that cannot be unpacked', { cause: error })
    }
  }

  #endLoose(): void {
    const loose = this.#loose
    if (loose === undefined) return
    this.#loose = undefined
    const size = loose.end - loose.at
    const { at, counts } = loose
    this.#stretches.push({ from: 0, to: 0, at, head: 0, stored: size, compression: '', size, counts })
  }
}
