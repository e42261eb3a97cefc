import { Fault, type SettingsOf } from '../../contract/index.js'
import { tideEnd } from '../pipeline/tide.js'
import { OwnedSocket, type SocketWatcher } from '../socket.js'
import { WireSocket } from '../wire/wire-socket.js'
import type { Role, RoleHost } from './role.js'

/** PULL: collects results. Who sent which is not told by ZeroMQ. */
export function sink(settings: SettingsOf<'sink'>, host: RoleHost, watcher: SocketWatcher): Role {
  const { endpoints, options } = settings
  const { member } = host
  const sockets: OwnedSocket<ReturnType<typeof host.reception.sink>>[] = []
  let closed = false
  const letGo = () => {
    member.release?.()
    member.release = undefined
  }

  return {
    sockets,
    queued: 0,
    async open() {
      letGo() // what was told to the sink that it was before
      await host.reception.choose(settings, watcher.guard, (slab, from, to) => {
        for (let i = from; i < to;) {
          const next = slab.since(i + 1, to, tideEnd(slab.time(i)))
          member.collected.add(slab.time(i), next - i)
          i = next
        }
        if (!member.audit.active) return
        for (let i = from; i < to; i++) member.audit.collected([...slab.frames(i)], slab.time(i))
      })
      if (closed) return
      const socket = new OwnedSocket(
        {
          create: (native) => host.reception.sink(native),
          use: { sends: false, receives: true },
          endpoints,
          options,
          index: 0,
          side: 'in',
        },
        watcher,
      )
      sockets.push(socket)
      await socket.open()
      member.links = socket.links
      // zeromq.js does not tell.
      member.waiting = () => (socket.native instanceof WireSocket ? socket.native.waiting : undefined)
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
      closed = true
      member.links = []
      member.waiting = undefined
      await Promise.all(sockets.map((socket) => socket.close(deadline)))
      letGo() // a session that is closed holds nothing back
      return 0
    },
  }
}
