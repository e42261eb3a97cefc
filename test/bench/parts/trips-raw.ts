import { Reply, Request, Router } from 'zeromq'
import type { Commands } from '../part.js'
import { message, trips } from './trips.js'

/** REQ and REP of zeromq.js with nothing around them. */
export function askRaw(): Commands {
  const socket = new Request()
  return {
    open({ port }: { port: number }) {
      socket.connect(`tcp://127.0.0.1:${port}`)
    },
    measure: ({ count }: { count: number }) =>
      trips(count, async () => {
        await socket.send(message)
        await socket.receive()
      }),
  }
}

export function answerRaw(): Commands {
  const socket = new Reply()
  async function answer(): Promise<void> {
    for (;;) {
      await socket.receive()
      await socket.send(message)
    }
  }
  return {
    async open() {
      await socket.bind('tcp://127.0.0.1:*')
      void answer()
      return { port: Number(socket.lastEndpoint?.split(':').at(-1)) }
    },
  }
}

/** A ROUTER of zeromq.js that answers by hand, as the server role does: what REP does natively, it does in JavaScript. */
export function answerRouter(): Commands {
  const socket = new Router()
  async function answer(): Promise<void> {
    for (;;) {
      const frames = await socket.receive()
      await socket.send([...frames.slice(0, -1), message])
    }
  }
  return {
    async open() {
      await socket.bind('tcp://127.0.0.1:*')
      void answer()
      return { port: Number(socket.lastEndpoint?.split(':').at(-1)) }
    },
  }
}
