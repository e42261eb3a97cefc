import { Publisher, Push } from 'zeromq'

/*
 * A peer of the stress: a process of its own that floods what it is told to, until it is told to stop or is killed. Every message says whose it is and which, and what stands in it
 * follows from that, so that whoever has it can tell whether it is whole.
 */

/** First frame: number of the flood u32 · number of the message u32 · frames u32; then filled up, as all frames behind it are, with `fillOf`. */
export const HEAD = 12
export const fillOf = (message: number, frame: number): number => (message * 31 + frame * 7) & 0xff

export interface Flood {
  readonly flood: number
  readonly kind: 'push' | 'pub'
  readonly address: string
  /** Bytes of a frame, and frames of a message, at most. */
  readonly size: number
  readonly frames: number
}

const floods = new Map<number, () => void>()

export function runPeer(): void {
  process.on('message', (told: Flood | { stop: number }) => {
    if ('stop' in told) floods.get(told.stop)?.()
    else void flood(told)
  })
  process.on('disconnect', () => process.exit(0))
}

async function flood({ flood, kind, address, size, frames }: Flood): Promise<void> {
  const socket = kind === 'push' ? new Push({ linger: 0, sendTimeout: 200 }) : new Publisher({ linger: 0 })
  socket.connect(address)
  let on = true
  floods.set(flood, () => (on = false))
  for (let message = 1; on; message++) {
    const parts = Array.from({ length: 1 + (message % frames) }, (_, f) => {
      const part = Buffer.alloc(f === 0 ? HEAD + (message % size) : (message * 13) % size, fillOf(message, f))
      if (f > 0) return part
      part.writeUInt32LE(flood, 0)
      part.writeUInt32LE(message, 4)
      part.writeUInt32LE(1 + (message % frames), 8)
      return part
    })
    // A sink that is held, or gone, takes nothing: the number is spent, and the next one is tried.
    await socket.send(parts).catch(() => undefined)
    // A publisher never waits.
    if (message % 64 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  socket.close()
  floods.delete(flood)
}
