import { decode, encode } from '@msgpack/msgpack'
import { Fault, MAX_UPWARD_BYTES, type Port, type WireFrame } from '../../src-main/contract/index.js'

/** Browser mode's port: one msgpack frame a WebSocket message, so that bytes stay bytes. */
export function websocketPort(url: string | URL): Port {
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  /** Frames from before the socket opened, or from before anybody listened. */
  const unsent: WireFrame[] = []
  const unheard: unknown[] = []
  let listener: ((frame: unknown) => void) | undefined
  let closeListener: (() => void) | undefined
  let closed = false

  const end = (): void => {
    if (closed) return
    closed = true
    unsent.length = 0
    closeListener?.()
  }

  const hear = (frame: unknown): void => {
    if (listener === undefined) unheard.push(frame)
    else listener(frame)
  }
  /** The engine would end the line over a frame that is too large; so the call fails here, and nothing else does. */
  const hand = (frame: WireFrame): void => {
    const bytes = pack(frame)
    if (bytes.byteLength <= MAX_UPWARD_BYTES) socket.send(bytes)
    else if (frame.kind === 'call')
      queueMicrotask(() => hear({ kind: 'fail', id: frame.id, fault: tooLarge(bytes.byteLength) }))
  }

  socket.addEventListener('open', () => {
    for (const frame of unsent.splice(0)) hand(frame)
  })
  socket.addEventListener('message', ({ data }) => {
    if (closed) return
    if (!(data instanceof ArrayBuffer)) return socket.close(1003, 'binary frames only')
    hear(decode(new Uint8Array(data)))
  })
  socket.addEventListener('close', end)

  return {
    send: (frame) => {
      if (closed) return
      if (socket.readyState === WebSocket.CONNECTING) unsent.push(frame)
      else if (socket.readyState === WebSocket.OPEN) hand(frame)
    },
    onMessage: (next) => {
      listener = next
      for (const frame of unheard.splice(0)) next(frame)
    },
    onClose: (next) => {
      closeListener = next
      if (closed) next()
    },
    close: () => {
      socket.close()
      end()
    },
  }
}

/** `undefined` is left out rather than sent as nil: an optional field that is absent must arrive absent. */
function pack(frame: WireFrame): Uint8Array<ArrayBuffer> {
  return encode(frame, { ignoreUndefined: true })
}

function tooLarge(size: number) {
  return new Fault(
    'TOO_LARGE',
    `This is ${size} bytes long, and a page in a browser can hand over ${MAX_UPWARD_BYTES} at once: nothing was sent.`,
    { size, limit: MAX_UPWARD_BYTES },
  ).shape()
}
