import * as v from 'valibot'
import {
  Fault,
  scenarioSteps,
  SessionSettingsSchema,
  WorkSchema,
  type RunCounts,
  type RunFigures,
  type ScenarioInfo,
  type ScenarioName,
  type SessionSettingsInput,
  type WorkInput,
} from '../../../contract/index.js'
import { now } from '../../clock.js'
import type { Engine } from '../../engine.js'
import { toFault } from '../../errors.js'
import type { Session } from '../../session.js'
import type { Hand } from '../hand.js'
import { FINISHED, IN_HAND } from '../ledger.js'
import type { Run } from '../run.js'

/** Milliseconds between two looks whether what a step waits for has come. */
const LOOK = 10

/** What a scenario does, step by step, with the means of a stage. */
export type Script = (stage: Stage) => Promise<void>

type Bare<S> = S extends unknown ? Omit<S, 'endpoints' | 'forward'> : never
/** Role and settings of a session that a scenario opens: it connects to `from`, or else binds to a port that is free; results go `into` another. */
type Opening = Bare<SessionSettingsInput> & { readonly from?: Session; readonly into?: Session }

class Stopped extends Error {}

/** One scenario as it goes: its sessions, its runs, and what it has measured. */
export class Stage {
  readonly #engine: Engine
  readonly #info: ScenarioInfo
  readonly #runs: Run[] = []
  #state: ScenarioInfo['state'] = 'running'
  #fault: Fault | undefined
  #wake: (() => void) | undefined

  constructor(engine: Engine, id: number, name: ScenarioName) {
    this.#engine = engine
    const steps = scenarioSteps[name].map((key) => ({ key, state: 'ahead' as const, figures: {}, began: 0 }))
    this.#info = { id, name, state: 'running', steps, sessions: [], runs: [], fault: undefined }
  }

  get running(): boolean {
    return this.#state === 'running'
  }

  info(): ScenarioInfo {
    return {
      ...this.#info,
      state: this.#state,
      steps: this.#info.steps.map((step) => ({ ...step, figures: { ...step.figures } })),
      sessions: [...this.#info.sessions],
      runs: [...this.#info.runs],
      fault: this.#fault?.shape(),
    }
  }

  /** Resolves when it is over, however it ended. */
  async play(script: Script): Promise<void> {
    try {
      await script(this)
      if (this.#state !== 'running') return
      this.#end()
      this.#state = 'done'
    } catch (error) {
      if (error instanceof Stopped || this.#state !== 'running') return
      this.#state = 'failed'
      this.#fault = toFault(error)
    }
  }

  /** Leaves its sessions as they are; its runs make no more. */
  stop(): void {
    if (this.#state !== 'running') return
    this.#state = 'stopped'
    for (const run of this.#runs) run.stop()
    this.#wake?.()
  }

  /** Stops it and forgets its sessions. */
  async close(): Promise<void> {
    this.stop()
    this.#state = 'closed'
    const open = this.#engine.list().filter(({ id }) => this.#info.sessions.includes(id))
    await Promise.all(open.map(({ id }) => this.#engine.forget(id)))
  }

  /** The next step begins, and the one before it has ended. */
  step(key: string, figures: Record<string, number | undefined> = {}): void {
    this.#check()
    this.#end()
    const step = this.#info.steps.find((one) => one.key === key)
    if (step === undefined) return
    step.state = 'now'
    step.began = now()
    this.tell(figures)
  }

  /** Figures of the step that goes on. */
  tell(figures: Record<string, number | undefined>): void {
    const step = this.#info.steps.find(({ state }) => state === 'now')
    for (const [name, value] of Object.entries(figures))
      if (step !== undefined && value !== undefined) step.figures[name] = value
  }

  /** Opens a session that no profile keeps. Throws the Fault that keeps it from opening. */
  async open({ from, into, ...settings }: Opening): Promise<Session> {
    this.#check()
    const endpoints = [from === undefined ? { method: 'bind', address: 'tcp://127.0.0.1:*' } : reach(from)]
    const forward = into === undefined ? {} : { forward: [reach(into)] }
    const parsed = v.parse(SessionSettingsSchema, { ...settings, endpoints, ...forward })
    const session = await this.#engine.open(parsed, { demo: true })
    if (this.#state === 'closed') {
      // Meanwhile: its other sessions are forgotten already.
      await this.#engine.forget(session.id)
      throw new Stopped()
    }
    this.#info.sessions.push(session.id)
    if (session.state.kind === 'failed') throw Fault.from(session.state.fault)
    return session
  }

  /** A bound session comes back where it was. */
  async comeBack(session: Session, address: string): Promise<void> {
    this.#check()
    if (session.settings.role !== 'sink') return
    await session.reopen({ ...session.settings, endpoints: [{ method: 'bind', address }] })
    const { state } = session
    if (state.kind === 'failed') throw Fault.from(state.fault)
  }

  run(ventilator: Session, work: WorkInput): Run {
    this.#check()
    const run = this.#engine.pipeline.run(ventilator.id, v.parse(WorkSchema, work))
    this.#info.runs.push(run.id)
    this.#runs.push(run)
    return run
  }

  figures(run: Run): RunFigures {
    return this.#engine.pipeline.figures(run.id)
  }

  counts(run: Run): RunCounts {
    return run.ledger.figures()
  }

  /** What workers of a run have still to do, or have done and not been rid of. */
  busy(run: Run): number {
    return run.ledger.counts[IN_HAND]! + run.ledger.counts[FINISHED]!
  }

  hands(session: Session): readonly Hand[] {
    return this.#engine.pipeline.hands(session.id)
  }

  get pipeline(): Engine['pipeline'] {
    return this.#engine.pipeline
  }

  /** Resolves when the condition holds. Throws when the scenario is stopped, or one of its sessions was forgotten. */
  async until(condition: () => boolean): Promise<void> {
    for (;;) {
      this.#check()
      if (condition()) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  /** Resolves when a figure has not moved for `looks` looks. */
  async still(figure: () => number, looks: number): Promise<void> {
    let last = NaN
    let since = 0
    await this.until(() => {
      const value = figure()
      since = value === last ? since + 1 : 0
      last = value
      return since >= looks
    })
  }

  #check(): void {
    if (this.#state !== 'running') throw new Stopped()
    const gone = this.#info.sessions.find((id) => !this.#engine.list().some((session) => session.id === id))
    if (gone !== undefined)
      throw new Fault(
        'SCENARIO_DISTURBED',
        'One of the sessions of this scenario was closed for good, so it cannot go on.',
      )
  }

  #end(): void {
    for (const step of this.#info.steps) if (step.state === 'now') step.state = 'done'
  }
}

/** Where a session is reached: at its first bound address. */
export function addressOf(session: Session): string {
  return session.info().links[0]?.actual ?? ''
}

function reach(session: Session): { method: 'connect'; address: string } {
  return { method: 'connect', address: addressOf(session) }
}

/** Peers of a session, over all its endpoints. */
export function peersOf(session: Session): number {
  return session.info().links.reduce((sum, { peers }) => sum + peers, 0)
}
