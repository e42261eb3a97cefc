import type { FaultShape } from '../../src-main/contract/index.js'
import { faultOf, type Workbench } from '../state/workbench.svelte.js'
import type { SessionView } from '../state/session.svelte.js'
import { Composer, draftKey } from './composer.svelte.js'
import { Inspector } from './inspector.svelte.js'
import { MessageList } from './message-list.svelte.js'

/** What one pane shows of one session: its list, the message looked at, what is being written, and what went wrong last. */
export class SessionPane {
  readonly bench: Workbench
  readonly session: SessionView
  readonly list: MessageList
  readonly inspector: Inspector
  readonly composer: Composer
  fault = $state.raw<FaultShape | undefined>(undefined)

  constructor(bench: Workbench, session: SessionView) {
    this.bench = bench
    this.session = session
    this.list = new MessageList(session)
    this.inspector = new Inspector(session)
    this.composer = new Composer(bench.profile, draftKey(session))
  }

  /** Does something whose failure belongs on this pane. */
  async attempt(action: () => Promise<unknown>): Promise<void> {
    this.fault = undefined
    try {
      await action()
    } catch (error) {
      this.fault = faultOf(error)
    }
  }

  /** Sends, and has the list follow: who sends wants to see it go. */
  async send(frames: Uint8Array[], answers?: number): Promise<void> {
    await this.session.send(frames, answers)
    this.list.follow()
  }
}
