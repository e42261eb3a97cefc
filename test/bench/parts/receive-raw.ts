import { Pull, Subscriber } from 'zeromq'
import type { Commands } from '../part.js'
import { measure } from './measure.js'

/** zeromq.js with a loop of `await receive()`, or with `for await` as its README begins. What it takes it drops. */
export function receiveRaw(iterating = false, role: 'sink' | 'subscriber' = 'sink'): Commands {
  let socket: Pull | Subscriber
  let count = 0
  async function iterate(from: Pull | Subscriber): Promise<void> {
    for await (const _ of from) count++
  }
  async function read(from: Pull | Subscriber): Promise<void> {
    while (!from.closed) {
      await from.receive()
      count++
    }
  }
  return {
    async open() {
      socket = role === 'sink' ? new Pull() : new Subscriber()
      if (socket instanceof Subscriber) socket.subscribe()
      await socket.bind('tcp://127.0.0.1:*')
      ;(iterating ? iterate : read)(socket).catch(() => undefined) // closed
      return { port: Number(socket.lastEndpoint?.split(':').at(-1)) }
    },
    measure: (window: { warm: number; ms: number }) => measure(() => count, window),
    close() {
      socket.close()
    },
  }
}
