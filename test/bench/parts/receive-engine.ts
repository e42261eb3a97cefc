import { boundPort, openSession } from './engine.js'
import { Engine } from '../../../src-main/engine/engine.js'
import type { Session } from '../../../src-main/engine/session.js'
import type { Commands } from '../part.js'
import { measure, type Span } from './measure.js'

/** Rows that fit a screen, and the bytes of each that it shows. */
const SHOWN_ROWS = 50
const SHOWN_BYTES = 256

interface ReceivingEngine {
  readonly role?: 'sink' | 'subscriber'
  readonly driver: 'wire' | 'portable'
  readonly journalBytes?: number
  /** Whether nobody looks: no view is attached. */
  readonly hidden?: boolean
}

/**
 * The engine as the app runs it, from the socket to the journal: a sink, every message kept, a view attached that is told 20 times a second and asks each time
 * for the rows of one screen. Each opening is an engine without memory of its own yet: that is to be had from the system, page by page, some 0.7 µs for a
 * message of 1 KB. With few `journalBytes` they are full before the window begins, and used again and again, as in an app that has listened for a while.
 */
export function receiveEngine({ role = 'sink', driver, journalBytes, hidden = false }: ReceivingEngine): Commands {
  let engine: Engine
  let session: Session
  return {
    async open() {
      engine = new Engine(journalBytes === undefined ? {} : { journalBytes })
      if (!hidden) watch(engine)
      const endpoints = [{ method: 'bind' as const, address: 'tcp://127.0.0.1:*' }]
      session = await openSession(engine, { role, driver, endpoints })
      return { port: boundPort(session) }
    },
    measure: (window: Span) => measure(() => session.numbers().in.messages, window),
    async close() {
      const { first, last, evicted, in: received } = session.numbers()
      if (received.messages !== last || evicted !== first - 1) throw new Error('The journal does not add up.')
      await engine.close()
    },
  }
}

function watch(engine: Engine): void {
  engine.attach({
    session: () => undefined,
    gone: () => undefined,
    pulse: (sessions) => {
      for (const { id, last } of sessions)
        engine.session(id).page(Math.max(1, last - SHOWN_ROWS + 1), SHOWN_ROWS, SHOWN_BYTES)
    },
  })
}
