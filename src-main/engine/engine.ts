import { randomUUID } from 'node:crypto'
import {
  Fault,
  type Desk,
  type DriverWish,
  type EngineNumbers,
  type SessionInfo,
  type SessionSettings,
  type Snapshot,
  type Undo,
} from '../contract/index.js'
import { startDemo, type Demo } from './demo.js'
import { JournalPool } from './journal.js'
import { Pipeline } from './pipeline/pipeline.js'
import { Pulse, type Attachment, type View } from './pulse.js'
import type { ProtobufReader } from './radio/place.js'
import { emptyKeyring, type Keyring } from './security/keyring.js'
import { Session } from './session.js'
import type { SessionWatcher } from './session-watcher.js'
import { wishOf } from './wish.js'

export type { Attachment, View } from './pulse.js'

/** Sessions that may hold sockets at once. */
export const SESSION_LIMIT = 64
/** Bytes that all journals share unless told otherwise. */
export const JOURNAL_BYTES = 512 * 1024 * 1024
/** Milliseconds that sockets have to close when the whole engine does. */
const CLOSE_DEADLINE = 1200

export interface EngineOptions {
  readonly journalBytes?: number
  readonly sessionLimit?: number
  /** What reads Protobuf, where there is something that does. */
  readonly protobuf?: ProtobufReader
  /** Where CURVE keys are found. */
  readonly keyring?: Keyring
  /** How sessions receive that do not say so themselves, asked whenever one opens; see wish.ts. */
  readonly driver?: () => DriverWish
}

/** All sessions of one process. It owns the sockets, and knows neither windows nor wires: views attach to it and are told what changed. */
export class Engine {
  readonly #sessions = new Map<string, Session>()
  readonly #pulses = new Set<Pulse>()
  readonly #listeners = new Set<() => void>()
  readonly #pool: JournalPool
  readonly #sessionLimit: number
  readonly #protobuf: ProtobufReader | undefined
  readonly #keyring: Keyring
  readonly #driver: () => DriverWish
  readonly #demos = new Set<Demo>()
  /** Ventilators, workers and sinks as one: runs, their audit, the graph. */
  readonly pipeline: Pipeline = new Pipeline(this)
  #closing = false

  constructor(options: EngineOptions = {}) {
    this.#pool = new JournalPool(options.journalBytes ?? JOURNAL_BYTES)
    this.#sessionLimit = options.sessionLimit ?? SESSION_LIMIT
    this.#protobuf = options.protobuf
    this.#keyring = options.keyring ?? emptyKeyring
    this.#driver = options.driver ?? (() => wishOf().wish)
  }

  /** Opens a session and lists it, also when it failed: look at its state. Throws Fault `TOO_MANY_SESSIONS`. */
  async open(settings: SessionSettings, options: { demo?: boolean } = {}): Promise<Session> {
    this.#room()
    const session = this.add(settings, options)
    await session.open()
    return session
  }

  /** Lists a session without opening it. */
  add(settings: SessionSettings, options: { demo?: boolean } = {}): Session {
    return this.adopt((id, watcher) => new Session(id, settings, this.#pool, watcher, options.demo))
  }

  /** Lists a session that is made elsewhere, under an id that is given to it. */
  adopt<S extends Session>(make: (id: string, watcher: SessionWatcher) => S): S {
    const id = randomUUID().slice(0, 8)
    const watcher = {
      member: this.pipeline.join(id),
      changed: (s: Session) => {
        for (const pulse of this.#pulses) pulse.changed(s)
        for (const listener of this.#listeners) listener()
      },
      moved: (s: Session) => {
        for (const pulse of this.#pulses) pulse.moved(s)
      },
      protobuf: this.#protobuf,
      keyring: this.#keyring,
      driver: this.#driver,
    }
    const session = make(id, watcher)
    watcher.member.changed = () => watcher.changed(session)
    this.#sessions.set(session.id, session)
    watcher.changed(session)
    return session
  }

  /** Closes the session and opens it with other settings. Throws as `Session.reopen`, and Fault `TOO_MANY_SESSIONS`. */
  async reopen(id: string, settings: SessionSettings): Promise<Session> {
    const session = this.session(id)
    if (!session.alive) this.#room()
    await session.reopen(settings)
    return session
  }

  /**
   * Opens those that are still closed as they are, one after the other: who connects finds who binds before it. What a person forgets or opens meanwhile is left to
   * them. Throws Fault `TOO_MANY_SESSIONS`.
   */
  async openAgain(sessions: readonly Session[]): Promise<void> {
    for (const session of sessions)
      if (this.#sessions.has(session.id) && !session.alive) await this.reopen(session.id, session.settings)
  }

  /** Throws Fault `NO_SESSION`. */
  session(id: string): Session {
    const session = this.#sessions.get(id)
    if (session === undefined)
      throw new Fault('NO_SESSION', `There is no session “${id}”: it was forgotten, or never opened.`, { id })
    return session
  }

  /** In the order of opening. */
  list(): Session[] {
    return [...this.#sessions.values()]
  }

  numbers(): EngineNumbers {
    let alive = 0
    for (const session of this.#sessions.values()) if (session.alive) alive++
    return { sessions: alive, sessionLimit: this.#sessionLimit, kept: this.#pool.used, poolLimit: this.#pool.limit }
  }

  snapshot(): Snapshot {
    return {
      sessions: this.list().map((s) => s.info()),
      numbers: this.list().map((s) => s.numbers()),
      engine: this.numbers(),
    }
  }

  /** Closes a session, drops its rows, and removes it from the list. */
  async forget(id: string): Promise<void> {
    const session = this.session(id)
    await session.forget()
    this.#sessions.delete(id)
    this.pipeline.leave(session)
    for (const pulse of this.#pulses) pulse.gone(session)
    for (const listener of this.#listeners) listener()
  }

  /** Told whenever a session is new, gone, or has changed in anything but its figures. */
  onChange(listener: () => void): Undo {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** From now on the view is told of every change; what is there already it gets by `snapshot`. */
  attach(view: View): Attachment {
    const pulse = new Pulse(
      view,
      () => this.#sessions.values(),
      () => this.numbers(),
      () => this.#pulses.delete(pulse),
    )
    this.#pulses.add(pulse)
    return pulse
  }

  /** Opens both ends of a desk's pattern on free ports and lets them talk until they are closed. */
  async demo(desk: Desk): Promise<SessionInfo[]> {
    const demo = await startDemo(desk, (settings) => this.open(settings, { demo: true }))
    this.#demos.add(demo)
    return demo.sessions.map((session) => session.info())
  }

  /** Closes every session within 1.5 s, whatever their lingers; nothing of the engine is left when it resolves. */
  async close(): Promise<void> {
    this.#closing = true
    for (const demo of this.#demos) demo.stop()
    this.pipeline.close()
    await Promise.all(this.list().map((session) => session.forget(CLOSE_DEADLINE)))
    this.#sessions.clear()
    for (const pulse of [...this.#pulses]) pulse.detach()
  }

  #room(): void {
    if (this.#closing) throw new Fault('CLOSED', 'Socketeer is closing, so no session can be opened.')
    const open = this.numbers().sessions
    if (open >= this.#sessionLimit)
      throw new Fault('TOO_MANY_SESSIONS', `${open} sessions are open, and that is the limit. Close one first.`, {
        limit: this.#sessionLimit,
      })
  }
}
