import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault, partFormats, type RecordingFileInfo } from '../contract/index.js'
import { Disk, diskFault } from './disk.js'

/** Files that were taken away wait there, until the app ends. */
const REMOVED = '.removed'

/** The folder of the recordings, and what can be done with its files. Names come checked: none leads out of it. */
export class RecordingFolder {
  readonly path: string
  /** Names of files that are written by somebody. */
  readonly #growing: () => Iterable<string>
  /** Of those, the ones that `make` made. */
  readonly #making = new Set<string>()

  /** @param growing names of files that others write */
  constructor(path: string, growing: () => Iterable<string>) {
    this.path = path
    this.#growing = growing
  }

  in(name: string): string {
    return join(this.path, name)
  }

  /** Makes it, for its owner alone. Throws what the disk says. */
  async ready(): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true, mode: 0o700 })
    } catch (error) {
      throw diskFault(error, this.path)
    }
  }

  /** Recordings and what was made of them, newest first. */
  async list(): Promise<RecordingFileInfo[]> {
    const growing = new Set([...this.#growing(), ...this.#making])
    const files = await Promise.all(
      (await this.#names()).map(async (name) => {
        const found = await stat(this.in(name)).catch(() => undefined)
        return found?.isFile() === true
          ? [{ name, bytes: found.size, time: found.mtimeMs, growing: growing.has(name) }]
          : []
      }),
    )
    return files.flat().sort((a, b) => b.time - a.time)
  }

  /** Where a file is that nobody writes any more, and its size. Throws Fault RECORDING_BUSY or NO_FILE. */
  async whole(name: string): Promise<{ path: string; bytes: number }> {
    this.#idle(name)
    const path = this.in(name)
    try {
      const found = await stat(path)
      if (!found.isFile()) throw Object.assign(new Error(), { code: 'EISDIR' })
      return { path, bytes: found.size }
    } catch (error) {
      throw diskFault(error, path)
    }
  }

  /** Makes a new file under a name that is still free: `stem`, or `stem (2)`. Who wrote it says so with `made`. */
  async make(stem: string, ending: string): Promise<{ name: string; disk: Disk }> {
    await this.ready()
    const names = new Set([...(await this.#names()), ...this.#making])
    let name = stem + ending
    for (let n = 2; names.has(name); n++) name = `${stem} (${n})${ending}`
    this.#making.add(name)
    try {
      return { name, disk: await Disk.create(this.in(name)) }
    } catch (error) {
      this.#making.delete(name)
      throw error
    }
  }

  made(name: string): void {
    this.#making.delete(name)
  }

  /** Gives a file another name. @returns that, with its ending. Throws Fault FILE_EXISTS, RECORDING_BUSY, or what the disk says. */
  async rename(name: string, stem: string): Promise<string> {
    this.#idle(name)
    const to = stem + name.slice(name.lastIndexOf('.'))
    if (to === name) return name
    if ((await this.#names()).includes(to)) throw diskFault({ code: 'EEXIST' }, this.in(to))
    return this.#move(this.in(name), this.in(to)).then(() => to)
  }

  /** Throws Fault RECORDING_BUSY while it is written, and what the disk says. */
  async remove(name: string): Promise<void> {
    this.#idle(name)
    try {
      await mkdir(this.in(REMOVED), { recursive: true, mode: 0o700 })
    } catch (error) {
      throw diskFault(error, this.in(REMOVED))
    }
    await this.#move(this.in(name), join(this.in(REMOVED), name))
  }

  /** Throws Fault FILE_EXISTS where another has its name by now, and what the disk says. */
  async restore(name: string): Promise<void> {
    if ((await this.#names()).includes(name)) throw diskFault({ code: 'EEXIST' }, this.in(name))
    await this.#move(join(this.in(REMOVED), name), this.in(name))
  }

  /** Takes away for good what was removed. */
  async end(): Promise<void> {
    await rm(this.in(REMOVED), { recursive: true, force: true }).catch(() => undefined)
  }

  async #move(from: string, to: string): Promise<void> {
    try {
      await rename(from, to)
    } catch (error) {
      throw diskFault(error, from)
    }
  }

  #idle(name: string): void {
    if ([...this.#growing(), ...this.#making].includes(name))
      throw new Fault('RECORDING_BUSY', `${name} is being written. Wait for its end, or stop it first.`, { name })
  }

  async #names(): Promise<string[]> {
    const names = await readdir(this.path).catch(() => [])
    return names.filter((name) => !name.startsWith('.') && partFormats.some((format) => name.endsWith(`.${format}`)))
  }
}
