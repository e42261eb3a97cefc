import type { Answer, FaultShape } from '../../../src-main/contract/index.js'
import { decodeText } from '../../../src-main/payload/index.js'
import type { SessionPane } from '../../parts/session-pane.svelte.js'
import { faultOf } from '../../state/workbench.svelte.js'
import { m } from '../../paraglide/messages.js'
import { detached } from '../../lib/detached.svelte.js'
import { ALL, ClientList, clientName } from './clients/clients.svelte.js'
import { conversationOf } from './conversation/conversation.svelte.js'
import { RuleEditor } from './rules/rule-editor.svelte.js'
import { Wall } from './wall/wall.svelte.js'

/** The question that an answer goes to. */
export interface Target {
  readonly seq: number
  /** When it came, ms since 1970. */
  readonly time: number
  /** Why this one: the person selected it, it is the picked client's oldest, or the oldest of all. */
  readonly by: 'selected' | 'client' | 'oldest'
}

/** The server's side of a talk: who waits, which question is answered next, and whether it answers by itself. */
export class ServerDesk {
  readonly pane: SessionPane
  readonly clients: ClientList
  readonly rules: RuleEditor
  readonly wall: Wall
  /** The wall stands in place of the talk. */
  onWall = $state(false)
  /** The fixed answer being written; it becomes the server's own when applied. */
  answerText = $state('')
  fault = $state.raw<FaultShape | undefined>(undefined)

  constructor(pane: SessionPane) {
    this.pane = pane
    const { caller, profile } = pane.bench
    this.clients = new ClientList(caller, pane.session.id)
    this.rules = new RuleEditor(caller, profile, pane.session)
    this.wall = new Wall(caller, pane.session)
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
  /** Clients that have asked so far. */
  get seen(): number {
    return this.pane.session.status('server')?.clients ?? 0
  }
  get pending(): readonly { seq: number; source: number; time: number }[] {
    return this.pane.session.status('server')?.pending ?? []
  }
  /** Source of the client whose talk is shown; undefined for all of them. */
  get source(): number | undefined {
    return this.clients.picked === ALL ? undefined : this.clients.picked
  }
  /** Rules that answer now. */
  get rulesOn(): number {
    return this.rules.inForce.filter(({ on }) => on).length
  }

  /** The question that the next answer goes to: the selected one while it waits, else the oldest of those that are shown. */
  get target(): Target | undefined {
    const selected = this.pending.find(({ seq }) => seq === this.pane.list.selected)
    if (selected !== undefined) return { seq: selected.seq, time: selected.time, by: 'selected' }
    const { source } = this
    if (source !== undefined) {
      // The status is the fresher of the two, and lists the oldest hundred; beyond those the client itself is asked.
      const listed = this.pending.find((each) => each.source === source)
      const known = listed ?? (this.waiting > this.pending.length ? this.clients.client?.oldest : undefined)
      return known === undefined ? undefined : { seq: known.seq, time: known.time, by: 'client' }
    }
    const oldest = this.pending[0]
    return oldest === undefined ? undefined : { seq: oldest.seq, time: oldest.time, by: 'oldest' }
  }

  async send(frames: Uint8Array[]): Promise<void> {
    await this.pane.send(frames, this.target?.seq)
    this.clients.refresh()
    conversationOf(this.pane).follow()
  }
  /** Selects the question that has waited longest, of those that are shown. */
  showOldest(): void {
    const seq = this.clients.client?.oldest?.seq ?? this.pending[0]?.seq
    if (seq === undefined) return
    const talk = conversationOf(this.pane)
    if (this.clients.client?.oldest === undefined) this.clients.pick(ALL)
    this.onWall = false
    talk.source = this.source
    talk.show(seq)
  }
  nameOf(source: number): string {
    const client = this.clients.get(source)
    return client === undefined ? m.client_number({ n: source }) : clientName(client)
  }
  /** Text of the selected question, or of the next to answer; undefined if there is none, or it is no text. */
  async question(): Promise<string | undefined> {
    const seq = this.pane.list.selected || this.target?.seq || 0
    if (seq === 0) return undefined
    try {
      const { frames } = await this.pane.session.message(seq)
      return decodeText(frames[0]?.bytes ?? new Uint8Array())
    } catch {
      return undefined
    }
  }

  /** @param waiting whether those that wait already are answered so too */
  async setAnswer(answer: Answer, waiting = false): Promise<void> {
    this.fault = undefined
    try {
      await this.pane.session.setAnswer(answer, waiting)
      if (answer.kind === 'text') this.answerText = answer.text
    } catch (error) {
      this.fault = faultOf(error)
    }
  }
}

const desks = new WeakMap<SessionPane, ServerDesk>()

/** The desk of a pane, made when first shown and kept: drafts of rules and the picked client outlive a look at another desk. */
export function serverDesk(pane: SessionPane): ServerDesk {
  let desk = desks.get(pane)
  if (desk === undefined) {
    desk = detached(() => new ServerDesk(pane))
    desks.set(pane, desk)
  }
  return desk
}
