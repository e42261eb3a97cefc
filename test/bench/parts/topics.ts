import { setTimeout as pause } from 'node:timers/promises'
import { Publisher } from 'zeromq'
import type { Commands } from '../part.js'

/** Milliseconds between two bursts. */
const TICK = 10

/** A publisher with many topics, each in its turn, with a number as text. */
export function topicsSender(): Commands {
  const socket = new Publisher({ linger: 0, sendHighWaterMark: 0 })
  let running = false

  async function run(names: readonly string[], rate: number): Promise<void> {
    const began = performance.now()
    for (let sent = 0; running; await pause(TICK)) {
      const due = ((performance.now() - began) / 1000) * rate
      for (; sent < due && running; sent++)
        await socket.send([names[sent % names.length]!, String(Math.round(Math.sin(sent / 1000) * 1e6) / 1e3)])
    }
  }
  return {
    async open() {
      await socket.bind('tcp://127.0.0.1:*')
      return { port: Number(new URL(socket.lastEndpoint ?? '').port) }
    },
    /** `rate` messages a second over `topics` topics, from now on. */
    start({ topics, rate }: { topics: number; rate: number }) {
      running = true
      void run(
        Array.from({ length: topics }, (_, n) => `sensor${String(n).padStart(5, '0')}`),
        rate,
      )
    },
    close() {
      running = false
    },
  }
}
