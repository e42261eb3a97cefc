import {
  MAX_CONCURRENCY,
  MAX_WORKERS,
  type Cost,
  type Crash,
  type DealingMode,
  type FaultShape,
  type SettingsOf,
  type Step,
  type VentilatorTuning,
  type WorkerTuning,
} from '../../../../src-main/contract/index.js'
import { numberIn, wholeIn } from '../../../lib/number-in.js'
import type { SessionView } from '../../../state/session.svelte.js'
import { faultOf, type Workbench } from '../../../state/workbench.svelte.js'
import { readDistribution, type CostFigures } from '../work/cost.js'

const DAY = 86_400_000

/** The settings of a ventilator or a worker group while it is open: most of them change without closing it. */
export class NodeForm {
  readonly session: SessionView
  readonly #bench: Workbench
  mode = $state<DealingMode>('turns')
  waitFor = $state('0')
  redo = $state('0')
  quiet = $state('2000')
  workers = $state('1')
  concurrency = $state('1')
  delay = $state('0')
  cost = $state<Cost['kind']>('delay')
  costs = $state<CostFigures>({
    ms: '10',
    min: '1',
    max: '10',
    mean: '5',
    heavyMin: '1',
    shape: '1.2',
    heavyMax: '1000',
  })
  costPath = $state('cost')
  work = $state(false)
  step = $state<Step['kind']>('pass')
  stepPath = $state('n')
  operation = $state<Extract<Step, { kind: 'json' }>['operation']>('add')
  by = $state('1')
  crash = $state<Crash['kind']>('never')
  crashAfter = $state('10')
  crashChance = $state('1')
  crashBack = $state('')
  crashWorker = $state('')
  busy = $state(false)
  fault = $state.raw<FaultShape | undefined>(undefined)
  #was = $state('')

  constructor(bench: Workbench, session: SessionView) {
    this.#bench = bench
    this.session = session
    this.take()
  }

