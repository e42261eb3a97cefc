import {
  Fault,
  roleNames,
  type AppInfo,
  type Desk,
  type EngineNumbers,
  type Notice,
  type RoleName,
  type SessionInfo,
  type SessionSettingsInput,
} from '../../src-main/contract/index.js'
import type { Caller } from '../bridge/client.js'
import type { ConnectionState } from '../bridge/connection.js'
import { Actions } from '../palette/actions.svelte.js'
import { ProfileState } from './profile.svelte.js'
import { NoticeList } from './notices.svelte.js'
import { Picks, type Pick } from './picks.svelte.js'
import { RecordingDesk } from '../recording/recordings.svelte.js'
import { SessionView } from './session.svelte.js'

export { faultOf } from './fault-of.js'

/** Which roles meet at which desk, in the order in which messages go. */
export const deskRoles: Readonly<Record<Desk, readonly RoleName[]>> = {
  chat: ['server', 'client'],
  radio: ['publisher', 'subscriber'],
  pipeline: ['ventilator', 'worker', 'sink'],
}
export const deskOf = (role: RoleName): Desk =>
  deskRoles.chat.includes(role) ? 'chat' : deskRoles.radio.includes(role) ? 'radio' : 'pipeline'

/** Milliseconds in which forgetting can be taken back. */
export const UNDO_TIME = 8000

/** A session on its way out: closed already, its rows still there until the time to undo is over. */
export interface Leaving {
  readonly session: SessionView
  readonly wasOpen: boolean
  /** When that was, as `performance.now` has it. */
  readonly time: number
  readonly timer: ReturnType<typeof setTimeout>
}

/** A session that was closed and can still be reopened by undoing that. */
interface Closed {
  readonly session: SessionView
  readonly time: number
}

/** Rows that were cleared and can still be brought back. */
export interface Cleared {
  readonly session: SessionView
  readonly rows: number
  readonly time: number
  readonly timer: ReturnType<typeof setTimeout>
}

/** Everything that the page knows of the engine. Made once; it outlives every line to it. */
export class Workbench {
  readonly profile: ProfileState
  readonly recordings: RecordingDesk
  readonly caller: Caller
  /** What can be done from anywhere: desks and panes register theirs. */
  readonly actions = new Actions()
  /** The session that this page is the window of; undefined: it is a workbench. */
  own = $state<string | undefined>(undefined)
  /** Whether this page is a window of one role: what is picked in it is not what a workbench shows. */
  readonly alone: boolean
  /** Called when the workbench takes this window's session back. */
  onTaken: (() => void) | undefined
  /** Sessions that the desk shows, where those are not the one of each role. */
  seen = $state.raw<ReadonlySet<string> | undefined>(undefined)
  #sessions = $state.raw<readonly SessionView[]>([])
  #engine = $state.raw<EngineNumbers>({ sessions: 0, sessionLimit: 64, kept: 0, poolLimit: 0 })
  #leaving = $state.raw<readonly Leaving[]>([])
  #cleared = $state.raw<readonly Cleared[]>([])
  #closed = $state.raw<readonly Closed[]>([])
  readonly #notices = new NoticeList()
  #windows = $state.raw<ReadonlySet<string>>(new Set())
  #app = $state.raw<AppInfo | undefined>(undefined)
  readonly #picks = new Picks()
  #desk = $state<Desk>('chat')
  #deskPicked = false
  #connection = $state<ConnectionState>('connecting')
  #attachedOnce = $state(false)

