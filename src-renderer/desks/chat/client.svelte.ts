import { span } from '../../lib/format.js'
import { m } from '../../paraglide/messages.js'
import type { SessionPane } from '../../parts/session-pane.svelte.js'
import type { Tone } from '../../parts/link-summary.js'

/** The client's side of a talk: whose turn it is, and how long the answer may still take. */
export class ClientDesk {
  readonly pane: SessionPane

  constructor(pane: SessionPane) {
    this.pane = pane
  }

  get status() {
    return this.pane.session.status('client')
  }
  get strict(): boolean {
    const { settings } = this.pane.session
    return settings.role === 'client' && settings.strict
  }
  /** A question is out: sent, or held until the server is back. */
  get out(): boolean {
    return this.status !== undefined && this.status.turn !== 'yours'
  }

  /** Whose turn it is, in words. @param at ms since 1970 */
  turn(at: number): { tone: Tone; words: string; part: number | undefined } {
    const { status } = this
    if (status === undefined || status.turn === 'yours') {
      const last = status === undefined || status.last === 'none' ? '' : ` · ${m[`turn_last_${status.last}`]()}`
      return { tone: status?.last === 'no-reply' ? 'bad' : 'ok', words: m.turn_yours() + last, part: undefined }
    }
    if (status.turn === 'link-down') return { tone: 'wait', words: m.turn_link_down(), part: undefined }
    // The engine's clock and this one may differ a little where the page is on another machine.
    const waited = Math.max(0, at - status.since)
    if (status.deadline === 0)
      return { tone: 'wait', words: m.turn_waiting_strict({ s: span(waited) }), part: undefined }
    return {
      tone: 'wait',
      words: m.turn_waiting({
        s: span(waited),
        deadline: span(status.deadline),
        n: status.attempt,
        tries: status.tries,
      }),
      part: Math.min(1, waited / status.deadline),
    }
  }

  /** Why nothing can be asked now. In strict mode one may try all the same: that is the lesson. */
  get blocked(): string | undefined {
    if (!this.pane.session.open) return m.compose_closed()
    return this.out && !this.strict ? m.turn_not_yours() : undefined
  }
}
