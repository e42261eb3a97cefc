import type { WireFrame } from './wire.js'

/** Takes back what was registered. Calling it twice does nothing. */
export type Undo = () => void

/**
 * One two-way line between one view and the engine: in memory, an Electron IPC channel, or a WebSocket. It carries whole
 * wire frames in order and keeps `Uint8Array` values as bytes. It knows no request by name.
 */
export interface Port {
  /** Hands one frame over. After `close` it does nothing. */
  send(frame: WireFrame): void
  /** One listener at a time; frames that arrived before it was set are delivered first, in order. */
  onMessage(listener: (frame: unknown) => void): void
  /** Called once, when either side has closed; at once if that has happened already. */
  onClose(listener: () => void): void
  close(): void
}
