import { Fault, type SettingsOf } from '../../contract/index.js'
import { WorkerCrew } from '../pipeline/crew.js'
import type { SocketWatcher } from '../socket.js'
import type { Role, RoleHost } from './role.js'

/** Workers, each of which takes tasks, works on them and passes the results on: see Workman. */
export function worker(settings: SettingsOf<'worker'>, host: RoleHost, watcher: SocketWatcher): Role {
  const crew = new WorkerCrew(settings, host, watcher)
  const { member } = host
  return {
    get sockets() {
      return crew.workers.flatMap(({ sockets }) => sockets)
    },
    links: () => crew.summary(),
    get queued() {
      return crew.queued
    },
    async open() {
      member.crew = crew
      member.retune = (changed) => crew.retune(changed)
      await crew.open()
    },
    status: () => ({ role: 'worker', inHand: crew.inHand }),
    send: () =>
      Promise.reject(new Fault('CANNOT_SEND', 'A worker passes on what it takes. Open a ventilator to send tasks.')),
    drained: (limit) => crew.drained(limit),
    async close(deadline) {
      member.retune = undefined
      const left = await crew.close(deadline)
      member.crew = undefined
      return left
    },
  }
}
