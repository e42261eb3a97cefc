import { Pull } from 'zeromq'
import type { Commands } from '../part.js'
import { measure } from './measure.js'

/** zeromq.js as its README would have it on a hot socket: a loop of `await receive()`. What it takes it drops. */
export function receiveRaw(): Commands {
  let socket: Pull
  let count = 0
  async function read(from: Pull): Promise<void> {
    while (!from.closed) {
      await from.receive()
      count++
    }
  }
  return {
    async open() {
      socket = new Pull()
      await socket.bind('tcp://127.0.0.1:*')
      read(socket).catch(() => undefined) // closed
      return { port: Number(socket.lastEndpoint?.split(':').at(-1)) }
    },
    measure: (window: { warm: number; ms: number }) => measure(() => count, window),
    close() {
      socket.close()
    },
  }
}
