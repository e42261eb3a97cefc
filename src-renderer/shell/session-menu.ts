import { copyText } from '../lib/clipboard.js'
import { roleTitle } from '../lib/words.js'
import { m } from '../paraglide/messages.js'
import type { Action } from '../palette/actions.svelte.js'
import type { SessionView } from '../state/session.svelte.js'
import type { Shell } from './shell.svelte.js'
import { newWindow, tearOff } from './windows.js'

/** A dialog about one session; a new object each time it is asked for. */
export interface SessionDialog {
  readonly what: 'rename' | 'code' | 'settings'
  readonly session: SessionView
}

/** One line of a session's menu; undefined: a line between. */
export interface SessionItem {
  readonly what: string
  readonly title: string
  readonly run: () => unknown
  readonly ready?: boolean
}

/** All that can be done with a session from outside of its pane, as its menu lists it. */
export function sessionMenu(shell: Shell, session: SessionView): (SessionItem | undefined)[] {
  const { bench } = shell
  return [
    { what: 'here', title: m.window_here(), run: () => bench.pick(session) },
    bench.hasWindow(session)
      ? {
          what: 'back',
          title: m.window_take_back(),
          run: () => bench.caller.call('view.takeBack', { id: session.id }),
        }
      : { what: 'window', title: m.window_tear_off(), run: () => tearOff(bench, session) },
    {
      what: 'another',
      title: `${m.window_new({ role: roleTitle(session.role) })}…`,
      run: () => newWindow(bench, session.role),
    },
    undefined,
    ...(session.info.recorded === undefined ? changes(shell, session) : []),
    { what: 'forget', title: m.session_forget(), run: () => bench.forget(session) },
  ]
}

/** What cannot be done with a session of a recording, which is over. */
function changes(shell: Shell, session: SessionView): (SessionItem | undefined)[] {
  const { bench } = shell
  const ask = (what: SessionDialog['what']) => () => (shell.asked = { what, session })
  return [
    { what: 'rename', title: `${m.session_rename()}…`, run: ask('rename') },
    { what: 'settings', title: `${m.session_settings()}…`, run: ask('settings') },
    { what: 'address', title: m.session_copy_address(), run: () => copyAddress(session) },
    { what: 'code', title: `${m.code()}…`, run: ask('code') },
    undefined,
    session.open
      ? { what: 'close', title: m.session_close(), run: () => bench.close(session) }
      : { what: 'reopen', title: m.session_reopen(), run: () => session.reopen() },
    {
      what: 'clear',
      title: m.session_clear(),
      ready: session.numbers.last >= session.numbers.first,
      run: () => bench.clear(session),
    },
    {
      what: 'record',
      title: m.recording_start(),
      run: () => bench.recordings.start({ sessions: [session.id] }),
    },
  ]
}

/** The same for the palette, where each says whose it is. What a pane on the screen registers under the same id stands in its place. */
export function sessionActions(shell: Shell): Action[] {
  return shell.bench.sessions.flatMap((session) =>
    sessionMenu(shell, session).flatMap((item): Action[] => {
      // Going there and another window of its role are listed already, each by itself.
      if (item === undefined || item.what === 'here' || item.what === 'another') return []
      const { what, title, run, ready = true } = item
      return [
        {
          id: `session.${what} ${session.id}`,
          group: 'each',
          title: m.palette_of({ action: title.replace(/…$/, ''), name: session.name }),
          detail: session.address,
          ready,
          run,
        },
      ]
    }),
  )
}

async function copyAddress(session: SessionView): Promise<void> {
  if (!(await copyText(session.address))) throw new Error(m.copy_failed())
}
