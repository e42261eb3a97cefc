import { Fault, type SettingsOf } from '../../contract/index.js'
import { now } from '../clock.js'
import { OwnedSocket, type SocketWatcher } from '../socket.js'
import type { Role, RoleHost } from './role.js'

/**
 * SUB: the radio. One socket per endpoint, so that a row can say which station it came from (a shared socket would not tell), with its own link state.
 */
export function subscriber(settings: SettingsOf<'subscriber'>, host: RoleHost, watcher: SocketWatcher): Role {
  const topics = new Set(settings.topics)
  const tunedIn = now()
  const sockets: OwnedSocket<ReturnType<typeof host.reception.subscriber>>[] = []
  /** Those whose topics may be set: none is touched while it binds, which zeromq.js does on another thread. */
  const opened: typeof sockets = []
  let closed = false

  return {
    sockets,
    queued: 0,
    async open() {
      await host.reception.choose(settings, watcher.guard)
      if (closed) return
      settings.endpoints.forEach((endpoint, index) => {
        sockets.push(
          new OwnedSocket(
            {
              create: (options) => host.reception.subscriber(options, index),
              use: { sends: false, receives: true },
              endpoints: [endpoint],
              options: settings.options,
              index,
              side: 'in',
            },
            watcher,
          ),
        )
      })
      for (const [source, socket] of sockets.entries()) {
        await socket.open()
        if (socket.closing) return
        if (topics.size > 0) socket.native.subscribe(...topics) // without arguments it would mean: everything
        opened.push(socket)
        socket.read(
          (frames, time) => void host.record('in', frames, { time, source }),
          () => host.countMalformed(),
          (error) => host.fail(error),
        )
      }
    },
    status: () => ({ role: 'subscriber', topics: [...topics], tunedIn }),
    send: () => Promise.reject(new Fault('CANNOT_SEND', 'A subscriber only listens. Open a publisher to send.')),
    subscribe(topic) {
      if (topics.has(topic)) return
      topics.add(topic)
      for (const socket of opened) if (!socket.closing) socket.native.subscribe(topic)
      host.tell('subscribed', '', topic)
      host.changed()
    },
    unsubscribe(topic) {
      if (!topics.delete(topic)) return
      for (const socket of opened) if (!socket.closing) socket.native.unsubscribe(topic)
      host.tell('unsubscribed', '', topic)
      host.changed()
    },
    async close(deadline) {
      closed = true
      await Promise.all(sockets.map((socket) => socket.close(deadline)))
      return 0
    },
  }
}
