import type { SettingsOf } from '../../contract/index.js'
import { compute, pause } from './busy.js'
import { costOf } from './cost.js'
import { workOf, type Work } from './steps.js'
import { hasNameFrame } from './task-id.js'

/** Milliseconds by which a worker may be ahead of what it owes: timers come late, and what they take too long is taken off the next task's time. */
const AHEAD = 20

/** What workers do, as their settings say now. */
export class Craft {
  readonly settings: SettingsOf<'worker'>
  readonly #cost: (payload: readonly Uint8Array[]) => number
  readonly #work: Work
  readonly #free: boolean

  /** Throws Fault BAD_PATH. */
  constructor(settings: SettingsOf<'worker'>) {
    this.settings = settings
    this.#cost = costOf(settings.cost, settings.delay)
    this.#work = workOf(settings.step)
    this.#free = settings.cost.kind === 'delay' && settings.delay === 0
  }

  /** Milliseconds that this task takes. */
  cost(frames: readonly Uint8Array[]): number {
    return this.#free ? 0 : this.#cost(hasNameFrame(frames) ? frames.slice(1) : frames)
  }

  /** What becomes of it; undefined: the step cannot be done to it. */
  work(frames: readonly Uint8Array[]): readonly Uint8Array[] | undefined {
    if (this.settings.step.kind === 'pass') return frames
    if (!hasNameFrame(frames)) return this.#work(frames)
    const made = this.#work(frames.slice(1))
    return made && [frames[0]!, ...made]
  }

  /** Whether worker `number` crashes now that it has taken its `taken`-th task. */
  crashes(number: number, taken: number): boolean {
    const { crash } = this.settings
    if (crash.kind === 'never' || (crash.worker !== undefined && crash.worker !== number)) return false
    return crash.kind === 'after' ? taken === crash.tasks : Math.random() < crash.probability
  }

  /** Milliseconds after which it comes back; undefined: it does not. */
  get back(): number | undefined {
    return this.settings.crash.kind === 'never' ? undefined : this.settings.crash.back
  }
}

/** Spends the time that tasks cost, so that the mean is right though no timer is: what one took too much, the next has less. */
export class Clock {
  #owed = 0

  /** Resolves when it is spent, or at once where nothing is to be spent. */
  async spend(ms: number, busy: boolean, stop: AbortSignal): Promise<void> {
    this.#owed += ms
    if (this.#owed <= 0 || (!busy && this.#owed < 1)) return
    const began = performance.now()
    await (busy ? compute : pause)(this.#owed, stop)
    this.#owed = Math.max(-Math.min(AHEAD, ms), this.#owed - (performance.now() - began))
  }
}
