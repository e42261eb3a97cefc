import type { EngineNumbers, SessionInfo, SessionNumbers } from '../contract/index.js'
import type { Session } from './session.js'

/** Milliseconds between two pulses of one view: 20 a second. */
export const PULSE_INTERVAL = 50

/** What one attached view is told. */
export interface View {
  session(info: SessionInfo): void
  gone(id: string): void
  pulse(sessions: SessionNumbers[], engine: EngineNumbers): void
}

export interface Attachment {
  /** A hidden view is told nothing; when it becomes visible it is told everything once. */
  visible(on: boolean): void
  detach(): void
}

/**
 * Tells one view what changed, at most 20 times a second, however much that was: the screen's cost does not grow with the rate. There is no timer while nothing happens.
 */
export class Pulse implements Attachment {
  readonly #view: View
  readonly #numbers: () => EngineNumbers
  readonly #detached: () => void
  readonly #changed = new Set<Session>()
  readonly #moved = new Set<Session>()
  #all: () => Iterable<Session>
  #timer: NodeJS.Timeout | undefined
  #visible = true

  constructor(view: View, all: () => Iterable<Session>, numbers: () => EngineNumbers, detached: () => void) {
    this.#view = view
    this.#all = all
    this.#numbers = numbers
    this.#detached = detached
  }

  changed(session: Session): void {
    this.#changed.add(session)
    this.#schedule()
  }

  moved(session: Session): void {
    if (this.#moved.has(session)) return // the hot path: once per message
    this.#moved.add(session)
    this.#schedule()
  }

  gone(session: Session): void {
    this.#changed.delete(session)
    this.#moved.delete(session)
    this.#view.gone(session.id)
  }

  visible(on: boolean): void {
    this.#visible = on
    if (!on) {
      clearTimeout(this.#timer)
      this.#timer = undefined
      return
    }
    for (const session of this.#all()) {
      this.#changed.add(session)
      this.#moved.add(session)
    }
    this.#schedule()
  }

  detach(): void {
    clearTimeout(this.#timer)
    this.#visible = false
    this.#detached()
  }

  #schedule(): void {
    if (this.#visible) this.#timer ??= setTimeout(() => this.#beat(), PULSE_INTERVAL)
  }

  #beat(): void {
    this.#timer = undefined
    const changed = [...this.#changed]
    const moved = [...new Set([...this.#moved, ...changed])]
    this.#changed.clear()
    this.#moved.clear()
    for (const session of changed) this.#view.session(session.info())
    this.#view.pulse(
      moved.map((session) => session.numbers()),
      this.#numbers(),
    )
    // Rates fall after the last message: go on until they have reached zero.
    for (const session of moved) if (session.busy) this.#moved.add(session)
    if (this.#moved.size > 0) this.#schedule()
  }
}
