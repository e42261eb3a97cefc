import { XPublisher } from 'zeromq'
import type { SettingsOf } from '../../contract/index.js'
import { now } from '../clock.js'
import { OwnedSocket, type SocketWatcher } from '../socket.js'
import { FittingMark } from './fitting-mark.js'
import type { Role, RoleHost } from './role.js'

/** Most subscriptions that a status lists. */
const LISTED = 1000

/**
 * PUB, built on XPUB to see what is subscribed to; who subscribed is not told. `noDrop` stays off: one stalled subscriber must not hold up the others.
 */
export function publisher(settings: SettingsOf<'publisher'>, host: RoleHost, watcher: SocketWatcher): Role {
  const { endpoints, options } = settings
  const socket = new OwnedSocket(
    {
      // A PUB never makes anybody wait (it drops): told so, zeromq.js hands each message over at once, and does not ask before with two system calls whether it may.
      create: (native) => new XPublisher({ ...native, verbosity: 'allSubsUnsubs', sendTimeout: 0 }),
      use: { sends: true, receives: true },
      endpoints,
      options,
      index: 0,
      side: 'out',
    },
    watcher,
  )
  const mark = new FittingMark(socket.native, options.sendHighWaterMark)
  const subscriptions = new Map<string, number>()
  let topicBytes = 0

  function put(frames: readonly Uint8Array[]): number {
    mark.note(frames)
    const { closing } = socket
    const seq = host.record('out', frames, { time: now(), progress: closing ? 'failed' : 'handed' })
    if (!closing) socket.send(frames).catch(() => host.progress(seq, 'failed'))
    return seq
  }

  /** XPUB hands up one frame per change: 1 or 0, then the topic's bytes. Anything else is a message that an XSUB peer sent upstream. */
  function onUpstream(frames: readonly Uint8Array[], time: number): void {
    const [frame] = frames
    if (frames.length !== 1 || frame === undefined || (frame[0] !== 0 && frame[0] !== 1)) {
      host.record('in', frames, { time })
      return
    }
    const topic = Buffer.from(frame.subarray(1)).toString()
    const before = subscriptions.get(topic) ?? 0
    const count = before + (frame[0] === 1 ? 1 : -1)
    if (count > 0) subscriptions.set(topic, count)
    else subscriptions.delete(topic)
    if (before === 0 && count > 0) topicBytes += frame.byteLength - 1
    else if (before > 0 && count <= 0) topicBytes -= frame.byteLength - 1
    host.tell(frame[0] === 1 ? 'subscribed' : 'unsubscribed', '', topic)
    host.changed()
  }

  return {
    sockets: [socket],
    queued: 0,
    async open() {
      await socket.open()
      socket.read(
        onUpstream,
        () => host.countMalformed(),
        (error) => host.fail(error),
      )
    },
    status: () => ({
      role: 'publisher',
      subscriptions: firstOf(subscriptions, LISTED).map(([topic, count]) => ({ topic, count })),
      topics: subscriptions.size,
      topicBytes,
    }),
    send: (frames) => Promise.resolve({ seq: put(frames) }),
    put,
    linked() {
      if (!socket.up && !socket.closing) mark.free()
    },
    async close(deadline) {
      await socket.close(deadline)
      return 0
    },
  }
}

/** Without a copy of all: there may be hundreds of thousands, and a status is asked for often. */
function firstOf<T>(all: Iterable<T>, count: number): T[] {
  const first: T[] = []
  for (const each of all) {
    if (first.length === count) break
    first.push(each)
  }
  return first
}
