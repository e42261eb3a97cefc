import { open, rm, statfs, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault } from '../contract/index.js'

/** Bytes of one write at most, so that how far it has come is known on a slow disk. */
const WRITE_BYTES = 8 * 1024 * 1024

/**
 * A file that is being written, from its beginning to its end: takes bytes at once and writes them one behind the other, off the event loop. What cannot be written is
 * told once; after that nothing more is taken.
 */
export class Disk {
  readonly path: string
  /** Bytes given to be written. */
  given = 0
  /** Bytes that the system has taken: they outlive this process. */
  written = 0
  /** Bytes that the disk has taken: they outlive a power cut, as far as the disk is honest. */
  saved = 0
  fault: Fault | undefined
  readonly #handle: FileHandle
  #queue: Promise<void> = Promise.resolve()

  private constructor(path: string, handle: FileHandle) {
    this.path = path
    this.#handle = handle
  }

  /** Makes a new file; throws Fault `FILE_EXISTS`, `READ_ONLY`, `DISK_FULL` or `FILE`. */
  static async create(path: string): Promise<Disk> {
    try {
      return new Disk(path, await open(path, 'wx'))
    } catch (error) {
      throw diskFault(error, path)
    }
  }

  /** Bytes that wait to be written: how far the disk is behind. */
  get waiting(): number {
    return this.fault === undefined ? this.given - this.written : 0
  }

  /** Takes bytes, which are then not to be changed. */
  write(pieces: readonly Uint8Array[]): void {
    if (this.fault !== undefined) return
    for (const piece of pieces) this.given += piece.byteLength
    this.#then(async () => {
      for (const piece of pieces) await this.#put(piece)
    })
  }

  /** Resolves when the system has taken all that was given, or cannot. */
  async taken(): Promise<void> {
    await this.#queue
  }

  /** Resolves when all that was given is on the disk, or cannot be. */
  async sync(): Promise<void> {
    this.#then(async () => {
      const { written } = this
      if (written === this.saved) return
      await this.#handle.datasync()
      this.saved = written
    })
    await this.#queue
  }

  /**
   * Ends the file. After a fault all behind byte `size` is cut off first, and `end` is written there as far as there is room for it: a chunk that is half there is
   * no chunk, and in its place there is usually room for the index of the others.
   */
  async close(size: number, end: (size: number) => Uint8Array): Promise<void> {
    await this.#queue
    try {
      if (this.fault !== undefined) await this.#handle.truncate(size)
      const bytes = end(size)
      let at = 0
      while (at < bytes.byteLength) {
        const { bytesWritten } = await this.#handle.write(bytes, at, bytes.byteLength - at, size + at)
        at += bytesWritten
      }
      await this.#handle.datasync()
      this.saved = this.written = size + at
    } catch (error) {
      this.fault ??= diskFault(error, this.path)
      // Without an index it can still be opened: it is then looked through from its beginning.
      await this.#handle.truncate(size).catch(() => undefined)
    } finally {
      await this.#handle.close().catch(() => undefined)
    }
  }

  /** Ends the file and takes it away: nobody wants it. */
  async discard(): Promise<void> {
    await this.#queue
    await this.#handle.close().catch(() => undefined)
    await rm(this.path, { force: true }).catch(() => undefined)
  }

  #then(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(async () => {
      if (this.fault !== undefined) return
      try {
        await work()
      } catch (error) {
        this.fault = diskFault(error, this.path)
      }
    })
  }

  async #put(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.byteLength;) {
      const size = Math.min(WRITE_BYTES, piece.byteLength - at)
      const { bytesWritten } = await this.#handle.write(piece, at, size, this.written)
      at += bytesWritten
      this.written += bytesWritten
    }
  }
}

/** Bytes left where `path` is; undefined where the system does not say. */
export async function spaceLeft(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(dirname(path))
    return bavail * bsize
  } catch {
    return undefined
  }
}

/** What went wrong with a file, as a sentence. */
export function diskFault(error: unknown, path: string): Fault {
  if (error instanceof Fault) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  const detail = { path, code }
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Fault('DISK_FULL', `There is no space left for ${path}. Free some, or record to another disk.`, detail)
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new Fault('READ_ONLY', `${path} cannot be written: its folder or disk is read-only for you.`, detail)
    case 'EEXIST':
      return new Fault('FILE_EXISTS', `${path} exists already. Choose another name.`, detail)
    case 'ENOENT':
      return new Fault('NO_FILE', `${path} does not exist.`, detail)
    case 'EISDIR':
      return new Fault('NO_FILE', `${path} is a folder, not a file.`, detail)
    default:
      return new Fault('FILE', `${path}: ${message}.`, detail)
  }
}
