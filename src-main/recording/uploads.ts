import { Fault, MAX_UPLOAD_BYTES, RECORDING_SUFFIX } from '../contract/index.js'
import { broken } from './codec.js'
import { spaceLeft, type Disk } from './disk.js'
import type { RecordingFolder } from './folder.js'
import { MAGIC } from './mcap/records.js'

/** Bytes that are to be left on the disk for everything else. */
const SPARED = 64 * 1024 * 1024

interface Upload {
  readonly name: string
  readonly disk: Disk
  readonly size: number
  /** Pieces are taken one after the other. */
  turn: Promise<unknown>
}

/** Files that views hand over. None is seen as a recording before it is whole, and none takes the place of another. */
export class Uploads {
  readonly #folder: RecordingFolder
  readonly #all = new Map<number, Upload>()
  #number = 0

  constructor(folder: RecordingFolder) {
    this.#folder = folder
  }

  /** Throws Fault TOO_LARGE, DISK_FULL, BAD_RECORDING, or what keeps the file from being made. @param name with its ending */
  async begin(name: string, size: number): Promise<number> {
    if (size > MAX_UPLOAD_BYTES)
      throw new Fault(
        'TOO_LARGE',
        `${name} is ${gigabytes(size)} GB long, and a page may hand over ${gigabytes(MAX_UPLOAD_BYTES)} GB: copy it into ${this.#folder.path} yourself.`,
        { name, folder: this.#folder.path, limit: gigabytes(MAX_UPLOAD_BYTES) },
      )
    if (size < MAGIC.byteLength) throw broken(size === 0 ? 'it is empty' : 'it is not an MCAP file')
    await this.#folder.ready()
    const left = await spaceLeft(this.#folder.in(name))
    if (left !== undefined && size + SPARED > left)
      throw new Fault(
        'DISK_FULL',
        `${name} is ${gigabytes(size)} GB long, and there are ${gigabytes(left)} GB left for ${this.#folder.path}.`,
        { path: this.#folder.path, size, left },
      )
    const { name: free, disk } = await this.#folder.make(name.slice(0, -RECORDING_SUFFIX.length), RECORDING_SUFFIX)
    this.#all.set(++this.#number, { name: free, disk, size, turn: Promise.resolve() })
    return this.#number
  }

  /** Throws Fault NO_UPLOAD, BAD_RECORDING, TOO_LARGE, or what the disk says: then it is over. @returns the file's name when it is whole */
  piece(id: number, bytes: Uint8Array): Promise<{ name?: string }> {
    const upload = this.#all.get(id)
    if (upload === undefined) return Promise.reject(gone(id))
    const done = upload.turn.then(() => this.#take(id, upload, bytes))
    upload.turn = done.catch(() => undefined)
    return done
  }

  async #take(id: number, upload: Upload, bytes: Uint8Array): Promise<{ name?: string }> {
    const { disk, size, name } = upload
    try {
      if (!this.#all.has(id)) throw gone(id)
      if (disk.given === 0 && !MAGIC.every((byte, i) => bytes[i] === byte)) throw broken('it is not an MCAP file')
      if (disk.given + bytes.byteLength > size)
        throw new Fault('TOO_LARGE', `${name} is longer than it was said to be.`, { size })
      // A copy: bytes off a line are a part of what came with them.
      disk.write([Uint8Array.from(bytes)])
      await disk.taken()
      if (disk.fault === undefined && disk.given < size) return {}
      if (disk.fault === undefined) await disk.close(size, () => new Uint8Array())
      if (disk.fault !== undefined) throw disk.fault
      this.#all.delete(id)
      this.#folder.made(name)
      return { name }
    } catch (error) {
      await this.abandon(id)
      throw error
    }
  }

  /** Takes away what came of it. */
  async abandon(id: number): Promise<void> {
    const upload = this.#all.get(id)
    if (upload === undefined) return
    this.#all.delete(id)
    await upload.disk.discard()
    this.#folder.made(upload.name)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all.keys()].map((id) => this.abandon(id)))
  }
}

const gone = (upload: number): Fault =>
  new Fault('NO_UPLOAD', 'This file is not being handed over any more.', { upload })
const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1)
