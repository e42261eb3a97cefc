import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { basename } from 'node:path'
import { Fault } from '../contract/index.js'
import { broken, codecReady } from './codec.js'
import { diskFault } from './disk.js'
import { ByteSource } from './mcap/bytes.js'
import { checkMagic, readRecords, readSummary, type Bytes, type Contents, type Stretch } from './mcap/reader.js'
import { lookInto, scan } from './mcap/scan.js'
import type { Channel, Schema } from './mcap/records.js'

/** Bytes of unpacked records that are kept for whoever asks next: several sessions of a file share its chunks. */
const KEPT = 8 * 1024 * 1024

/** An MCAP file that is being read: its index first, and of its messages what is asked for. */
export class RecordingFile {
  readonly name: string
  readonly path: string
  readonly contents: Contents
  /** Stretches that turned out to be damaged. */
  damaged = 0
  readonly #bytes: FileBytes
  readonly #kept = new Map<Stretch, Uint8Array>()
  #users = 0
  #most = 0

  private constructor(path: string, bytes: FileBytes, contents: Contents) {
    this.path = path
    this.name = basename(path)
    this.#bytes = bytes
    this.contents = contents
  }

  /** Throws Fault `BAD_RECORDING`, `NO_FILE` or another that names the file. */
  static async open(path: string): Promise<RecordingFile> {
    await codecReady
    const bytes = new FileBytes(path)
    try {
      checkMagic(bytes)
      const contents = readSummary(bytes) ?? (await scan(bytes))
      const file = new RecordingFile(path, bytes, contents)
      await file.#count()
      return file
    } catch (error) {
      bytes.close()
      if (error instanceof RangeError) throw broken('its records lead astray')
      throw diskFault(error, path)
    }
  }

  /** The same only for the same content. */
  get identity(): string {
    return this.#bytes.identity
  }

  get size(): number {
    return this.#bytes.size
  }

  /** Whether nobody can read it any more, however whole it is on the disk. */
  get closed(): boolean {
    return this.#bytes.closed
  }

  /** The metadata records of a name. Throws Fault `RECORDING_CLOSED`. */
  metadata(name: string): Map<string, string>[] {
    return this.contents.metadata.flatMap(({ at, length }) => {
      try {
        const source = new ByteSource(this.#bytes.read(at, length))
        return source.text() === name ? [source.map()] : []
      } catch (error) {
        if (error instanceof RangeError) return []
        throw error
      }
    })
  }

  /** The records of a stretch. Throws `RangeError` or Fault where they are damaged, and Fault `RECORDING_CLOSED`, which is no damage: look at `closed`. */
  records(stretch: Stretch): Uint8Array {
    let records = this.#kept.get(stretch)
    if (records !== undefined) {
      this.#kept.delete(stretch)
    } else records = readRecords(this.#bytes, stretch)
    this.#kept.set(stretch, records)
    let size = 0
    for (const each of this.#kept.values()) size += each.byteLength
    for (const [old, bytes] of this.#kept) {
      if (size <= KEPT) break
      this.#kept.delete(old)
      size -= bytes.byteLength
    }
    return records
  }

  /** One more reads it: it is closed with the last. */
  use(): () => void {
    this.#most = Math.max(this.#most, ++this.#users)
    let left = false
    return () => {
      if (left) return
      left = true
      if (--this.#users === 0) this.close()
    }
  }

  /** Whether all who began to read it still do. */
  get shared(): boolean {
    return this.#users === this.#most
  }

  close(): void {
    this.#kept.clear()
    this.#bytes.close()
  }

  /** Counts messages where the index does not say how many there are. */
  async #count(): Promise<void> {
    const { schemas, channels, stretches } = this.contents
    for (const stretch of stretches) {
      if (stretch.counts !== undefined) continue
      try {
        stretch.counts = lookInto(
          readRecords(this.#bytes, stretch),
          schemas as Map<number, Schema>,
          channels as Map<number, Channel>,
        )
      } catch {
        stretch.counts = new Map()
        this.damaged++
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

/** Whoever was still reading is told: what they have so far is not all of it. */
function closedFault(name: string): Fault {
  return new Fault(
    'RECORDING_CLOSED',
    `${name} was forgotten while it was still being read. Open it again, and then try once more.`,
    { name },
  )
}

export const identityOf = ({ dev, ino, size, mtimeMs }: Stats): string => [dev, ino, size, mtimeMs].join(' ')

/** Reads at once: a chunk comes out of the system's memory in less time than a promise takes, and the journal that it belongs to has to answer at once. */
class FileBytes implements Bytes {
  readonly size: number
  /** What tells it from every other file, and from itself when it was written to. */
  readonly identity: string
  readonly #path: string
  #descriptor: number | undefined

  constructor(path: string) {
    this.#path = path
    try {
      this.#descriptor = openSync(path, 'r')
      const stats = fstatSync(this.#descriptor)
      if (!stats.isFile()) throw Object.assign(new Error(), { code: 'EISDIR' })
      this.size = stats.size
      this.identity = identityOf(stats)
    } catch (error) {
      this.close()
      throw diskFault(error, path)
    }
  }

  get closed(): boolean {
    return this.#descriptor === undefined
  }

  read(at: number, length: number): Uint8Array {
    if (this.#descriptor === undefined) throw closedFault(basename(this.#path))
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - at)))
    let done = 0
    while (done < bytes.byteLength) {
      const got = readSync(this.#descriptor, bytes, done, bytes.byteLength - done, at + done)
      if (got === 0) break
      done += got
    }
    return done === bytes.byteLength ? bytes : bytes.subarray(0, done)
  }

  close(): void {
    if (this.#descriptor === undefined) return
    closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}
