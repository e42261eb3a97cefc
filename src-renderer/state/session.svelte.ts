import {
  PageView,
  type Answer,
  type LinkEvent,
  type PageRow,
  type RoleName,
  type RoleStatus,
  type Rule,
  type SessionInfo,
  type SessionNumbers,
  type SessionSettings,
  type SessionSettingsInput,
} from '../../src-main/contract/index.js'
import type { CallOptions, Caller } from '../bridge/client.js'
import { roleTitle } from '../lib/words.js'
import { listRows, RowCache, type ListRow } from './rows.svelte.js'

/** Timeline entries kept on this side; the engine has the rest. */
const TIMELINE_KEPT = 1000

const nothing = { messages: 0, bytes: 0, rate1: 0, rate10: 0 }
const noNumbers = (id: string): SessionNumbers => ({
  id,
  first: 1,
  last: 0,
  revision: 0,
  kept: 0,
  evicted: 0,
  in: nothing,
  out: nothing,
  queued: 0,
  malformed: 0,
  refused: 0,
  late: 0,
})

/** One session as this page knows it, and what can be done with it. */
export class SessionView {
  readonly id: string
  readonly rows: RowCache<ListRow>
  readonly #caller: Caller
  #info: SessionInfo = $state.raw() as SessionInfo
  #numbers: SessionNumbers = $state.raw() as SessionNumbers
  #timeline = $state.raw<readonly LinkEvent[]>([])
  #readingTimeline = false

  constructor(caller: Caller, info: SessionInfo) {
    this.#caller = caller
    this.id = info.id
    this.#info = info
    this.#numbers = noNumbers(info.id)
    this.rows = new RowCache(caller, info.id, () => this.#numbers, listRows())
  }

  get info(): SessionInfo {
    return this.#info
  }
  get numbers(): SessionNumbers {
    return this.#numbers
  }
  get settings(): SessionSettings {
    return this.#info.settings
  }
  get role(): RoleName {
    return this.#info.settings.role
  }
  get name(): string {
    return this.settings.name || roleTitle(this.role)
  }
  get timeline(): readonly LinkEvent[] {
    return this.#timeline
  }
  /** Whether its sockets are there: it can send and hear. */
  get open(): boolean {
    return this.#info.state.kind === 'open'
  }
  /** What only this role knows; undefined while asked as another role. */
  status<R extends RoleName>(role: R): Extract<RoleStatus, { role: R }> | undefined {
    const { status } = this.#info
    return status.role === role ? (status as Extract<RoleStatus, { role: R }>) : undefined
  }
  /** Its first address as it turned out: with the port that `*` became. */
  get address(): string {
    const first = this.settings.endpoints[0]
    return this.#info.links[0]?.actual || (first?.address ?? '')
  }

  /** From a pulse or a snapshot. */
  count(numbers: SessionNumbers): void {
    this.#numbers = numbers
  }
  change(info: SessionInfo): void {
    this.#info = info
  }
  /** After the line was lost: rows and timeline may be another engine's. */
  restart(info: SessionInfo, numbers: SessionNumbers | undefined): void {
    this.#info = info
    this.#numbers = numbers ?? noNumbers(info.id)
    this.#timeline = []
    this.rows.reset()
  }

  /** Brings the timeline up to date; called while somebody looks at it. */
  async readTimeline(): Promise<void> {
    if (this.#readingTimeline) return
    this.#readingTimeline = true
    try {
      for (;;) {
        const after = this.#timeline.at(-1)?.seq ?? 0
        // The newest entry may still be counting up (`× 12`), so it is asked for again.
        if (after >= this.#info.lastEvent && after > 0) break
        const more = await this.#caller.call('session.timeline', { id: this.id, after: Math.max(0, after - 1) })
        const fresh = more.filter(({ seq }) => seq >= after)
        if (fresh.length === 0) break
        this.#timeline = grown(this.#timeline, fresh).slice(-TIMELINE_KEPT)
        if (more.length < 500) break
      }
    } catch {
      // The line is down or the session gone; the badge says so already.
    } finally {
      this.#readingTimeline = false
    }
  }

  async message(seq: number, options?: CallOptions): Promise<PageRow> {
    const page = await this.#caller.call('session.message', { id: this.id, seq }, options)
    return new PageView(page).row(0)
  }
  /** The address of whoever sent a row; undefined where that is not known. */
  peerOf(seq: number, options?: CallOptions): Promise<string | undefined> {
    return this.#caller.call('session.peer', { id: this.id, seq }, options)
  }
  send(frames: Uint8Array[], answers?: number): Promise<{ seq: number }> {
    // What is typed and encoded here is never shared memory; the type of the contract says so, the encoders' does not.
    const own = frames as Uint8Array<ArrayBuffer>[]
    return this.#caller.call('session.send', {
      id: this.id,
      frames: own,
      ...(answers === undefined ? {} : { answers }),
    })
  }
  cancel(): Promise<undefined> {
    return this.#caller.call('session.cancel', { id: this.id })
  }
  subscribe(topic: string): Promise<undefined> {
    return this.#caller.call('session.subscribe', { id: this.id, topic })
  }
  unsubscribe(topic: string): Promise<undefined> {
    return this.#caller.call('session.unsubscribe', { id: this.id, topic })
  }
  async close(): Promise<void> {
    this.change(await this.#caller.call('session.close', { id: this.id }))
  }
  async reopen(settings: SessionSettingsInput = this.settings): Promise<void> {
    this.change(await this.#caller.call('session.reopen', { id: this.id, settings }))
  }
  /** Gives it another name; its sockets are not touched. */
  async rename(name: string): Promise<void> {
    this.change(await this.#caller.call('session.rename', { id: this.id, name }))
  }
  /** Puts a server's rules in force; rejects with BAD_RULE, and then nothing changes. */
  async setRules(rules: readonly Rule[]): Promise<void> {
    this.change(await this.#caller.call('session.rules', { id: this.id, rules: [...rules] }))
  }
  /** How a server answers what no rule does. @param waiting whether those that wait already are answered so too */
  async setAnswer(answer: Answer, waiting = false): Promise<void> {
    this.change(await this.#caller.call('session.answer', { id: this.id, answer, waiting }))
  }
  clear(): Promise<undefined> {
    return this.#caller.call('session.clear', { id: this.id })
  }
  unclear(): Promise<undefined> {
    return this.#caller.call('session.unclear', { id: this.id })
  }
  /** Says that it is about to be forgotten, or no longer is: then it goes also if this page does. */
  leaving(leaving: boolean): Promise<undefined> {
    return this.#caller.call('session.leaving', { id: this.id, leaving })
  }
  forget(): Promise<undefined> {
    return this.#caller.call('session.forget', { id: this.id })
  }
}

/** The timeline with what is new: a line that grew takes the place of its older self, which had a smaller number and count. */
export function grown(lines: readonly LinkEvent[], fresh: readonly LinkEvent[]): LinkEvent[] {
  const first = fresh[0]?.seq ?? Infinity
  const kept = lines.filter(({ seq }) => seq < first)
  for (const event of fresh) {
    if (event.count === 1) continue
    const at = kept.findLastIndex(({ address }) => address === event.address)
    const before = kept[at]
    if (before?.kind === event.kind && before.detail === event.detail && before.count < event.count) kept.splice(at, 1)
  }
  return [...kept, ...fresh]
}
