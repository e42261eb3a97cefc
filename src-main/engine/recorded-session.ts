import type { LinkEvent, RecordedFile, SessionInfo, SessionSettings } from '../contract/index.js'
import { Fault } from '../contract/index.js'
import type { Journal } from './journal.js'
import { Session } from './session.js'
import type { SessionWatcher } from './session-watcher.js'

/** What is known of a session that is over. */
export interface RecordedSessionParts {
  readonly settings: SessionSettings
  readonly journal: Journal
  readonly recorded: RecordedFile
  /** Messages that came in and went out, and payload bytes where they are known. */
  readonly totals: { readonly in: number; readonly out: number; readonly bytes: number }
  readonly links: readonly LinkEvent[]
}

/** A session of another time: it has rows, figures and a timeline as any other, and no sockets. */
export class RecordedSession extends Session {
  override readonly recorded: RecordedFile

  constructor(id: string, parts: RecordedSessionParts, watcher: SessionWatcher) {
    super(id, parts.settings, { open: () => parts.journal }, watcher)
    this.recorded = parts.recorded
    const { counters, events } = this
    counters.in.messages = parts.totals.in
    counters.out.messages = parts.totals.out
    // Which way they went is not known of bytes; most recordings are of what was heard.
    const heard = parts.totals.in >= parts.totals.out
    ;(heard ? counters.in : counters.out).bytes = parts.totals.bytes
    for (const event of parts.links) events.restore(event)
  }

  override info(): SessionInfo {
    return { ...super.info(), recorded: this.recorded }
  }

  override open(): Promise<void> {
    return Promise.reject(readOnly())
  }

  override reopen(): Promise<void> {
    return Promise.reject(readOnly())
  }

  override clear(): never {
    throw readOnly()
  }
}

export function readOnly(): Fault {
  return new Fault('READ_ONLY', 'This was recorded and is over: it can be looked at and replayed, but not changed.')
}
