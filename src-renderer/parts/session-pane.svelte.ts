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
  /** How the session's desk shows a message, where that is not in the list; and the one that was asked for before it was there. */
  #shower: ((seq: number) => void) | undefined
  #asked = 0

  constructor(bench: Workbench, session: SessionView) {
    this.bench = bench
    this.session = session
    this.list = new MessageList(session)
    this.inspector = new Inspector(session)
    this.composer = new Composer(bench.profile, draftKey(session))
  }

  /** Shows a message that is asked for from elsewhere: selected, and in view. */
  show(seq: number): void {
    this.list.select(seq)
    this.list.window.reveal(Math.max(0, this.list.indexOf(seq)))
    this.#asked = seq
    this.#shower?.(seq)
  }
  /** What a desk shows messages in besides the list. */
  showBy(shower: (seq: number) => void): void {
    this.#shower = shower
    if (this.#asked > 0) shower(this.#asked)
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
