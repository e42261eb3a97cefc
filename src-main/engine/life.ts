import type { SessionState } from '../contract/index.js'
import { toFault } from './errors.js'
import type { Role } from './roles/role.js'
import { unguarded, type Guard } from './security/guard.js'

/** What a session does at the turns of its life. */
export interface LifeHooks {
  /** What guards the sockets. Throws the Fault that keeps it from that. */
  guard(): Guard
  /** Its role, whose sockets are not open yet. Throws the Fault that keeps it from that. @param fail to be told of what cannot go on */
  role(guard: Guard, fail: (error: unknown) => void): Role
  /** It is to end: nothing can be asked of it any more. */
  ending(): void
  /** The sockets are closed. */
  closed(): Promise<void>
  /** It has ended. @param left messages that were not sent */
  ended(role: Role | undefined, how: SessionState, left: number): void
  /** Its state has changed. */
  changed(): void
}

/**
 * A session's life, from opening its sockets to their end, as often as it is opened. It ends once, however many ask for that and whatever fails meanwhile; whatever an earlier role
 * still says is not heard.
 */
export class Life {
  readonly #hooks: LifeHooks
  #state: SessionState = { kind: 'closed' }
  #role: Role | undefined
  #guard = unguarded
  #ending: Promise<void> = Promise.resolve()
  #reopening: Promise<void> = Promise.resolve()
  #forgotten = false

  constructor(hooks: LifeHooks) {
    this.#hooks = hooks
  }

  get state(): SessionState {
    return this.#state
  }

  /** While there are sockets. */
  get role(): Role | undefined {
    return this.#role
  }

  /** Never rejects for what a person can cause: then the state is `failed` and holds the Fault. */
  async open(): Promise<void> {
    if (this.#role !== undefined || this.#forgotten) return
    this.#set({ kind: 'opening' })
    let role: Role | undefined
    const fail = async (error: unknown) => {
      if (this.#role === role) await this.stop(error)
    }
    /** It may be closed while it opens, and even be open again. */
    const wanted = () => this.#role === role && this.#state.kind === 'opening'
    try {
      this.#guard = this.#hooks.guard()
      role = this.#role = this.#hooks.role(this.#guard, (error) => void fail(error))
      await this.#guard.ready
      if (wanted()) await role.open()
      if (wanted()) this.#set({ kind: 'open' })
    } catch (error) {
      await fail(error)
    }
  }

  /** Outgoing messages first, as long as linger allows. @param deadline ms; overrides linger, also of an end that is under way */
  async close(deadline?: number): Promise<void> {
    if (this.#state.kind === 'failed') this.#set({ kind: 'closed' })
    if (this.#role !== undefined) this.#end({ kind: 'closed' }, deadline)
    return this.#ending
  }

  /** Ends it at once as failed, and says why. One that is ending only does so sooner: what fails then is the ending's doing. */
  stop(why: unknown): Promise<void> {
    this.#end({ kind: 'failed', fault: toFault(why).shape() }, 0)
    return this.#ending
  }

  /** Closes it, and opens it again after `change`. One after the other: what is open is as the last change left it. */
  reopen(change: () => void): Promise<void> {
    const reopened = this.#reopening.then(async () => {
      await this.close()
      change()
      await this.open()
    })
    this.#reopening = reopened.catch(() => undefined)
    return reopened
  }

  /** Closes it for good, whoever waits to open it again. */
  forget(deadline?: number): Promise<void> {
    this.#forgotten = true
    return this.close(deadline)
  }

  #end(how: SessionState, deadline: number | undefined): void {
    if (this.#state.kind !== 'closing') {
      this.#set({ kind: 'closing' })
      this.#ending = this.#close(how, deadline)
    } else if (deadline !== undefined) this.#role?.close(deadline).catch(() => undefined) // the first to ask is told
  }

  async #close(how: SessionState, deadline: number | undefined): Promise<void> {
    const role = this.#role
    let left = 0
    this.#hooks.ending()
    try {
      left = (await role?.close(deadline)) ?? 0
      await this.#hooks.closed()
      await this.#guard.close()
    } finally {
      this.#role = undefined
      this.#hooks.ended(role, how, left)
      this.#set(how)
    }
  }

  #set(state: SessionState): void {
    this.#state = state
    this.#hooks.changed()
  }
}
