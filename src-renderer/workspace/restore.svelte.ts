import type { SessionView } from '../state/session.svelte.js'
import type { Workbench } from '../state/workbench.svelte.js'

/** What was open when Socketeer last ended: asked about once a start, in a workbench. */
export class Restore {
  readonly #bench: Workbench
  #ids = $state.raw<readonly string[]>([])
  remember = $state(false)
  #asked = false

  constructor(bench: Workbench) {
    this.#bench = bench
  }

  /** Sessions that wait for an answer: none once one of them was opened, here or in another window. */
  get sessions(): readonly SessionView[] {
    const sessions = this.#ids.flatMap((id) => this.#bench.session(id) ?? [])
    return sessions.every(({ info }) => info.state.kind === 'closed') ? sessions : []
  }

  /** Asks the engine, once, when it is there. */
  async look(): Promise<void> {
    if (this.#asked || this.#bench.alone) return
    this.#asked = true
    this.#ids = await this.#bench.caller.call('session.lastOpen').catch(() => [])
  }

  async answer(open: boolean): Promise<void> {
    this.#ids = []
    await this.#bench.caller.call('session.restore', { open, remember: this.remember })
  }
  /** Not now: the next start asks again. */
  later(): void {
    this.#ids = []
  }
}
