import { Fault } from './contract/index.js'
import type { Engine } from './engine/engine.js'
import type { Store } from './store/store.js'

/** Milliseconds in which changes are gathered: links come and go far more often than settings do. */
const GATHER = 250

/**
 * Lists the sessions of the last run, closed, and from then on keeps the profile's list as it is in the engine, demos and recorded ones left out. What it returns writes the
 * list a last time and ends it; call it before the engine closes. `tell` hears why a list could not be kept.
 */
export function keepSessions(engine: Engine, store: Store, tell: (fault: Fault) => void): () => void {
  for (const settings of store.profile.sessions) engine.add(settings)
  let timer: NodeJS.Timeout | undefined
  let written = JSON.stringify(store.profile.sessions)

  const write = () => {
    timer = undefined
    const sessions = engine.list().flatMap((session) => (session.demo || session.recorded ? [] : [session.settings]))
    const text = JSON.stringify(sessions)
    if (text === written) return
    written = text
    try {
      store.update({ sessions })
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      tell(error) // the profile has become too large, say; the sessions go on
    }
  }
  const forget = engine.onChange(() => {
    timer ??= setTimeout(write, GATHER)
  })
  return () => {
    forget()
    clearTimeout(timer)
    write()
  }
}
