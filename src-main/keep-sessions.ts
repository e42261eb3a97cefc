import type { LastOpen } from './bridge/workspace.js'
import { Fault } from './contract/index.js'
import type { Engine } from './engine/engine.js'
import type { Store } from './store/store.js'

/** Milliseconds in which changes are gathered: links come and go far more often than settings do. */
const GATHER = 250

export interface KeptSessions extends LastOpen {
  /** Writes the list a last time and ends; to be called before the engine closes. */
  end(): void
}

/**
 * Lists the sessions of the last run, closed, and from then on keeps the profile's list as it is in the engine, demos and recorded ones left out. Those that were
 * open are opened again if the person wants that for good, and wait for an answer otherwise. `tell` hears why a list could not be kept.
 */
export function keepSessions(engine: Engine, store: Store, tell: (fault: Fault) => void): KeptSessions {
  const { sessions: last, open: wasOpen = [], settings } = store.profile
  const listed = last.map((each) => engine.add(each))
  let waiting = settings.reopen === 'never' ? [] : listed.filter((_session, i) => wasOpen[i]).map(({ id }) => id)
  let timer: NodeJS.Timeout | undefined
  let written = JSON.stringify([last, wasOpen])

  const write = () => {
    timer = undefined
    const kept = engine.list().filter((session) => !session.demo && !session.recorded)
    const sessions = kept.map((session) => session.settings)
    // Who has not been asked yet is asked again the next time.
    const open = kept.map((session) => session.alive || waiting.includes(session.id))
    const text = JSON.stringify([sessions, open])
    if (text === written) return
    written = text
    try {
      store.update({ sessions, open })
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      tell(error) // the profile has become too large, say; the sessions go on
    }
  }
  const forget = engine.onChange(() => {
    timer ??= setTimeout(write, GATHER)
  })

  const answer = async (open: boolean): Promise<void> => {
    const asked = waiting
    waiting = []
    if (open) await engine.openAgain(engine.list().filter(({ id }) => asked.includes(id)))
    else timer ??= setTimeout(write, GATHER)
  }
  if (settings.reopen === 'always') answer(true).catch((error: unknown) => error instanceof Fault && tell(error))

  return {
    // What was opened or forgotten meanwhile is no question any more.
    get waiting() {
      return waiting.filter((id) => engine.list().some((session) => session.id === id && !session.alive))
    },
    answer,
    end: () => {
      forget()
      clearTimeout(timer)
      write()
    },
  }
}
