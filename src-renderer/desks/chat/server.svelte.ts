import type { Answer, FaultShape } from '../../../src-main/contract/index.js'
import type { SessionPane } from '../../parts/session-pane.svelte.js'
import { faultOf } from '../../state/workbench.svelte.js'

/** The server's side of a talk: who waits, which question is answered next, and whether it answers by itself. */
export class ServerDesk {
  readonly pane: SessionPane
  /** The fixed answer being written; it becomes the server's own when applied. */
  answerText = $state('')
  fault = $state.raw<FaultShape | undefined>(undefined)

  constructor(pane: SessionPane) {
    this.pane = pane
    const { answer } = this
    if (answer.kind === 'text') this.answerText = answer.text
  }

  get answer(): Answer {
    const { settings } = this.pane.session
    return settings.role === 'server' ? settings.answer : { kind: 'hand' }
  }
  get waiting(): number {
    return this.pane.session.status('server')?.waiting ?? 0
  }
  get clients(): number {
    return this.pane.session.status('server')?.clients ?? 0
  }
  get pending(): readonly { seq: number; source: number; time: number }[] {
    return this.pane.session.status('server')?.pending ?? []
  }
  /** The question that the next answer goes to: the selected one while it waits, else the oldest. */
  get target(): { seq: number; time: number; selected: boolean } | undefined {
    const selected = this.pending.find(({ seq }) => seq === this.pane.list.selected)
    if (selected !== undefined) return { ...selected, selected: true }
    const oldest = this.pending[0]
    return oldest === undefined ? undefined : { ...oldest, selected: false }
  }

  async send(frames: Uint8Array[]): Promise<void> {
    await this.pane.send(frames, this.target?.seq)
  }
  /** Selects the question that has waited longest. */
  showOldest(): void {
    const oldest = this.pending[0]
    if (oldest === undefined) return
    this.pane.list.select(oldest.seq)
    this.pane.list.window.reveal(oldest.seq - this.pane.session.numbers.first)
  }

  async setAnswer(answer: Answer): Promise<void> {
    this.fault = undefined
    try {
      await this.pane.session.setAnswer(answer)
    } catch (error) {
      this.fault = faultOf(error)
    }
  }
}
