import type { SettingsOf } from '../../contract/index.js'
import { now } from '../clock.js'
import { byDemand } from '../pipeline/by-demand.js'
import { byTurns } from '../pipeline/by-turns.js'
import { Dealing } from '../pipeline/dealing.js'
import type { SocketWatcher } from '../socket.js'
import type { Role, RoleHost } from './role.js'

/**
 * Hands tasks out: in turn to whoever is connected (PUSH), or to those who ask (ROUTER). Tasks made while nobody is there wait in our queue instead of in
 * libzmq, where nobody could count them.
 */
export function ventilator(settings: SettingsOf<'ventilator'>, host: RoleHost, watcher: SocketWatcher): Role {
  const { member } = host
  const demand = settings.mode === 'demand' ? byDemand(settings, host, member, watcher) : undefined
  const { socket, port } = demand ?? byTurns(settings, watcher)
  const dealing = new Dealing(port, host, member.handed)
  const put = (frames: readonly Uint8Array[]): number => dealing.push(frames, now())
  return {
    sockets: [socket],
    get queued() {
      return dealing.queued
    },
    async open() {
      await socket.open()
      demand?.read(() => dealing.wake())
      member.links = socket.links
      member.dealing = dealing
    },
    status: () => ({
      role: 'ventilator',
      ...(dealing.need > 0 ? { waiting: { have: dealing.have, need: dealing.need } } : {}),
    }),
    send: (frames) => Promise.resolve({ seq: put(frames) }),
    put,
    linked: () => dealing.wake(),
    drained: (limit) => dealing.drained(limit),
    async close(deadline) {
      member.dealing = undefined
      const left = await dealing.finish(deadline ?? settings.options.linger)
      member.links = []
      member.askers = undefined
      await socket.close(deadline)
      return left
    },
  }
}