  constructor(caller: Caller, { alone = false, own }: { alone?: boolean; own?: string | undefined } = {}) {
    this.caller = caller
    this.alone = alone
    this.own = own
    this.profile = new ProfileState(caller)
    this.recordings = new RecordingDesk(this)
    caller.on('session', (info) => this.#upsert(info))
    caller.on('gone', ({ id }) => {
      this.#sessions = this.#sessions.filter((session) => session.id !== id)
      this.#left()
    })
    caller.on('pulse', ({ sessions, engine }) => {
      this.#engine = engine
      for (const numbers of sessions) this.session(numbers.id)?.count(numbers)
    })
    caller.on('windows', ({ sessions }) => (this.#windows = new Set(sessions)))
    caller.on('taken', ({ id }) => {
      if (id === this.own) this.onTaken?.()
    })
    caller.on('notice', (notice) => this.#notices.say(notice))
    caller.on('profile', (profile) => this.profile.take(profile))
  }

  /** Sessions that have a window of their own, whichever window this is. */
  hasWindow(session: SessionView): boolean {
    return this.#windows.has(session.id)
  }
  /** Says that this page is the window of one session, from now on and whenever the line is back; undefined: it is a workbench. */
  async showOnly(id: string | undefined): Promise<void> {
    this.own = id
    await this.#showOwn(this.caller)
  }
  async #showOwn(client: Caller): Promise<void> {
    this.#windows = new Set(await client.call('view.show', this.own === undefined ? {} : { session: this.own }))
  }

  /** Sessions in the order of the side bar, without those on their way out. */
  get sessions(): readonly SessionView[] {
    const leaving = new Set(this.#leaving.map(({ session }) => session.id))
    return this.#sessions.filter(({ id }) => !leaving.has(id))
  }
  get engine(): EngineNumbers {
    return this.#engine
  }
  get leaving(): readonly Leaving[] {
    return this.#leaving
  }
  get cleared(): readonly Cleared[] {
    return this.#cleared
  }
  get notices(): readonly Notice[] {
    return this.#notices.list
  }
  get app(): AppInfo | undefined {
    return this.#app
  }
  get connection(): ConnectionState {
    return this.#connection
  }
  /** Whether there has been a snapshot: until then, nothing can be said of what is open. */
  get attached(): boolean {
    return this.#attachedOnce
  }
  get desk(): Desk {
    return this.#desk
  }
  /** Messages a second, in and out, of all sessions. */
  get traffic(): number {
    return this.#sessions.reduce((sum, { numbers }) => sum + numbers.in.rate1 + numbers.out.rate1, 0)
  }

  session(id: string): SessionView | undefined {
    return this.#sessions.find((session) => session.id === id)
  }
  ofRole(role: RoleName): readonly SessionView[] {
    return this.sessions.filter((session) => session.role === role)
  }
  /** The session that a desk shows for a role: the picked one, else the newest. */
  shown(role: RoleName): SessionView | undefined {
    const sessions = this.ofRole(role)
    // What has a window of its own is shown there, unless it is asked for here.
    const here = sessions.filter((session) => !this.hasWindow(session))
    return sessions.find(({ id }) => id === this.#picks.of(role)) ?? here.at(-1) ?? sessions.at(-1)
  }

  /** Whether the desk, while it is there, shows this one. */
  sees(session: SessionView): boolean {
    return this.seen?.has(session.id) ?? this.shown(session.role) === session
  }

  setDesk(desk: Desk): void {
    if (desk === this.#desk) return
    this.#deskPicked = true
    this.#desk = desk
    if (!this.alone) this.profile.setDesk(desk)
  }
  get lastPick(): Pick | undefined {
    return this.#picks.last
  }
  pick(session: SessionView): void {
    this.#look(session, { role: session.role, session })
  }
  #look(session: SessionView, pick?: Pick): void {
    this.#picks.add(session, pick)
    this.setDesk(deskOf(session.role))
  }

  /** Asks for everything. Called on each new line, so the first load, a reload and a reconnect are one path. */
  async attach(client: Caller): Promise<void> {
    const [snapshot, profile, app] = await Promise.all([
      client.call('session.list'),
      client.call('profile.get'),
      client.call('app.info'),
      client.call('watch', { visible: !document.hidden }),
      this.#showOwn(client),
    ])
    this.profile.take(profile)
    this.#app = app
    this.#notices.take(app.notices)
    this.#engine = snapshot.engine
    const numbers = new Map(snapshot.numbers.map((each) => [each.id, each]))
    this.#sessions = snapshot.sessions.map((info) => {
      const view = this.session(info.id) ?? new SessionView(this.caller, info)
      view.restart(info, numbers.get(info.id))
      return view
    })
    this.#left()
    // A person may have been quicker than the profile.
    if (!this.#attachedOnce && !this.#deskPicked) this.#desk = profile.layout.desk
    this.#attachedOnce = true
  }
  connectionChanged(state: ConnectionState): void {
    this.#connection = state
  }

  /** Opens a session and shows it, also if it failed: then its pane says why, and its settings can be mended. */
  async open(settings: SessionSettingsInput): Promise<SessionView> {
    const info = await this.caller.call('session.open', { settings })
    const view = this.#upsert(info)
    this.#look(view)
    return view
  }
  async startDemo(desk: Desk): Promise<void> {
    this.show(await this.caller.call('demo.start', { desk }))
  }
  /** Sessions that were just made are looked at, without waiting to hear of them. */
  show(opened: readonly SessionInfo[]): void {
    for (const view of this.add(opened)) this.#look(view)
  }
  /** Likewise, but what is looked at stays. */
  add(opened: readonly SessionInfo[]): readonly SessionView[] {
    return opened.map((info) => this.#upsert(info))
  }

  /** Closes a session; for some time that can be undone, and always by reopening it. */
  async close(session: SessionView): Promise<void> {
    await session.close()
    const closed = { session, time: performance.now() }
    this.#closed = [...this.#closed, closed]
    setTimeout(() => (this.#closed = this.#closed.filter((each) => each !== closed)), UNDO_TIME)
  }

  /** Closes a session now, and drops it with its rows when the time to undo is over, or when this page goes before that. */
  async forget(session: SessionView): Promise<void> {
    const wasOpen = session.open
    const timer = setTimeout(() => void this.#drop(session), UNDO_TIME)
    this.#leaving = [...this.#leaving, { session, wasOpen, time: performance.now(), timer }]
    await Promise.all([session.leaving(true), wasOpen && session.close()])
  }
  async undoForget({ session, wasOpen, timer }: Leaving): Promise<void> {
    clearTimeout(timer)
    this.#leaving = this.#leaving.filter((each) => each.session !== session)
    await Promise.all([session.leaving(false), wasOpen && session.reopen()])
  }
  /** Ends the time to undo early. */
  async forgetNow({ session, timer }: Leaving): Promise<void> {
    clearTimeout(timer)
    await this.#drop(session)
  }

  /** Takes the rows out of sight; they can be brought back for as long as `cleared` has them. */
  async clear(session: SessionView): Promise<void> {
    const { first, last } = session.numbers
    await session.clear()
    const timer = setTimeout(() => this.#dropCleared(session), UNDO_TIME)
    this.#dropCleared(session)
    this.#cleared = [...this.#cleared, { session, rows: Math.max(0, last - first + 1), time: performance.now(), timer }]
  }
  async undoClear({ session, timer }: Cleared): Promise<void> {
    clearTimeout(timer)
    this.#dropCleared(session)
    try {
      await session.unclear()
    } catch (error) {
      this.tell(error)
      return
    }
    // Lists know no rows that come back at their beginning: whatever shows this session is made anew.
    const fresh = new SessionView(this.caller, session.info)
    fresh.count(session.numbers)
    this.#sessions = this.#sessions.map((each) => (each === session ? fresh : each))
  }
  /** Ends the time to undo early. */
  keepCleared({ session, timer }: Cleared): void {
    clearTimeout(timer)
    this.#dropCleared(session)
  }
  /** Takes back what was closed or cleared last, if that can still be. */
  async undo(): Promise<void> {
    const leaving = this.#leaving.map((each) => ({ time: each.time, back: () => this.undoForget(each) }))
    const cleared = this.#cleared.map((each) => ({ time: each.time, back: () => this.undoClear(each) }))
    const closed = this.#undoable.map((each) => ({ time: each.time, back: () => each.session.reopen() }))
    const [last] = [...leaving, ...cleared, ...closed].sort((a, b) => b.time - a.time)
    await last?.back()
  }
  get canUndo(): boolean {
    return this.#cleared.length + this.#leaving.length + this.#undoable.length > 0
  }
  /** Closed and still so, and not on its way out. */
  get #undoable(): readonly Closed[] {
    return this.#closed.filter(({ session }) => session.info.state.kind === 'closed' && this.sessions.includes(session))
  }

  /** Shows what went wrong where no pane is the place for it. */
  tell(error: unknown, level: Notice['level'] = 'error'): void {
    this.#notices.tell(error, level)
  }
  dismiss(notice: Notice): void {
    this.#notices.dismiss(notice)
  }

  /** Nothing is to be undone any more of what is gone: with the line that was lost, or by another window. */
  #left(): void {
    this.#leaving = this.#leaving.filter(({ session }) => this.session(session.id) === session)
  }
  #dropCleared(session: SessionView): void {
    this.#cleared = this.#cleared.filter((each) => each.session !== session)
  }

  async #drop(session: SessionView): Promise<void> {
    try {
      await session.forget()
      this.#sessions = this.#sessions.filter((each) => each !== session)
    } catch (error) {
      // Nothing was dropped: it comes back into the list, where it can be forgotten again.
      if (error instanceof Fault && error.code === 'NO_SESSION')
        this.#sessions = this.#sessions.filter((each) => each !== session)
    }
    this.#leaving = this.#leaving.filter((each) => each.session !== session)
  }

  #upsert(info: SessionInfo): SessionView {
    const known = this.session(info.id)
    if (known !== undefined) {
      known.change(info)
      return known
    }
    const view = new SessionView(this.caller, info)
    this.#sessions = [...this.#sessions, view]
    return view
  }
}

export const isRole = (text: string): text is RoleName => (roleNames as readonly string[]).includes(text)
