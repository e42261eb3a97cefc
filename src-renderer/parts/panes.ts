import { detached } from '../lib/detached.svelte.js'
import type { SessionView } from '../state/session.svelte.js'
import type { Workbench } from '../state/workbench.svelte.js'
import { SessionPane } from './session-pane.svelte.js'

/** One pane for each session, made when first shown and kept: going to another session or desk and back loses nothing. */
export class Panes {
  readonly #bench: Workbench
  readonly #made = new WeakMap<SessionView, SessionPane>()

  constructor(bench: Workbench) {
    this.#bench = bench
  }

  of(session: SessionView): SessionPane {
    let pane = this.#made.get(session)
    if (pane === undefined) {
      pane = detached(() => new SessionPane(this.#bench, session))
      this.#made.set(session, pane)
    }
    return pane
  }
}
