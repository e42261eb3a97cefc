import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { Fault, PROFILE_VERSION, ProfileSchema, type Profile, type ProfilePatch, type Undo } from '../contract/index.js'
import { load, MAX_DOCUMENT_BYTES, save, stampOf, sweep } from './document.js'
import { isPlain } from './plain.js'

/** Milliseconds between a change and its write, so that typing does not write at every key. */
const WRITE_DELAY = 200

export interface StoreOptions {
  /** Folder of the profiles; made when first written. */
  directory: string
  /** File name without `.json`. */
  name?: string
  /** Told what a person should know: a file set aside, a write that failed. */
  tell: (level: 'warning' | 'error', fault: Fault) => void
}

/** Listeners are told who changed the profile, so that a view is not told of its own change. */
export type ProfileListener = (profile: Profile, by: unknown) => void

/** Opens a profile. It never fails for what is in the file: defaults are used and `tell` says so. */
export async function openStore({ directory, name = 'default', tell }: StoreOptions): Promise<Store> {
  const file = join(directory, `${name}.json`)
  await sweep(file)
  const stamp = await stampOf(file)
  const loaded = await load(file)
  if (loaded.kind === 'read') return new Store(file, loaded.profile, tell, { stamp })
  const defaults = v.parse(ProfileSchema, { version: PROFILE_VERSION })
  if (loaded.kind === 'absent') return new Store(file, defaults, tell)
  const { why, movedTo } = loaded
  if (movedTo !== undefined) {
    tell(
      'warning',
      new Fault(
        'PROFILE_SET_ASIDE',
        `The settings in ${file} could not be used: ${why}. The file is kept as ${movedTo}, and the defaults are used.`,
        {
          file,
          why,
          movedTo,
        },
      ),
    )
    return new Store(file, defaults, tell)
  }
  tell(
    'error',
    new Fault(
      'PROFILE_STUCK',
      `The settings in ${file} could not be used: ${why}. The file could not be moved aside either, so the defaults are used and nothing will be saved; make ${dirname(file)} writable and start again.`,
      { file, why },
    ),
  )
  return new Store(file, defaults, tell, { saves: false })
}

interface Begin {
  /** False when a file that we could not read is in the way. */
  saves?: boolean
  /** The file as it was read. */
  stamp?: string | undefined
}

/** The profile in memory and its file. Changes are made at once, and written soon after, one write at a time, the last one last. */
export class Store {
  readonly file: string
  #profile: Profile
  readonly #tell: StoreOptions['tell']
  /** False when a file that we could not read is in the way: it must not be written over. */
  readonly #saves: boolean
  readonly #listeners = new Set<ProfileListener>()
  /** The text still to be written. */
  #due: string | undefined
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #complained = false
  /** The file as we read or wrote it last: when it is another one by now, somebody else writes it too. */
  #stamp: string | undefined
  #warned = false

  constructor(file: string, profile: Profile, tell: StoreOptions['tell'], { saves = true, stamp }: Begin = {}) {
    this.file = file
    this.#profile = profile
    this.#tell = tell
    this.#saves = saves
    this.#stamp = stamp
  }

  /** Not to be changed in place. */
  get profile(): Profile {
    return this.#profile
  }

  /**
   * Replaces the sections that the patch has. Throws Fault `BAD_ARGUMENTS` for what JSON cannot hold and `PROFILE_TOO_LARGE`;
   * the profile is then as it was.
   */
  update(patch: ProfilePatch, by?: unknown): Profile {
    if (!isPlain(patch))
      throw new Fault('BAD_ARGUMENTS', 'A profile holds plain JSON values only, at most 64 levels deep.')
    const given = Object.fromEntries(Object.entries(patch).filter(([, section]) => section !== undefined))
    const next = v.parse(ProfileSchema, { ...this.#profile, ...given })
    const text = `${JSON.stringify(next, undefined, 2)}\n`
    const size = Buffer.byteLength(text)
    if (size > MAX_DOCUMENT_BYTES)
      throw new Fault(
        'PROFILE_TOO_LARGE',
        `The profile would have ${size} bytes, and may have ${MAX_DOCUMENT_BYTES}: nothing was changed.`,
        {
          size,
          limit: MAX_DOCUMENT_BYTES,
        },
      )
    this.#profile = next
    this.#due = text
    this.#timer ??= setTimeout(() => void this.flush(), WRITE_DELAY)
    for (const listener of [...this.#listeners]) listener(next, by)
    return next
  }

  onChange(listener: ProfileListener): Undo {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when everything changed so far is on disk, or the person was told why not. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  /** The last write. A change made later is kept in memory only. */
  async close(): Promise<void> {
    await this.flush()
    clearTimeout(this.#timer)
  }

  /** Two of us on one profile: whoever writes last wins, and the person should know. Said once. */
  async #warnOfOthers(): Promise<void> {
    const now = await stampOf(this.file)
    if (this.#warned || now === undefined || now === this.#stamp) return
    this.#warned = true
    this.#tell(
      'warning',
      new Fault(
        'PROFILE_SHARED',
        `Another Socketeer writes ${this.file} too, so whichever of the two changes something last wins. Close one of them, or start one with --profile NAME.`,
        { file: this.file },
      ),
    )
  }

  async #write(): Promise<void> {
    const text = this.#due
    if (text === undefined || !this.#saves) return
    this.#due = undefined
    try {
      await this.#warnOfOthers()
      await save(this.file, text)
      this.#stamp = await stampOf(this.file)
      this.#complained = false
    } catch (error) {
      // Kept for the next change, or for close(); said once, not at every key.
      this.#due ??= text
      if (this.#complained) return
      this.#complained = true
      const why = error instanceof Error ? error.message : String(error)
      this.#tell(
        'error',
        new Fault('PROFILE_NOT_SAVED', `The settings could not be saved to ${this.file}: ${why}.`, {
          file: this.file,
          why,
        }),
      )
    }
  }
}
