import { Fault } from '../contract/index.js'
import type { Recorded } from '../recording/opened.js'

/** The one of that name, or the only one with messages. Throws Fault `BAD_USAGE` or `BAD_RECORDING`. */
export function chooseSession(sessions: readonly Recorded[], name: string | undefined): Recorded {
  const names = sessions.map(({ label }) => JSON.stringify(label)).join(', ')
  if (name !== undefined) {
    const named = sessions.find(({ label }) => label === name)
    if (named !== undefined) return named
    throw new Fault('BAD_USAGE', `There is no session ${JSON.stringify(name)} in this recording; there is ${names}.`)
  }
  const spoken = sessions.filter(({ journal }) => journal.last > 0)
  if (spoken.length > 1)
    throw new Fault('BAD_USAGE', `There are several sessions in this recording: choose one of ${names} with --session.`)
  const only = spoken[0] ?? sessions[0]
  if (only === undefined) throw new Fault('BAD_RECORDING', 'There is nothing in this recording.')
  return only
}
