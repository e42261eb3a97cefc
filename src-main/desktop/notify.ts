import { BrowserWindow, Notification } from 'electron'
import type { SessionInfo, Undo } from '../contract/index.js'
import type { Profiles } from './theme.js'
import { wordsOf } from './words.js'

/** As much of the engine as this needs. */
export interface Sessions {
  list(): readonly { info(): SessionInfo }[]
  onChange(listener: () => void): Undo
}

/** Milliseconds in which changes are gathered, so that a server that goes with a hundred links is one look at them. */
const GATHER = 250

/** Tells through the system of each link that was up and is not, where the person wants it and sees no window. A link that was closed is not lost. */
export function notifyLost(sessions: Sessions, profiles: Profiles, show: () => void): void {
  let up = new Map<string, string>()
  let timer: NodeJS.Timeout | undefined
  const look = (): void => {
    timer = undefined
    const before = up
    const infos = sessions.list().map((session) => session.info())
    up = new Map(infos.flatMap(upLinks))
    if (profiles.profile.settings.notifyLost !== true || !Notification.isSupported() || seen()) return
    const open = new Set(infos.filter(({ state }) => state.kind === 'open').map(({ id }) => id))
    const lost = [...before].filter(([key]) => !up.has(key) && open.has(key.split(' ')[0] ?? ''))
    if (lost.length === 0) return
    const notification = new Notification({
      title: wordsOf(profiles.profile).lost,
      body:
        lost
          .map(([, name]) => name)
          .slice(0, 4)
          .join('\n') + (lost.length > 4 ? `\n+ ${lost.length - 4}` : ''),
    })
    notification.on('click', show)
    notification.show()
  }
  sessions.onChange(() => {
    timer ??= setTimeout(look, GATHER)
    timer.unref()
  })
}

/** Links that are up, by session and index, with what a person calls them. */
function upLinks({ id, settings, links }: SessionInfo): [string, string][] {
  return links.flatMap(({ state, index, address }): [string, string][] =>
    state === 'up' ? [[`${id} ${index}`, settings.name === '' ? address : `${settings.name} (${address})`]] : [],
  )
}

function seen(): boolean {
  return BrowserWindow.getAllWindows().some((window) => window.isVisible() && !window.isMinimized())
}
