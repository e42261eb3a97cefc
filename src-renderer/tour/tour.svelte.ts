import type { Workbench } from '../state/workbench.svelte.js'

/** What each stop points at: the control that carries its name as `data-tour`. */
export const stops = ['desks', 'demo', 'sessions', 'commands', 'help'] as const
export type Stop = (typeof stops)[number]

/**
 * A walk along the real controls, in under a minute. It begins by itself in a profile that has never had a session, lets everything be used meanwhile, and
 * does not come again once it was walked or left.
 */
export class Tour {
  readonly #bench: Workbench
  #at = $state<number | undefined>(undefined)
  /** Whether a person asked for it: then it takes the focus; by itself it only stands there. */
  #asked = $state(false)
  #offered = false

  constructor(bench: Workbench) {
    this.#bench = bench
  }

  get stop(): Stop | undefined {
    return this.#at === undefined ? undefined : stops[this.#at]
  }
  get number(): number {
    return (this.#at ?? 0) + 1
  }
  get total(): number {
    return stops.length
  }
  get asked(): boolean {
    return this.#asked
  }
  get last(): boolean {
    return this.#at === stops.length - 1
  }

  /** Begins if this is the first run. Asked whenever the workbench is there; offers itself once. */
  offer(): void {
    if (this.#offered || this.#bench.alone || !this.#bench.attached) return
    this.#offered = true
    if (this.#bench.profile.settings.toured !== true && this.#bench.sessions.length === 0) this.#at = 0
  }

  start(): void {
    this.#asked = true
    this.#at = 0
  }
  next(): void {
    if (this.last) this.end()
    else this.#at = (this.#at ?? 0) + 1
  }
  back(): void {
    this.#at = Math.max(0, (this.#at ?? 0) - 1)
  }
  /** Walked or left: it is known now. */
  end(): void {
    this.#at = undefined
    this.#asked = false
    if (this.#bench.profile.settings.toured !== true) this.#bench.profile.setSettings({ toured: true })
  }
}
