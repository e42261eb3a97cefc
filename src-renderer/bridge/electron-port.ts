import type { Port, WireFrame } from '../../src-main/contract/index.js'

/** What the preload script puts on `window`: one line, no names. */
export interface PreloadPort {
  send(frame: unknown): void
  onMessage(listener: (frame: unknown) => void): void
}

declare global {
  interface Window {
    readonly socketeer?: PreloadPort
  }
}

/** The desktop app's port. Structured clone carries bytes as they are; it closes only with the window itself. */
export function electronPort(preload: PreloadPort): Port {
  let closed = false
  let closeListener: (() => void) | undefined
  return {
    send: (frame: WireFrame) => {
      if (!closed) preload.send(frame)
    },
    onMessage: (listener) => preload.onMessage((frame) => !closed && listener(frame)),
    onClose: (listener) => {
      if (closed) listener()
      else closeListener = listener
    },
    close: () => {
      if (closed) return
      closed = true
      closeListener?.()
    },
  }
}
