import {
  Fault,
  type Answer,
  type ClientChanges,
  type ClientInfo,
  type LinkEventKind,
  type RadioSettings,
  type RoleStatus,
  type Rule,
  type SessionInfo,
  type SessionNumbers,
  type SessionSettings,
  type SessionState,
  type Undo,
} from '../contract/index.js'
import { Clients } from './clients.js'
import { cannot, notOpen, toFault, tooLarge } from './errors.js'
import { Gate } from './gate.js'
import { Life } from './life.js'
import { Station } from './radio/station.js'
import { Recorder, type JournalSource } from './recorder.js'
import { Repeater } from './repeater.js'
import { idleStatus } from './roles/idle.js'
import { createRole } from './roles/index.js'
import { linksOf, type Role, type RoleHost, type SendOptions } from './roles/role.js'
import { RuleBook } from './rules/rules.js'
import { guard, type Guard } from './security/guard.js'
import type { SessionWatcher } from './session-watcher.js'

/**
 * One role on its endpoints, with all it has sent and received, its counters and its timeline. It outlives its sockets: closed or failed it keeps its rows and
 * settings, and can be opened again.
 */
export class Session extends Recorder {
  readonly id: string
  readonly demo: boolean
  settings: SessionSettings
  /** What it says by itself. */
  readonly station: Station
  readonly #watcher: SessionWatcher
  readonly #gate = new Gate((shut) => this.reception.hold(shut))
  readonly #clients = new Clients()
  #rules = new RuleBook([])
  readonly #changeListeners = new Set<() => void>()
  readonly #life = new Life({
    guard: () => guard(this.settings.security, this.#watcher.keyring, this.id, (...what) => this.#tell(...what)),
    role: (guarded, fail) => this.#makeRole(guarded, fail),
    ending: () => this.#ending(),
    closed: () => this.reception.end(),
    ended: (...how) => this.#ended(...how),
    changed: () => this.#changed(),
  })
  #repeater: Repeater | undefined
  #status: RoleStatus
  #links: SessionInfo['links'] = []

  constructor(id: string, settings: SessionSettings, pool: JournalSource, watcher: SessionWatcher, demo = false) {
    super(pool, () => watcher.moved(this), watcher.driver, watcher.protobuf)
    this.id = id
    this.settings = settings
    this.demo = demo
    this.#watcher = watcher
    this.#status = idleStatus(settings)
    if (settings.role === 'subscriber') this.radio.set(settings.radio, false)
    this.station = new Station({
      role: () => this.settings.role,
      ready: () => void this.#ready([]),
      send: (frames) => this.send(frames),
      queued: () => this.queued,
      changed: () => this.#changed(),
    })
  }

  info(): SessionInfo {
    const role = this.#role
    return {
      id: this.id,
      settings: this.settings,
      state: this.state,
      links: role === undefined ? this.#links : linksOf(role),
      status: role === undefined ? this.#status : role.status(),
      ...(this.#repeater === undefined ? {} : { repeat: this.#repeater.info() }),
      ...this.station.info(),
      lastEvent: this.events.last,
      demo: this.demo,
      ...this.reception.info(),
    }
  }

  numbers(): SessionNumbers {
    return { id: this.id, queued: this.queued, ...this.figures() }
  }

  /** Messages that wait in its own queue. */
  get queued(): number {
    return this.#role?.queued ?? 0
  }

  /** Whether it holds sockets. */
  get alive(): boolean {
    return this.#role !== undefined
  }

  get state(): SessionState {
    return this.#life.state
  }

  /** Opens it. Never rejects for what a person can cause: then the state is `failed` and holds the Fault. */
  open(): Promise<void> {
    return this.#life.open()
  }

  /** Closes its sockets: outgoing messages first, as long as linger allows. @param deadline ms; overrides linger, also of a closing that is under way. */
  close(deadline?: number): Promise<void> {
    return this.#life.close(deadline)
  }

  /** Ends it at once as failed, and says why. */
  stop(why: unknown): Promise<void> {
    return this.#life.stop(why)
  }

  /** Closes it, takes the new settings, opens it again. Throws Fault `WRONG_ROLE`; otherwise as `open`. */
  async reopen(settings: SessionSettings): Promise<void> {
    if (settings.role !== this.settings.role)
      throw new Fault(
        'WRONG_ROLE',
        `This session is a ${this.settings.role} and cannot become a ${settings.role}. Open a new session instead.`,
      )
    await this.#life.reopen(() => {
      this.settings = settings
      this.#status = idleStatus(settings)
      if (settings.role === 'subscriber') this.radio.set(settings.radio, false)
    })
  }

  /** Closes it and lets its rows go. */
  async forget(deadline?: number): Promise<void> {
    await this.#life.forget(deadline)
    this.letGo()
  }

  /** What a subscriber watches and draws; see Radio.set. Throws Fault BAD_PATH, BAD_LAYOUT, BAD_PROTO: then nothing changes. */
  setRadio(radio: RadioSettings): void {
    if (this.settings.role !== 'subscriber') throw cannot('Only a subscriber has gaps and signals.')
    this.radio.set(radio)
    this.settings = { ...this.settings, radio }
    this.#changed()
  }

  /** Sends one message; see Role.send. Throws Fault `NOT_OPEN`, `EMSGSIZE`, `EFSM`, `NOT_YOUR_TURN`, …: then nothing was written. */
  async send(frames: readonly Uint8Array[], options: SendOptions = {}): Promise<{ seq: number }> {
    try {
      return await this.#ready(frames).send(frames, options)
    } catch (error) {
      throw this.#refuse(error)
    }
  }

  /** As `send`, at once, of a role that only hands messages on; returns the row. A chain of promises for each of ten thousand a second is work for V8's collector. */
  put(frames: readonly Uint8Array[]): number {
    const role = this.#ready(frames)
    if (role.put === undefined) throw this.#refuse(cannot('Only a publisher and a ventilator send by themselves.'))
    return role.put(frames)
  }

  /** A client's question and its answer. Rejects with Fault `NO_REPLY` or `CANCELLED`, or as `send`. */
  async ask(frames: readonly Uint8Array[], signal?: AbortSignal): Promise<{ seq: number; frames: Uint8Array[] }> {
    const role = this.#ready(frames)
    if (role.ask === undefined) throw this.#refuse(cannot('Only a client asks.'))
    return role.ask(frames, signal)
  }

  cancel(): void {
    this.#role?.cancel?.()
  }

  subscribe(topic: string): void {
    this.#retune((topics) => [...topics.filter((t) => t !== topic), topic])
    this.#role?.subscribe?.(topic)
  }

  unsubscribe(topic: string): void {
    this.#retune((topics) => topics.filter((t) => t !== topic))
    this.#role?.unsubscribe?.(topic)
  }

  /** Puts a server's rules in force; questions that wait already stay with whoever has them. Throws Fault `BAD_RULE`: then nothing changes. */
  setRules(rules: readonly Rule[]): void {
    if (this.settings.role !== 'server') throw cannot('Only a server has rules.')
    this.#rules = new RuleBook(rules, this.#rules)
    this.settings = { ...this.settings, rules: [...rules] }
    if (this.#role === undefined) this.#status = idleStatus(this.settings)
    this.#changed()
  }

  /** The name on the screen; its sockets are not touched. */
  rename(name: string): void {
    this.settings = { ...this.settings, name }
    this.#changed()
  }

  /** How a server answers what no rule does. @param waiting whether those that wait for a person are answered so at once */
  setAnswer(answer: Answer, waiting = false): void {
    if (this.settings.role !== 'server') throw cannot('Only a server answers.')
    this.settings = { ...this.settings, answer }
    if (waiting) this.#role?.answerWaiting?.()
    this.#changed()
  }

  /** A server's clients, in the order of their first question. */
  clients(): ClientInfo[] {
    return this.#clients.list()
  }

  /** Those that changed since a revision; 0: all. */
  clientChanges(since: number): ClientChanges {
    return this.#clients.changes(since)
  }

  nameClient(source: number, name: string): void {
    this.#clients.name(source, name)
    this.#changed()
  }

  /** Sends a message again and again; one at a time. Throws as `send`, and Fault `WRONG_ROLE` for a role that does not send by itself. */
  repeat(frames: readonly Uint8Array[], count: number, every: number): void {
    const role = this.#ready(frames)
    const { role: name } = this.settings
    if (name !== 'client' && name !== 'publisher' && name !== 'ventilator')
      throw this.#refuse(cannot('Only a client, a publisher and a ventilator send by themselves.'))
    this.#repeater?.stop()
    const once = role.ask === undefined ? () => this.send(frames) : (signal: AbortSignal) => this.ask(frames, signal)
    this.counters.beginRun()
    this.#repeater = new Repeater(once, count, every, () => this.#changed(), this.#repeater?.ended)
  }

  stopRepeat(): void {
    this.#repeater?.stop()
  }

  /** Resolves when at most `limit` messages wait in our own queue. Rejects with Fault `CLOSED`. */
  async drained(limit = 0): Promise<void> {
    await this.#role?.drained?.(limit)
  }

  /**
   * Takes nothing more from its PULL sockets until released: what comes waits in libzmq, and then at the sender, instead of falling off the journal's end. Closing
   * releases too. A SUB is never held: its publisher would drop messages unseen, and libzmq 4.3.5 aborts the process (stream_engine_base.cpp, `!_io_error`) when a
   * heartbeat is due on a connection that ended while nobody read from it.
   */
  hold(): Undo {
    return this.#gate.hold()
  }

  /** Resolves when what was said by `hold`, or its undo, is so. */
  get obeyed(): Promise<void> {
    return this.reception.obeyed
  }

  /** State, links, status or queue changed. */
  onChange(listener: () => void): Undo {
    this.#changeListeners.add(listener)
    return () => this.#changeListeners.delete(listener)
  }

  #ready(frames: readonly Uint8Array[]): Role {
    const large = tooLarge(frames, this.settings.options.messageLimit)
    if (large !== undefined) throw this.#refuse(large)
    if (this.#role === undefined || this.state.kind !== 'open') throw this.#refuse(notOpen(this.state.kind))
    return this.#role
  }

  #refuse(error: unknown): Fault {
    const fault = toFault(error)
    if (this.counters.refuse(fault)) this.#watcher.moved(this)
    return fault
  }

  #retune(change: (topics: readonly string[]) => string[]): void {
    if (this.settings.role !== 'subscriber') throw cannot('Only a subscriber has topics.')
    this.settings = { ...this.settings, topics: change(this.settings.topics) }
    this.#status = idleStatus(this.settings)
    this.#changed()
  }

  #makeRole(guarded: Guard, fail: RoleHost['fail']): Role {
    if (this.settings.role === 'server') this.#rules = new RuleBook(this.settings.rules, this.#rules)
    const tell = this.#tell.bind(this)
    const changed = () => {
      this.#role?.linked?.()
      this.#changed()
    }
    return createRole(this.settings, this.#host(fail), { guard: guarded, tell, changed })
  }

  #ending(): void {
    this.#repeater?.stop()
    this.station.stop()
    this.reception.close()
    this.#gate.open()
  }

  #ended(role: Role | undefined, how: SessionState, left: number): void {
    if (role !== undefined) this.#links = linksOf(role)
    this.#status = idleStatus(this.settings)
    if (how.kind === 'closed') this.#tell('closed', '', left === 0 ? '' : String(left))
  }

  #host(fail: RoleHost['fail']): RoleHost {
    return {
      record: (direction, frames, marks) => this.record(direction, frames, marks),
      progress: (seq, progress) => this.progress(seq, progress),
      frames: (seq) => this.row(seq)?.frames.map((frame) => frame.bytes),
      tell: (kind, address, detail) => this.#tell(kind, address, detail),
      changed: () => this.#changed(),
      fail,
      countMalformed: () => {
        this.counters.malformed++
        this.#watcher.moved(this)
      },
      countLate: () => void this.counters.late++,
      clients: this.#clients,
      reception: this.reception,
      member: this.#watcher.member,
      rules: () => this.#rules,
      answer: () => (this.settings.role === 'server' ? this.settings.answer : { kind: 'hand' }),
      held: () => this.#gate.held(),
      roundTrip: (ms) => this.counters.roundTrip(ms, this.#repeater?.running ?? false),
    }
  }

  get #role(): Role | undefined {
    return this.#life.role
  }

  #tell(kind: LinkEventKind, address: string, detail?: string): void {
    this.events.add(kind, address, detail)
    this.#changed()
  }

  #changed(): void {
    this.#watcher.changed(this)
    for (const listener of this.#changeListeners) listener()
  }
}
