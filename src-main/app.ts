import { createRequire } from 'node:module'
import { release } from 'node:os'
import { join } from 'node:path'
import { curveKeyPair, version as libzmq } from 'zeromq'
import { report } from './bridge/faults.js'
import type { App as Shared } from './bridge/serve.js'
import { Views } from './bridge/views.js'
import type { AppInfo } from './contract/index.js'
import { Engine } from './engine/engine.js'
import { watchMemory } from './engine/watchdog.js'
import { whyNoWire } from './engine/wire/wire.js'
import { wishOf } from './engine/wish.js'
import { keepSessions } from './keep-sessions.js'
import { Notices } from './notices.js'
import { Recordings } from './recording/recordings.js'
import { Protobuf } from './proto/protobuf.js'
import { profileDirectory } from './store/location.js'
import { openKeys, type Cipher } from './store/keys.js'
import { DEFAULT_PROFILE } from './store/profile-name.js'
import { openStore } from './store/store.js'

export interface AppOptions {
  host: AppInfo['host']
  /** Folder of the profiles, if not the usual one. */
  directory?: string
  /** Name of the profile. */
  profile?: string
  /** The system's keychain, where the host has one. */
  cipher?: Cipher | undefined
  /** What `--receive` says, if it was given. */
  receive?: string | undefined
}

export interface App extends Shared {
  /** No socket, timer or unsaved change is left when it resolves, which takes under 2 s. */
  close(): Promise<void>
}

/** Engine, store and notices, as the desktop app and browser mode share them: whoever hosts adds views. */
export async function createApp({
  host,
  directory = profileDirectory(),
  profile = DEFAULT_PROFILE,
  cipher,
  receive,
}: AppOptions): Promise<App> {
  wishOf({ command: receive }) // A word that means nothing ends the start.
  const notices = new Notices()
  notices.onNotice(({ fault }, again) => {
    if (!again) report(fault.message)
  })
  const tell = notices.add.bind(notices)
  const store = await openStore({ directory, name: profile, tell })
  const keys = await openKeys({ directory, cipher, make: curveKeyPair, tell })
  const protobuf = new Protobuf()
  const wish = () => wishOf({ command: receive, preference: store.profile.settings.receive })
  const engine = new Engine({
    journalBytes: store.profile.settings.journalBytes,
    protobuf,
    keyring: keys,
    driver: () => wish().wish,
  })
  const recordings = new Recordings({ engine, folder: join(directory, 'recordings'), version: SOCKETEER_VERSION })
  const views = new Views({ close: (id) => void closeSession(engine, id) })
  const kept = keepSessions(engine, store, (fault) => notices.add('warning', fault))
  const budget = store.profile.settings.memoryBudget
  const unguard = budget === 0 ? () => undefined : watchMemory(engine, { budget, tell })
  return {
    engine,
    store,
    keys,
    notices,
    views,
    lastOpen: kept,
    protobuf,
    about: {
      version: SOCKETEER_VERSION,
      host,
      versions: versions(),
      platform: `${process.platform} ${process.arch}, ${release()}`,
    },
    recordings,
    receive: async () => ({ ...wish(), unavailable: await whyNoWire() }),
    close: async () => {
      kept.end()
      unguard()
      views.close()
      // What is recorded is read from sessions, so they are to be there as long as it is.
      await Promise.all([recordings.close().then(() => engine.close()), store.close()])
    },
  }
}

/** It may be gone by now, and then there is nothing to close. */
async function closeSession(engine: Engine, id: string): Promise<void> {
  if (engine.list().some((session) => session.id === id)) await engine.session(id).close()
}

function versions(): Record<string, string> {
  // Electron's are there under Electron only, whatever its types say.
  const { node = '', electron, chrome } = process.versions as Record<string, string | undefined>
  const { version: zeromq } = createRequire(import.meta.url)('zeromq/package.json') as { version: string }
  return {
    socketeer: SOCKETEER_VERSION,
    zeromq,
    libzmq,
    node,
    ...(electron === undefined ? {} : { electron }),
    ...(chrome === undefined ? {} : { chrome }),
  }
}
