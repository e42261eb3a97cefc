import type {
  Lanes,
  NodeAction,
  PipelineGraph,
  RunFigures,
  RunSummary,
  SessionInfo,
  Steering,
  TaskFilter,
  TaskPage,
  VentilatorTuning,
  Work,
  WorkerTuning,
} from '../../contract/index.js'
import type { Engine } from '../engine.js'
import { cannot, cannotPause, notOpen } from '../errors.js'
import type { Session } from '../session.js'
import { Audit } from './audit.js'
import { Craft } from './craft.js'
import type { Place } from './drawing.js'
import { figuresOf } from './figures.js'
import { Graph } from './graph.js'
import type { Hand } from './hand.js'
import { drawLanes, type LanesWanted } from './lanes.js'
import { Member } from './member.js'
import { taskCsv, taskPage } from './pages.js'
import type { Run } from './run.js'
import { Runs } from './runs.js'
import { Scenarios } from './scenarios.js'

/** All ventilators, workers and sinks of an engine as one: what they do with whose tasks. */
export class Pipeline {
  readonly audit = new Audit()
  readonly scenarios: Scenarios
  readonly #engine: Engine
  readonly #members = new Map<string, Member>()
  /** Names of sessions that were forgotten. */
  readonly #names = new Map<string, string>()
  readonly #runs: Runs
  readonly #graph: Graph

