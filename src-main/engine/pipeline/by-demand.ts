import { Router } from 'zeromq'
import type { SettingsOf } from '../../contract/index.js'
import { now } from '../clock.js'
import type { RoleHost } from '../roles/role.js'
import { OwnedSocket, type SocketWatcher } from '../socket.js'
import type { DealingPort } from './dealing.js'
import type { Hand } from './hand.js'
import type { Asker, Member } from './member.js'
import { Tide } from './tide.js'

/** Most tasks that one message can ask for; workers kept in mind. */
const MOST_ASKED = 1_000_000
const MOST_ASKERS = 10_000
/** Milliseconds after which those are tried again that had no room, where nobody else has asked. */
const REST = 5

class Worker implements Asker {
  readonly identity: Uint8Array
  name = ''
  /** Which of ours it is. */
  hand: Hand | undefined
  /** Tasks that it has asked for and not been given. */
  credit = 0
  readonly tide = new Tide()
  /** Whether it stands in the line of those with credit. */
  inLine = false

  constructor(identity: Uint8Array) {
    this.identity = identity
  }

  get given(): number {
    return this.tide.count
  }

  get rate(): number {
    return this.tide.rate(now())
  }
}

/**
 * ROUTER: to whoever has asked, one task for each asked for, those first that have waited longest. A worker's message is a number of tasks as decimal text (empty: one)
 * and, if it likes, its name in a second frame. Who has gone is found out when a task cannot be sent to it, and so is who has no room for what it asked for: it then
 * goes to the next.
 */
export function byDemand(
  settings: SettingsOf<'ventilator'>,
  host: RoleHost,
  member: Member,
  watcher: SocketWatcher,
): { socket: OwnedSocket<Router>; port: DealingPort; read: (asked: () => void) => void } {
  const { endpoints, options } = settings
  const socket = new OwnedSocket(
    {
      create: (native) => new Router({ ...native, mandatory: true }),
      use: { sends: true, receives: true },
      endpoints,
      options,
      index: 0,
      side: 'out',
    },
    watcher,
  )
  const workers = new Map<string, Worker>()
  let line: Worker[] = []
  /** How many in a row had no room. */
  let full = 0
  const connected = () => socket.links.reduce((sum, link) => sum + Math.max(link.peers, link.up ? MOST_ASKERS : 0), 0)

  function onAsk(frames: readonly Uint8Array[]): boolean {
    const [identity = new Uint8Array(), count, name] = frames
    const text = Buffer.from(count ?? []).toString('latin1')
    const number = text === '' ? 1 : Number(text)
    if (count === undefined || !/^\d*$/.test(text) || number < 1 || number > MOST_ASKED) {
      host.countMalformed()
      host.tell('malformed', '', 'no number of tasks: not a worker that asks')
      return false
    }
    const key = Buffer.from(identity).toString('latin1')
    let worker = workers.get(key)
    if (worker === undefined) {
      worker = new Worker(Buffer.from(identity))
      workers.set(key, worker)
      if (workers.size > MOST_ASKERS) forget(workers.values().next().value as Worker)
    }
    if (name !== undefined && worker.name === '') {
      worker.name = Buffer.from(name.subarray(0, 200)).toString()
      worker.hand = member.handOf(worker.name)
    }
    worker.credit += number
    lineUp(worker)
    return true
  }

  function lineUp(worker: Worker): void {
    if (worker.inLine || worker.credit <= 0) return
    worker.inLine = true
    line.push(worker)
  }

  /** libzmq waits only while nobody at all has room (router.cpp, `xhas_out`): where another peer has, it refuses at once what is for this one. */
  async function putOff(worker: Worker): Promise<void> {
    lineUp(worker)
    if (++full < line.length) return
    full = 0
    await new Promise((resolve) => setTimeout(resolve, REST))
  }

  function forget(worker: Worker): void {
    workers.delete(Buffer.from(worker.identity).toString('latin1'))
    worker.credit = 0
    worker.inLine = false
    line = line.filter((other) => other !== worker)
  }

  member.askers = () => [...workers.values()]
  const port: DealingPort = {
    ready: () => !socket.closing && line.length > 0,
    have: () => Math.min(workers.size, connected()),
    settle: () => undefined,
    async write(frames) {
      const worker = line.shift()
      if (worker === undefined) return 'again'
      worker.inLine = false
      try {
        await socket.send([worker.identity, ...frames])
      } catch (error) {
        const { code } = error as { code?: string }
        if (code === 'EHOSTUNREACH') forget(worker)
        else if (code === 'EAGAIN' && !socket.closing) await putOff(worker)
        else throw error
        return 'again'
      }
      full = 0
      worker.tide.add(now())
      worker.credit--
      lineUp(worker)
      return worker.hand
    },
  }
  const read = (asked: () => void) =>
    socket.read(
      (frames) => {
        if (onAsk(frames)) asked()
      },
      () => host.countMalformed(),
      (error) => host.fail(error),
    )
  return { socket, port, read }
}
