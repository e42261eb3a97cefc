import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Commands } from '../part.js'

/** Bytes written at once in a flood: enough to make the call's price vanish, little enough to stop quickly. */
const CHUNK = 256 * 1024
const GREETING = 64

interface Sending {
  readonly port: number
  readonly size: number
  readonly rate: number
  readonly type?: 'PUB'
  readonly before?: readonly number[]
}

interface Run {
  readonly socket: Socket
  done: Promise<unknown>
  stop: boolean
  sent: number
  /** Milliseconds that the receiver's full buffers kept us waiting. */
  waited: number
  readonly began: number
}

/**
 * A PUSH or PUB socket reduced to its wire (ZMTP 3.0, RFC 23): a handshake, then messages that were framed beforehand. Writing them costs a copy in the kernel
 * and nothing else, so that the receiver is what is measured; libzmq's own senders take as much of the machine as the receivers.
 */
export function sender(): Commands {
  let run: Run | undefined
  return {
    /**
     * Sends messages of `size` bytes to `port` until told to stop: `rate` a second, or (0) as fast as they are taken. @param type what it says to be @param before bytes of each frame in front of
     * the message's own
     */
    async start({ port, size, rate, type, before = [] }: Sending) {
      const socket = connect(port, '127.0.0.1').setNoDelay()
      await once(socket, 'connect')
      socket.write(Buffer.concat([greeting(), ready(type ?? 'PUSH')]))
      for (let got = 0; got <= GREETING;) got += ((await once(socket, 'data')) as [Buffer])[0].length
      socket.resume() // heartbeats, subscriptions; what we send counts as an answer
      const current: Run = {
        socket,
        stop: false,
        sent: 0,
        waited: 0,
        began: performance.now(),
        done: Promise.resolve(),
      }
      const message = Buffer.concat([...before.map((each) => frame(each, true)), frame(size)])
      current.done = rate === 0 ? flood(current, message) : pace(current, message, rate)
      run = current
    },
    /** @param whole all that was sent is to arrive, too */
    async stop({ whole = false }: { whole?: boolean }) {
      if (run === undefined) return {}
      run.stop = true
      await run.done
      const waited = run.waited / (performance.now() - run.began)
      const { sent, socket } = run
      run = undefined
      if (whole && socket.writableLength > 0) await once(socket, 'drain')
      // What the kernel has taken goes out before the end does.
      if (whole) socket.end()
      else socket.destroy()
      return { waited, sent }
    },
  }
}

async function flood(run: Run, message: Buffer): Promise<void> {
  const count = Math.max(1, Math.floor(CHUNK / message.length))
  const chunk = Buffer.concat(Array<Buffer>(count).fill(message))
  while (!run.stop) {
    run.socket.write(chunk)
    run.sent += count
    if (run.socket.writableLength === 0) {
      await new Promise((resolve) => setImmediate(resolve))
      continue
    }
    const since = performance.now() // the kernel took only a part
    await once(run.socket, 'drain')
    run.waited += performance.now() - since
  }
}

/** What is due, once a millisecond. */
async function pace(run: Run, message: Buffer, rate: number): Promise<void> {
  while (!run.stop) {
    const due = Math.floor(((performance.now() - run.began) * rate) / 1000) - run.sent
    if (due > 0) run.socket.write(Buffer.concat(Array<Buffer>(due).fill(message)))
    run.sent += due
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

function greeting(): Buffer {
  const bytes = Buffer.alloc(GREETING)
  bytes[0] = 0xff
  bytes[9] = 0x7f
  bytes[10] = 3
  bytes.write('NULL', 12)
  return bytes
}

function ready(type: string): Buffer {
  const property = (name: string, value: string) => {
    const size = Buffer.alloc(4)
    size.writeUInt32BE(value.length)
    return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), size, Buffer.from(value)])
  }
  const body = Buffer.concat([Buffer.from('\x05READY'), property('Socket-Type', type)])
  return Buffer.concat([Buffer.from([0x04, body.length]), body])
}

/** One frame. @param more whether others of its message follow */
function frame(size: number, more = false): Buffer {
  const flags = more ? 1 : 0
  const head = size <= 255 ? Buffer.from([flags, size]) : Buffer.alloc(9, flags | 2)
  if (size > 255) head.writeBigUInt64BE(BigInt(size), 1)
  return Buffer.concat([head, Buffer.alloc(size, 'socketeer ')])
}