  constructor(engine: Engine) {
    this.#engine = engine
    this.scenarios = new Scenarios(engine)
    this.#runs = new Runs(
      this.audit,
      ({ id }) => this.#members.get(id)?.changed(),
      () => [...this.#members.values()].some((member) => member.resting),
    )
    this.#graph = new Graph(
      () => this.#places(),
      () => this.#runs.list(),
    )
  }

  /** A new session. */
  join(id: string): Member {
    const member = new Member(id, this.audit, (other) => this.#members.get(other))
    this.#members.set(id, member)
    return member
  }

  /** A session is forgotten. */
  leave({ id, settings }: Session): void {
    this.#members.delete(id)
    if (this.#runs.list().length > 0) this.#names.set(id, settings.name)
  }

  close(): void {
    this.scenarios.stop()
    this.#runs.close()
  }

  /** A ventilator begins to make work. Throws Fault WRONG_ROLE, NOT_OPEN, RUN_GOES_ON, BAD_TEMPLATE. */
  run(id: string, work: Work): Run {
    const session = this.#engine.session(id)
    if (session.settings.role !== 'ventilator') throw cannot('Only a ventilator makes work.')
    const dealing = this.#members.get(id)?.dealing
    if (dealing === undefined || session.state.kind !== 'open') throw notOpen(session.state.kind)
    return this.#runs.begin(session, dealing, work)
  }

  /** Throws Fault NO_RUN, NOT_FED. Resolves when there is room for the next piece. */
  feed(run: string, text: string, last: boolean): Promise<void> {
    return this.#runs.get(run).feed(text, last)
  }

  steer(run: string, to: Steering): RunSummary {
    const one = this.#runs.get(run)
    one.steer(to)
    return one.summary()
  }

  runs(): RunSummary[] {
    return this.#runs.list().map((run) => run.summary())
  }

  figures(id: string): RunFigures {
    const run = this.#runs.get(id)
    const session = run.session.id
    return figuresOf(run, {
      hands: this.#graph.handsAt(session),
      foreign: this.#graph.strangersAt(session),
      sink: this.#places().some(
        ({ session: { settings, state } }) => settings.role === 'sink' && state.kind === 'open',
      ),
      nameOf: (id) => this.#nameOf(id),
    })
  }

  tasks(run: string, filter: TaskFilter, from: number, count: number): TaskPage {
    return taskPage(this.#runs.get(run).ledger, filter, from, count)
  }

  lanes(run: string, wanted: LanesWanted): Lanes {
    const { ledger, began } = this.#runs.get(run)
    return drawLanes(ledger, wanted, began, (id) => this.#nameOf(id))
  }

  csv(run: string, filter: TaskFilter, at: number | undefined): { text: string; next: number | undefined } {
    const { ledger } = this.#runs.get(run)
    return taskCsv(ledger, filter, at, (number) => {
      const hand = ledger.lanes[number - 1]?.hand
      return hand === undefined ? '' : `${this.#nameOf(hand.session) || hand.session} ${hand.number}`
    })
  }

  forget(run: string): void {
    this.#runs.forget(run)
  }

  graph(since: number): PipelineGraph {
    return this.#graph.changes(since)
  }

  /** Workers of a session, by number. */
  hands(id: string): readonly Hand[] {
    return this.#members.get(id)?.hands ?? []
  }

  /** Throws Fault NO_SESSION, WRONG_ROLE, NOT_OPEN, CANNOT_PAUSE, NO_WORKER, and what opening throws. */
  async act(id: string, action: NodeAction, worker?: number): Promise<SessionInfo> {
    const session = this.#engine.session(id)
    const member = this.#members.get(id)
    const { role } = session.settings
    if (
      member === undefined ||
      session.recorded !== undefined ||
      (role !== 'ventilator' && role !== 'worker' && role !== 'sink')
    )
      throw cannot('This is for ventilators, workers and sinks.')
    const { crew, dealing } = member
    if (action === 'pause' && session.state.kind !== 'open') throw cannotPause()
    if (worker !== undefined) {
      if (role !== 'worker') throw cannot('Only a group of workers has workers.')
      if (crew === undefined) throw notOpen(session.state.kind)
      await crew.act(action, worker)
      return session.info()
    }
    switch (action) {
      case 'open':
        if (session.state.kind === 'closing') await session.close()
        if (session.alive) await crew?.act('open')
        else await this.#engine.reopen(id, session.settings)
        break
      case 'close':
        await session.close()
        break
      case 'kill':
        await crew?.act('kill')
        await session.close(0)
        break
      case 'pause':
      case 'resume':
        if (role === 'sink') {
          hold(session, member, action === 'pause')
          await session.obeyed
        }
        dealing?.pause(action === 'pause')
        await crew?.act(action)
        member.changed()
    }
    return session.info()
  }

  /** Puts settings in force without closing. Throws Fault WRONG_ROLE, BAD_PATH, BAD_GROUP: then nothing changes. */
  async tune(
    id: string,
    ventilator: VentilatorTuning | undefined,
    worker: WorkerTuning | undefined,
  ): Promise<SessionInfo> {
    const session = this.#engine.session(id)
    const member = this.#members.get(id)
    const { settings } = session
    const change = settings.role === 'ventilator' ? ventilator : settings.role === 'worker' ? worker : undefined
    if (change === undefined) throw cannot(`A ${settings.role} has no such settings.`)
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    const changed = { ...settings, ...given } as typeof settings
    if (changed.role === 'worker') new Craft(changed) // a bad path is refused before anything changes
    const staffed = changed.role === 'worker' ? member?.retune?.(changed) : undefined
    session.settings = changed // before any wait: what is changed meanwhile stays
    if (changed.role === 'ventilator') {
      if (member?.dealing !== undefined && member.dealing.need > 0) member.dealing.waitFor(changed.waitFor)
      for (const run of this.#runs.of(id)) run.tune()
    }
    member?.changed()
    await staffed
    return session.info()
  }

  #places(): Place[] {
    return this.#engine.list().flatMap((session): Place[] => {
      const { role } = session.settings
      const member = this.#members.get(session.id)
      if (session.recorded !== undefined) return []
      if (member === undefined || (role !== 'ventilator' && role !== 'worker' && role !== 'sink')) return []
      if (session.settings.role === 'worker') member.hand(session.settings.workers)
      return [{ session, member }]
    })
  }

  #nameOf(id: string): string {
    return this.#engine.list().find((session) => session.id === id)?.settings.name ?? this.#names.get(id) ?? ''
  }
}

function hold(session: Session, member: Member, on: boolean): void {
  if (!on) member.release?.()
  if (on === (member.release !== undefined)) return
  member.release = on ? session.hold() : undefined
}
