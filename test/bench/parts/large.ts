import { Publisher } from 'zeromq'
import type { Commands } from '../part.js'

/** A publisher of many small messages and of a few large ones. */
export function largeSender(): Commands {
  const socket = new Publisher({ linger: 0, sendHighWaterMark: 0 })
  return {
    async open() {
      await socket.bind('tcp://127.0.0.1:*')
      return { port: Number(new URL(socket.lastEndpoint ?? '').port) }
    },
    /** Messages of a topic and 100 bytes; one in a hundred thousand goes backwards. */
    async rows({ count }: { count: number }) {
      for (let n = 1; n <= count; n++) {
        const gear = n % 100_000 === 50_000 ? 'Reverse' : 'Drive'
        const text = `{"n":${n},"speed":${(n % 4000) / 100},"gear":"${gear}","x":${n / 8}}`
        await socket.send([`vehicle/${n % 50}`, text.padEnd(100)])
      }
    },
    /** One binary message that is no text, no image, no number. */
    image: async ({ bytes }: { bytes: number }) => {
      await socket.send([
        'camera',
        Buffer.alloc(
          bytes,
          Uint8Array.from({ length: 251 }, (_, i) => (i * 7) & 0xff),
        ),
      ])
    },
    close: () => socket.close(),
  }
}
