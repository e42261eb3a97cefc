import type { Endpoint, Reach, SessionSettings, Workspace, WorkspacePlan } from '../contract/index.js'
import { parseEndpoint } from '../engine/endpoint.js'
import type { Engine } from '../engine/engine.js'
import type { Store } from '../store/store.js'
import { additions, readWorkspace, writeWorkspace } from '../store/workspace.js'
import type { Handlers } from './dispatch.js'

/** What was open when Socketeer last ended, until the person has said what becomes of it. */
export interface LastOpen {
  /** Ids of the sessions that wait for an answer. */
  readonly waiting: readonly string[]
  /** Opens their sockets, or leaves them closed; later calls find nobody waiting. */
  answer(open: boolean): Promise<void>
}

/** Saving and opening a workspace, and going on where the last run ended. */
export function workspaceHandlers({ engine, store, lastOpen }: { engine: Engine; store: Store; lastOpen: LastOpen }) {
  return {
    'workspace.save': () => writeWorkspace(store.profile, kept(engine)),
    'workspace.plan': ({ text }) => planOf(readWorkspace(text)),
    'workspace.open': async ({ text, open, replace }) => {
      const workspace = readWorkspace(text)
      store.update(additions(store.profile, workspace))
      if (replace) await Promise.all(engine.list().map((session) => engine.forget(session.id)))
      const added = workspace.sessions.map((settings) => engine.add(settings))
      await engine.openAgain(added.filter((_session, i) => open.includes(i)))
      return added.map((session) => session.info())
    },
    'session.lastOpen': () => [...lastOpen.waiting],
    'session.restore': async ({ open, remember }) => {
      if (remember) store.update({ settings: { ...store.profile.settings, reopen: open ? 'always' : 'never' } })
      await lastOpen.answer(open)
      return undefined
    },
  } satisfies Partial<Handlers>
}

/** Settings of the sessions that a person made. */
function kept(engine: Engine): SessionSettings[] {
  return engine.list().flatMap((session) => (session.demo || session.recorded ? [] : [session.settings]))
}

function planOf(workspace: Workspace): WorkspacePlan {
  return {
    sessions: workspace.sessions.map((settings) => ({
      name: settings.name,
      role: settings.role,
      endpoints: endpointsOf(settings).map((endpoint) => ({ ...endpoint, reach: reachOf(endpoint) })),
    })),
    rules: workspace.rules.length,
    library: workspace.library.length,
    presets: workspace.presets.length,
    desk: workspace.layout.desk,
  }
}

const endpointsOf = (settings: SessionSettings): Endpoint[] => [
  ...settings.endpoints,
  ...(settings.role === 'worker' ? settings.forward : []),
]

function reachOf({ address, method }: Endpoint): Reach {
  try {
    const { scheme, loopback } = parseEndpoint(address, method)
    return scheme === 'ipc' ? 'file' : loopback ? 'machine' : 'network'
  } catch {
    return 'wrong'
  }
}