  /** As the session has them now. */
  take(): void {
    const { settings } = this.session
    if (settings.role === 'ventilator') this.#takeVentilator(settings)
    if (settings.role === 'worker') this.#takeWorker(settings)
    this.#was = this.#written
  }
  #takeVentilator(settings: SettingsOf<'ventilator'>): void {
    this.mode = settings.mode
    this.waitFor = String(settings.waitFor)
    this.redo = String(settings.redo)
    this.quiet = String(settings.quiet)
  }
  #takeWorker({ cost, step, crash, ...settings }: SettingsOf<'worker'>): void {
    this.mode = settings.mode
    this.workers = String(settings.workers)
    this.concurrency = String(settings.concurrency)
    this.delay = String(settings.delay)
    this.work = settings.busy
    this.cost = cost.kind
    if (cost.kind === 'task') this.costPath = cost.path
    if (cost.kind === 'fixed') this.costs.ms = String(cost.ms)
    if (cost.kind === 'uniform') Object.assign(this.costs, { min: String(cost.min), max: String(cost.max) })
    if (cost.kind === 'exponential') this.costs.mean = String(cost.mean)
    if (cost.kind === 'heavy')
      Object.assign(this.costs, { heavyMin: String(cost.min), shape: String(cost.shape), heavyMax: String(cost.max) })
    this.step = step.kind
    if (step.kind === 'json') {
      this.stepPath = step.path
      this.operation = step.operation
      this.by = String(step.by)
    }
    this.crash = crash.kind
    if (crash.kind === 'after') this.crashAfter = String(crash.tasks)
    if (crash.kind === 'chance') this.crashChance = String(crash.probability * 100)
    if (crash.kind !== 'never') {
      this.crashBack = crash.back === undefined ? '' : String(crash.back)
      this.crashWorker = crash.worker === undefined ? '' : String(crash.worker)
    }
  }

  get #written(): string {
    return JSON.stringify([
      [this.mode, this.waitFor, this.redo, this.quiet, this.workers, this.concurrency, this.delay],
      [this.cost, this.cost === 'delay' ? '' : this.costs, this.costPath, this.work],
      [this.step, this.step === 'json' ? [this.stepPath, this.operation, this.by] : ''],
      [this.crash, this.crash === 'never' ? '' : [this.crashAfter, this.crashChance, this.crashBack, this.crashWorker]],
    ])
  }
  /** Something is written that is not in force. */
  get dirty(): boolean {
    return this.#written !== this.#was
  }
  /** What is written needs the sockets closed and opened again. */
  readonly reopens = $derived.by(() => {
    const { settings } = this.session
    return (
      (settings.role === 'ventilator' && settings.mode !== this.mode) ||
      (settings.role === 'worker' &&
        (settings.mode !== this.mode || String(settings.concurrency) !== this.concurrency.trim()))
    )
  })

  /** Names of the fields that will not do. */
  readonly bad = $derived.by((): ReadonlySet<string> => {
    const bad = new Set<string>()
    const check = (name: string, value: unknown): void => void (value === undefined && bad.add(name))
    if (this.session.role === 'ventilator') {
      check('waitFor', wholeIn(this.waitFor, 0, 10_000))
      check('redo', wholeIn(this.redo, 0, DAY))
      check('quiet', wholeIn(this.quiet, 1, DAY))
      return bad
    }
    check('workers', wholeIn(this.workers, 1, MAX_WORKERS))
    check('concurrency', wholeIn(this.concurrency, 1, MAX_CONCURRENCY))
    check('delay', wholeIn(this.delay, 0, DAY))
    check('cost', this.#cost())
    check('step', this.#step())
    check('crash', this.#crash())
    return bad
  })

  #cost(): Cost | undefined {
    if (this.cost === 'delay') return { kind: 'delay' }
    return this.cost === 'task' ? { kind: 'task', path: this.costPath } : readDistribution(this.cost, this.costs)
  }
  #step(): Step | undefined {
    if (this.step !== 'json') return { kind: this.step }
    const by = this.by.trim() === '' ? NaN : Number(this.by)
    return Number.isFinite(by) ? { kind: 'json', path: this.stepPath, operation: this.operation, by } : undefined
  }
  #crash(): Crash | undefined {
    if (this.crash === 'never') return { kind: 'never' }
    const back = this.crashBack.trim() === '' ? null : wholeIn(this.crashBack, 0, DAY)
    const worker = this.crashWorker.trim() === '' ? null : wholeIn(this.crashWorker, 1, MAX_WORKERS)
    if (back === undefined || worker === undefined) return undefined
    const more = { ...(back === null ? {} : { back }), ...(worker === null ? {} : { worker }) }
    if (this.crash === 'after') {
      const tasks = wholeIn(this.crashAfter, 1, 1e9)
      return tasks === undefined ? undefined : { kind: 'after', tasks, ...more }
    }
    const chance = numberIn(this.crashChance, 0, 100)
    return chance === undefined ? undefined : { kind: 'chance', probability: chance / 100, ...more }
  }

  get ventilatorTuning(): VentilatorTuning {
    return { waitFor: Number(this.waitFor), redo: Number(this.redo), quiet: Number(this.quiet) }
  }
  get workerTuning(): WorkerTuning {
    return {
      workers: Number(this.workers),
      delay: Number(this.delay),
      cost: this.#cost(),
      busy: this.work,
      step: this.#step(),
      crash: this.#crash(),
    }
  }

  /** Puts what is written in force. Says whether that went well. */
  async apply(): Promise<boolean> {
    if (this.busy || this.bad.size > 0) return false
    this.busy = true
    this.fault = undefined
    try {
      const { session } = this
      const { settings } = session
      if (settings.role === 'ventilator') {
        const tuning = this.ventilatorTuning
        if (this.reopens) await session.reopen({ ...settings, ...tuning, mode: this.mode })
        else session.change(await this.#bench.caller.call('pipeline.tune', { id: session.id, ventilator: tuning }))
      } else if (settings.role === 'worker') {
        const tuning = this.workerTuning
        if (this.reopens)
          await session.reopen({ ...settings, ...tuning, mode: this.mode, concurrency: Number(this.concurrency) })
        else session.change(await this.#bench.caller.call('pipeline.tune', { id: session.id, worker: tuning }))
      }
      this.take()
      return true
    } catch (error) {
      this.fault = faultOf(error)
      return false
    } finally {
      this.busy = false
    }
  }
}
