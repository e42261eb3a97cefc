import { Pull } from 'zeromq'
import { Fault, type SettingsOf } from '../../contract/index.js'
import { OwnedSocket, type SocketWatcher } from '../socket.js'
import type { Role, RoleHost } from './role.js'

/** PULL: collects results. Who sent which is not told by ZeroMQ. */
export function sink(settings: SettingsOf<'sink'>, host: RoleHost, watcher: SocketWatcher): Role {
  const { endpoints, options } = settings
  const { member } = host
  const socket = new OwnedSocket(
    {
      create: (native) => new Pull(native),
      use: { sends: false, receives: true },
      endpoints,
      options,
      index: 0,
      side: 'in',
    },
    watcher,
  )
  return {
    sockets: [socket],
    queued: 0,
    async open() {
      await socket.open()
      member.links = socket.links
      member.release = undefined
      socket.read(
        (frames, time) => {
          host.record('in', frames, { time })
          member.collected.add(time)
          member.audit.collected(frames, time)
          return host.held()
        },
        () => host.countMalformed(),
        (error) => host.fail(error),
      )
    },
    status: () => ({ role: 'sink' }),
    send: () => Promise.reject(new Fault('CANNOT_SEND', 'A sink only collects. Open a ventilator to send tasks.')),
    async close(deadline) {
      member.links = []
      await socket.close(deadline)
      return 0
    },
  }
}
