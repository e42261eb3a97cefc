import type { RoleName, SessionSettings } from '../../contract/index.js'
import type { SocketWatcher } from '../socket.js'
import { client } from './client.js'
import { publisher } from './publisher.js'
import type { Role, RoleFactory, RoleHost } from './role.js'
import { server } from './server.js'
import { sink } from './sink.js'
import { subscriber } from './subscriber.js'
import { ventilator } from './ventilator.js'
import { worker } from './worker.js'

const roles: { readonly [R in RoleName]: RoleFactory<R> } = {
  server,
  client,
  publisher,
  subscriber,
  ventilator,
  worker,
  sink,
}

/** The role that the settings name, not yet open. Throws Fault `BAD_ENDPOINT`. */
export function createRole(settings: SessionSettings, host: RoleHost, watcher: SocketWatcher): Role {
  // The table pairs each name with its own settings; TypeScript cannot follow that through an index.
  const factory = roles[settings.role] as RoleFactory<RoleName>
  return factory(settings, host, watcher)
}
