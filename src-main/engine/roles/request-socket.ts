import { Request } from 'zeromq'
import type { SettingsOf } from '../../contract/index.js'
import { OwnedSocket, type SocketWatcher } from '../socket.js'

/** Milliseconds that libzmq has to take a question while the link is up; longer means that it just went down. */
const SEND_TIMEOUT = 500

/** The REQ socket of a client, strict or not. */
export function openRequest(settings: SettingsOf<'client'>, watcher: SocketWatcher): OwnedSocket<Request> {
  const { endpoints, options, strict, envelope } = settings
  const mode = strict
    ? { relaxed: false, correlate: false, sendTimeout: 0 } // by default a send out of turn would hang instead of failing
    : { relaxed: true, correlate: envelope === 'correlated', sendTimeout: SEND_TIMEOUT }
  return new OwnedSocket(
    {
      create: (native) =>
        new Request({
          ...native,
          ...mode,
          // With several servers, only those that are there are asked. With one it must be off: on, libzmq throws away what has arrived but is not read yet when the
          // connection ends (session_base.cpp, `reconnect`), so the answer of a server that answers and goes was lost. The client itself waits for the link.
          immediate: endpoints.length > 1,
          linger: strict ? native.linger : 0,
        }),
      use: { sends: true, receives: true, heartbeats: true },
      endpoints,
      options: strict ? options : { ...options, linger: 0 },
      index: 0,
      side: 'out',
    },
    watcher,
  )
}
