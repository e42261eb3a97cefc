import { decode, encode } from '@msgpack/msgpack'
import type { RawData, WebSocket } from 'ws'
import type { Port, WireFrame } from '../contract/index.js'

/**
 * Bytes that may wait for one view. A message that fills half the default pool fits once; a view that lets more than this
 * pile up does not read, and is dropped: it comes back by itself and asks for what it missed.
 */
export const MAX_WAITING_BYTES = 256 * 1024 * 1024

/** Far above what any request needs; they bound what a few hostile bytes can make us allocate. */
const decoding = { maxArrayLength: 1 << 18, maxMapLength: 1 << 16, maxExtLength: 0 }
/** `undefined` is left out rather than sent as nil: an optional field must arrive absent. */
const encoding = { ignoreUndefined: true }

export interface WebSocketPortOptions {
  waitingLimit?: number
  /** One sentence, when we end the line and why. */
  onDropped?: (reason: string) => void
}

/** The engine's end of a WebSocket: one frame a binary message, in msgpack, which has bytes where JSON has none. */
export function webSocketPort(socket: WebSocket, options: WebSocketPortOptions = {}): Port {
  const { waitingLimit = MAX_WAITING_BYTES, onDropped } = options
  const early: unknown[] = []
  let listener: ((frame: unknown) => void) | undefined
  const closeListeners: (() => void)[] = []
  let closed = false

  socket.on('message', (data, isBinary) => {
    if (closed) return
    let frame: unknown
    try {
      if (!isBinary) throw new TypeError('it is text')
      frame = decode(bytesOf(data), decoding)
    } catch (error) {
      onDropped?.(`it sent something that is no msgpack frame (${(error as Error).message})`)
      socket.close(1007)
      return end()
    }
    if (listener === undefined) early.push(frame)
    else listener(frame)
  })
  // A message over the limit, bytes that are no WebSocket frame, a line that broke: ws closes it with the code that says so.
  socket.on('error', (error) => {
    if (!closed) onDropped?.(error.message)
    end()
  })
  socket.on('close', end)

  function end(): void {
    if (closed) return
    closed = true
    for (const each of closeListeners.splice(0)) each()
  }

  return {
    send: (frame: WireFrame) => {
      if (closed) return
      if (socket.bufferedAmount > waitingLimit) {
        onDropped?.(`it left ${socket.bufferedAmount} bytes unread`)
        socket.terminate()
        return end()
      }
      socket.send(encode(frame, encoding))
    },
    onMessage: (next) => {
      listener = next
      for (const frame of early.splice(0)) next(frame)
    },
    onClose: (next) => {
      if (closed) next()
      else closeListeners.push(next)
    },
    close: () => {
      socket.close(1000)
      end()
    },
  }
}

/** As a plain Uint8Array: what is decoded from a Buffer would be Buffers, which print and copy differently. */
function bytesOf(data: RawData): Uint8Array {
  const buffer = Array.isArray(data) ? Buffer.concat(data) : data
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer)
    : new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
