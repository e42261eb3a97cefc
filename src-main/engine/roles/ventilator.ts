import { Push } from 'zeromq'
import type { SettingsOf } from '../../contract/index.js'
import { OwnedSocket, type SocketWatcher } from '../socket.js'
import type { Role, RoleHost } from './role.js'
import { Sender } from './sender.js'

/**
 * PUSH: hands tasks out in turn to whoever is connected. `immediate` stays false: with true, what a pipe holds is lost when its sink goes and
 * comes back. Tasks made while nobody is connected wait in our queue instead of in libzmq, where nobody could count them.
 */
export function ventilator(settings: SettingsOf<'ventilator'>, host: RoleHost, watcher: SocketWatcher): Role {
  const { endpoints, options } = settings
  const socket = new OwnedSocket(
    {
      create: (native) => new Push({ ...native, immediate: false }),
      use: { sends: true, receives: false },
      endpoints,
      options,
      index: 0,
      side: 'out',
    },
    watcher,
  )
  const sender = new Sender(socket, host, true)
  return {
    sockets: [socket],
    get queued() {
      return sender.queued
    },
    open: () => socket.open(),
    status: () => ({ role: 'ventilator' }),
    send: (frames) => Promise.resolve(sender.send(frames)),
    linked: () => sender.wake(),
    drained: (limit) => sender.drained(limit),
    async close(deadline) {
      const left = await sender.finish(options, deadline)
      await socket.close(deadline)
      return left
    },
  }
}
