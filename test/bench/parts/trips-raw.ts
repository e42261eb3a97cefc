import { Reply, Request } from 'zeromq'
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
