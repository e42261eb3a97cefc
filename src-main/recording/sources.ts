import type { RecordingSettings, Undo } from '../contract/index.js'
import type { Session } from '../engine/session.js'
import { Source } from './source.js'
import type { TakeFile } from './take-file.js'

/** Where sessions come from: the engine. */
export interface SessionHost {
  list(): Session[]
  onChange(listener: () => void): Undo
}

/** The sessions of one recording, also those that are opened while it runs. */
export class Sources {
  readonly #host: SessionHost
  readonly #settings: RecordingSettings
  /** Takes all that a session still has, or counts it, before a person drops it. */
  readonly #drain: (source: Source) => void
  readonly #all = new Map<Session, Source>()
  readonly #undo: Undo[] = []
  #unfollow: Undo | undefined
  #file: TakeFile | undefined

  constructor(host: SessionHost, settings: RecordingSettings, drain: (source: Source) => void) {
    this.#host = host
    this.#settings = settings
    this.#drain = drain
  }

  [Symbol.iterator](): Iterator<Source> {
    return this.#all.values()
  }

  /** Rows that are still to be read. */
  get behind(): boolean {
    for (const source of this.#all.values()) if (source.behind > 0) return true
    return false
  }

  /** From now on sessions belong to it. */
  begin(): void {
    if (this.#unfollow !== undefined) return
    this.#follow(false)
    this.#unfollow = this.#host.onChange(() => this.#follow(true))
  }

  /** Rows and sessions that come from now on do not belong to it any more. */
  seal(): void {
    this.#unfollow?.()
    for (const source of this.#all.values()) source.end = source.session.rows.last
  }

  end(): void {
    this.#unfollow?.()
    this.#unfollow = undefined
    for (const undo of this.#undo.splice(0)) undo()
    this.#all.clear()
    this.#file = undefined
  }

  /** All is written to this file from now on; undefined: to none. */
  into(file: TakeFile | undefined): void {
    this.#file = file
    for (const source of this.#all.values()) source.into(file)
  }

  /** @param fresh whether what is new was opened just now: then it is taken from its first row on */
  #follow(fresh: boolean): void {
    const { sessions, past } = this.#settings
    for (const session of this.#host.list()) {
      if (this.#all.has(session) || session.recorded !== undefined) continue
      if (sessions !== 'all' && !sessions.includes(session.id)) continue
      const { rows } = session
      const source = new Source(session, this.#label(session), fresh ? 1 : past ? rows.first : rows.last + 1)
      this.#all.set(session, source)
      if (this.#file !== undefined) source.into(this.#file)
      this.#undo.push(
        session.onLink((event) => source.link(event)),
        session.onClearing(() => {
          this.#drain(source)
          source.next = rows.last + 1
        }),
      )
    }
  }

  #label(session: Session): string {
    const wanted = session.settings.name || session.settings.role
    const taken = new Set([...this.#all.values()].map(({ label }) => label))
    let label = wanted
    for (let n = 2; taken.has(label); n++) label = `${wanted} ${n}`
    return label
  }
}
