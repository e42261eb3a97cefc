import * as v from 'valibot'
import { SessionSettingsSchema, type SessionSettingsInput } from '../../../src-main/contract/index.js'
import type { Engine } from '../../../src-main/engine/engine.js'
import type { Session } from '../../../src-main/engine/session.js'

/** Opens a session with the defaults that the app would give it. Throws when it does not open. */
export async function openSession(engine: Engine, settings: SessionSettingsInput): Promise<Session> {
  const session = await engine.open(v.parse(SessionSettingsSchema, settings))
  if (session.state.kind !== 'open') throw new Error(`The session is ${JSON.stringify(session.state)}.`)
  return session
}

export function boundPort(session: Session): number {
  return Number(session.info().links[0]?.actual.split(':').at(-1))
}
