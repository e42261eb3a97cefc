import { constants, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { writeFile } from 'atomically'
import { ProfileSchema, type Profile } from '../contract/index.js'
import { readDocument, Unusable } from './upgrade.js'

/** Bytes. Larger ones are neither read nor written: what we could not read back we must not write. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
/** Milliseconds that a write is tried again while the system says that it is busy. */
const WRITE_PATIENCE = 1000
/** Milliseconds after which a half-written file belongs to nobody any more. */
const LEFT_BEHIND = 60_000

export type Loaded =
  | { kind: 'read'; profile: Profile }
  | { kind: 'absent' }
  /** `why` is a clause that ends a sentence. `movedTo` is missing when the file could not even be moved. */
  | { kind: 'broken'; why: string; movedTo?: string }

/** Reads a profile. What cannot be used is never written over: it is moved aside to `<name>.corrupt-<time>.json`. */
export async function load(file: string): Promise<Loaded> {
  try {
    const text = await read(file)
    return text === undefined ? { kind: 'absent' } : { kind: 'read', profile: parse(text) }
  } catch (error) {
    const why = error instanceof Unusable ? error.message : `it cannot be read (${codeOf(error)})`
    const movedTo = asideOf(file, new Date())
    try {
      await rename(file, movedTo)
      return { kind: 'broken', why, movedTo }
    } catch {
      return { kind: 'broken', why }
    }
  }
}

/** Replaces the file as a whole (written beside it, synced, renamed): a crash leaves the old one or the new one. */
export async function save(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  // Not purged at a signal: `atomically` would delete the half-written file under our last write, while we still close in order.
  await writeFile(file, text, { mode: 0o600, timeout: WRITE_PATIENCE, tmpPurge: false })
}

/** What tells one writing of the file from another; undefined when there is none. Never fails. */
export async function stampOf(file: string): Promise<string | undefined> {
  return stat(file).then(
    ({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`,
    () => undefined,
  )
}

/** Removes what writes that were cut short (power, SIGKILL, a full disk) have left beside the file. Never fails. */
export async function sweep(file: string): Promise<void> {
  const folder = dirname(file)
  const begins = `${basename(file)}.tmp-`
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((each) => each.startsWith(begins))) {
    const path = join(folder, name)
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    )
    if (age > LEFT_BEHIND) await unlink(path).catch(() => undefined)
  }
}

/** The text of a document, `undefined` when there is none. */
async function read(file: string): Promise<string | undefined> {
  let handle
  try {
    // Not waiting for a writer, should somebody have put a pipe here.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    // ENOTDIR: a file where the folder should be. Writing will say so; there is nothing to set aside.
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined
    throw error
  }
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw new Unusable(stat.isDirectory() ? 'it is a folder' : 'it is not an ordinary file')
    if (stat.size > MAX_DOCUMENT_BYTES)
      throw new Unusable(`it has ${stat.size} bytes, and a profile may have ${MAX_DOCUMENT_BYTES}`)
    const bytes = await handle.readFile()
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
      throw new Unusable('it is not text in UTF-8')
    }
  } finally {
    await handle.close()
  }
}

/** Throws `Unusable`. */
export const parse = (text: string): Profile => readDocument(text, ProfileSchema)

/** `default.json` → `default.corrupt-2026-01-31T08-15-00-000Z.json`: no colon, which Windows does not take in a name. */
function asideOf(file: string, now: Date): string {
  return `${file.replace(/\.json$/, '')}.corrupt-${now.toISOString().replaceAll(/[:.]/g, '-')}.json`
}

function codeOf(error: unknown): string {
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error)
}
