import type { Port, WireFrame } from '../../src-main/contract/index.js'

/** What the preload script puts on `window`: one line, no names. Setting the listener opens the line. */
export interface PreloadPort {
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
}

declare global {
  interface Window {
    readonly socketeer?: PreloadPort
  }
}

/** Beside frames, which are objects, the line carries this word: it is over. The same stands in src-main/bridge/channel.ts. */
const CLOSE = 'close'

/** The desktop app's port. Structured clone carries bytes as they are. */
export function electronPort(preload: PreloadPort): Port {
  /** Frames from before anybody listened. */
  const unheard: unknown[] = []
  let listener: ((frame: unknown) => void) | undefined
  let closeListener: (() => void) | undefined
  let closed = false

  const end = (): void => {
    if (closed) return
    closed = true
    closeListener?.()
  }

  preload.onMessage((message) => {
    if (closed) return
    if (message === CLOSE) end()
    else if (listener === undefined) unheard.push(message)
    else listener(message)
  })

  return {
    send: (frame: WireFrame) => {
      if (!closed) preload.send(frame)
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
      if (closed) return
      preload.send(CLOSE)
      end()
    },
  }
}
