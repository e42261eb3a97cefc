import { Push } from 'zeromq'
import type { SettingsOf } from '../../contract/index.js'
import { OwnedSocket, type SocketWatcher } from '../socket.js'
import type { DealingPort } from './dealing.js'
import { quickSend } from './quick-send.js'

/** PUSH: to each in turn. `immediate` stays false: with true, what a pipe holds is lost when its peer goes and comes back. */
export function byTurns(
  settings: SettingsOf<'ventilator'>,
  watcher: SocketWatcher,
): { socket: OwnedSocket<Push>; port: DealingPort } {
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
  const send = quickSend(socket)
  const port: DealingPort = {
    ready: () => !socket.closing && socket.up,
    have: () => socket.links.reduce((sum, link) => sum + Math.max(link.peers, link.up ? 1 : 0), 0),
    // Asking makes libzmq look at its new connections: a send does so only once in a while (ZMQ_EVENTS in zmq_getsockopt(3); socket_base.cpp, `process_commands`).
    settle: () => void socket.native.writable,
    write: send as DealingPort['write'],
  }
  return { socket, port }
}
