import { Pull, Push } from 'zeromq'
import { Fault, type SettingsOf } from '../../contract/index.js'
import { OwnedSocket, type SocketWatcher } from '../socket.js'
import type { Role, RoleHost } from './role.js'
import { Sender } from './sender.js'

/**
 * PULL → PUSH: takes one task at a time, works on it, passes the result on with all its frames, and only then takes the next, so that a slow
 * worker leaves the rest to others as far as high-water marks allow.
 */
export function worker(settings: SettingsOf<'worker'>, host: RoleHost, watcher: SocketWatcher): Role {
  const { endpoints, forward, options } = settings
  const from = new OwnedSocket(
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
  const to = new OwnedSocket(
    {
      create: (native) => new Push({ ...native, immediate: false }),
      use: { sends: true, receives: false },
      endpoints: forward,
      options,
      index: endpoints.length,
      side: 'out',
    },
    watcher,
  )
  const sender = new Sender(to, host, true)
  const stop = new AbortController()
  let inHand = 0

  async function work(frames: readonly Uint8Array[], time: number): Promise<void> {
    const task = host.record('in', frames, { time })
    inHand = 1
    host.changed()
    if (settings.delay > 0) await pause(settings.delay, stop.signal)
    sender.send(frames, task)
    await sender.drained(0).catch(() => undefined) // closed meanwhile: the row says so
    inHand = 0
    host.changed()
    await host.held()
  }

  return {
    sockets: [from, to],
    get queued() {
      return sender.queued
    },
    async open() {
      await to.open()
      await from.open()
      from.read(
        work,
        () => host.countMalformed(),
        (error) => host.fail(error),
      )
    },
    status: () => ({ role: 'worker', inHand }),
    send: () =>
      Promise.reject(new Fault('CANNOT_SEND', 'A worker passes on what it takes. Open a ventilator to send tasks.')),
    linked: () => sender.wake(),
    drained: (limit) => sender.drained(limit),
    async close(deadline) {
      from.closing = true // takes no further task; the one in hand is passed on first
      stop.abort()
      await new Promise((resolve) => setImmediate(resolve)) // lets that task reach the queue
      const left = await sender.finish(options, deadline)
      await Promise.all([from.close(deadline), to.close(deadline)])
      return left
    },
  }
}

/** Resolves after `ms`, or at once when the worker is told to stop: its task then goes on without the rest of the pretended work. */
function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      stop.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    stop.addEventListener('abort', done)
    if (stop.aborted) done()
  })
}
