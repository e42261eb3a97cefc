import type { Engine } from '../engine.js'
import { Audit } from './audit.js'
import { Member } from './member.js'

/** All ventilators, workers and sinks of an engine as one: what they do with whose tasks. */
export class Pipeline {
  readonly audit = new Audit()
  readonly #engine: Engine
  readonly #members = new Map<string, Member>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** A new session. */
  join(id: string): Member {
    const member = new Member(id, this.audit, (other) => this.#members.get(other))
    this.#members.set(id, member)
    return member
  }

  /** A session was forgotten. */
  leave(id: string): void {
    this.#members.delete(id)
  }

  close(): void {}
}
