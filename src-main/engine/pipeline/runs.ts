import { randomUUID } from 'node:crypto'
import { Fault, type Work } from '../../contract/index.js'
import type { Session } from '../session.js'
import type { Audit } from './audit.js'
import type { Dealing } from './dealing.js'
import type { Ledger } from './ledger.js'
import { Run } from './run.js'

/** Runs that are kept, and tasks of them all. */
const RUNS = 32
const TASKS = 4_000_000

/** The last runs of an engine, oldest first. */
export class Runs {
  readonly #audit: Audit
  readonly #changed: (session: Session) => void
  readonly #resting: () => boolean
  readonly #runs = new Map<string, Run>()
  #count = 0

  /** @param changed how far a run of that session is has changed @param resting see Run */
  constructor(audit: Audit, changed: (session: Session) => void, resting: () => boolean) {
    this.#audit = audit
    this.#changed = changed
    this.#resting = resting
  }

  list(): Run[] {
    return [...this.#runs.values()]
  }

  /** Throws Fault NO_RUN. */
  get(id: string): Run {
    const run = this.#runs.get(id)
    if (run === undefined)
      throw new Fault('NO_RUN', `There is no run “${id}”: it was forgotten, or has made room for later ones.`, { id })
    return run
  }

  /** Throws Fault RUN_GOES_ON, BAD_TEMPLATE. */
  begin(session: Session, dealing: Dealing, work: Work): Run {
    const going = this.list().find((run) => run.session === session && run.making)
    if (going !== undefined)
      throw new Fault('RUN_GOES_ON', 'This ventilator still makes work. Stop that run, or wait until it is through.', {
        run: going.id,
      })
    const id = randomUUID().slice(0, 8)
    const audited = (ledger: Ledger) => {
      this.#audit.add(ledger)
      return () => this.#changed(session)
    }
    const run = new Run(id, this.#count + 1, session, dealing, work, audited, this.#resting)
    this.#count++
    this.#runs.set(id, run)
    this.#makeRoom()
    return run
  }

  /** Of one ventilator, oldest first. */
  of(session: string): Run[] {
    return this.list().filter((run) => run.session.id === session)
  }

  forget(id: string): void {
    const run = this.get(id)
    run.end()
    this.#audit.delete(run.ledger)
    this.#runs.delete(id)
  }

  close(): void {
    for (const run of this.list()) run.end()
  }

  #makeRoom(): void {
    let tasks = this.list().reduce((sum, { ledger }) => sum + ledger.made, 0)
    for (const run of this.list()) {
      if (this.#runs.size <= RUNS && tasks <= TASKS) return
      if (run.state !== 'done' && run.state !== 'failed') continue
      tasks -= run.ledger.made
      this.forget(run.id)
    }
  }
}
