import { Fault, type RoleName } from '../../src-main/contract/index.js'
import { roleTitle } from '../lib/words.js'
import { m } from '../paraglide/messages.js'
import type { Action } from '../palette/actions.svelte.js'
import type { SessionView } from '../state/session.svelte.js'
import type { Workbench } from '../state/workbench.svelte.js'
import { roleSearch, type RoleWindow } from './address.js'

/** A window that is one role: a form until its session is open, then the session, for as long as the window is there. */
export class RoleWindowState {
  readonly bench: Workbench
  readonly #given: RoleWindow

  constructor(bench: Workbench, given: RoleWindow) {
    this.bench = bench
    this.#given = given
    bench.onTaken = () => this.#leave()
    bench.actions.register(() => this.#actions())
    window.addEventListener('beforeunload', (event) => {
      if (this.losing > 0) event.preventDefault()
    })
    // Its last word. Whether it is a reload is known when it has come back, or has not.
    window.addEventListener('pagehide', () => {
      if (bench.own !== undefined) bench.caller.call('view.leave').catch(() => undefined)
    })
  }

  get session(): SessionView | undefined {
    const { own } = this.bench
    return own === undefined ? undefined : this.bench.sessions.find(({ id }) => id === own)
  }
  /** Undefined only for a session that is not there (any more) and whose role nobody said. */
  get role(): RoleName | undefined {
    return this.session?.role ?? this.#given.role
  }
  get title(): string {
    return this.session?.name ?? (this.role === undefined ? '' : roleTitle(this.role))
  }
  /** Outgoing messages that closing the window now could lose. */
  get losing(): number {
    const { session } = this
    return session?.open === true ? session.numbers.queued : 0
  }

  async open(settings: Parameters<Workbench['open']>[0]): Promise<void> {
    const session = await this.bench.open(settings)
    await this.bench.showOnly(session.id)
    history.replaceState(null, '', roleSearch({ role: session.role, session: session.id }))
  }

  /** The session goes on in the workbench, and the window closes. */
  async giveBack(): Promise<void> {
    const { own } = this.bench
    if (own !== undefined) await this.bench.caller.call('view.takeBack', { id: own })
  }

  /** Only a window that a page opened may close itself; any other one becomes a workbench. */
  #leave(): void {
    this.bench.own = undefined
    window.close()
    if (!window.closed && window.socketeer === undefined) location.replace('./')
  }

  #actions(): Action[] {
    const { session } = this
    return [
      {
        id: 'window back',
        group: 'window',
        title: m.window_back(),
        words: m.window_back({}, { locale: 'en' }),
        ready: session !== undefined,
        run: () => this.giveBack(),
      },
      {
        id: 'window workbench',
        group: 'window',
        title: m.window_workbench(),
        words: m.window_workbench({}, { locale: 'en' }),
        run: () => {
          if (window.open('./', 'socketeer-workbench') === null && window.socketeer === undefined) throw noWindow()
        },
      },
    ]
  }
}

/** Why a browser opens no window: it asks the person, somewhere in its bars. */
export const noWindow = (): Fault =>
  new Fault('POPUP_BLOCKED', 'The browser did not open a window: allow pop-ups for this address, then try again.')
