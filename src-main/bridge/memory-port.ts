import type { Port, WireFrame } from '../contract/index.js'

/**
 * Two ports joined in this process. Each frame is cloned as Electron's IPC would, and delivered in order, never before `send`
 * has returned: what works here does not work only because both sides share objects or a call stack.
 */
export function memoryPortPair(): [Port, Port] {
  const a = new MemoryPort()
  const b = new MemoryPort()
  a.peer = b
  b.peer = a
  return [a, b]
}

class MemoryPort implements Port {
  peer!: MemoryPort
  readonly #early: unknown[] = []
  #listener: ((frame: unknown) => void) | undefined
  readonly #closeListeners: (() => void)[] = []
  #closed = false

  send(frame: WireFrame): void {
    if (this.#closed) return
    const copy: unknown = structuredClone(frame)
    queueMicrotask(() => this.peer.#receive(copy))
  }

  onMessage(listener: (frame: unknown) => void): void {
    this.#listener = listener
    for (const frame of this.#early.splice(0)) listener(frame)
  }

  onClose(listener: () => void): void {
    if (this.#closed) listener()
    else this.#closeListeners.push(listener)
  }

  /** The other side first gets what was sent to it before. */
  close(): void {
    if (this.#closed) return
    queueMicrotask(() => this.peer.close())
    this.#closed = true
    for (const listener of this.#closeListeners.splice(0)) listener()
  }

  #receive(frame: unknown): void {
    if (this.#closed) return
    if (this.#listener === undefined) this.#early.push(frame)
    else this.#listener(frame)
  }
}
