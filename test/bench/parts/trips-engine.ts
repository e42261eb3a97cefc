import { Engine } from '../../../src-main/engine/engine.js'
import type { Session } from '../../../src-main/engine/session.js'
import type { Commands } from '../part.js'
import { boundPort, openSession } from './engine.js'
import { message, trips } from './trips.js'

/** A client and a server as the app runs them: rows, counters, status, a view. */
export function askEngine(): Commands {
  const engine = watchedEngine()
  let session: Session
  return {
    async open({ port }: { port: number }) {
      session = await openSession(engine, {
        role: 'client',
        endpoints: [{ method: 'connect', address: `tcp://127.0.0.1:${port}` }],
      })
    },
    measure: ({ count }: { count: number }) => trips(count, () => session.ask([message])),
  }
}

export function answerEngine(): Commands {
  const engine = watchedEngine()
  return {
    async open() {
      const session = await openSession(engine, {
        role: 'server',
        endpoints: [{ method: 'bind', address: 'tcp://127.0.0.1:*' }],
        answer: { kind: 'text', text: message.toString() },
      })
      return { port: boundPort(session) }
    },
  }
}

function watchedEngine(): Engine {
  const engine = new Engine()
  engine.attach({ session: () => undefined, gone: () => undefined, pulse: () => undefined })
  return engine
}
