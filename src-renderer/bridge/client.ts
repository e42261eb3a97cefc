import {
  Fault,
  PROTOCOL_VERSION,
  type ArgumentsOf,
  type DownFrame,
  type EventName,
  type Events,
  type Port,
  type RequestName,
  type ResultOf,
  type Undo,
} from '../../src-main/contract/index.js'

export interface CallOptions {
  /** Aborting rejects the call at once with fault `CANCELLED` and tells the engine that its result is not wanted. */
  signal?: AbortSignal
}

/** Arguments may be left out where the request takes none. */
export type CallArguments<K extends RequestName> =
  undefined extends ArgumentsOf<K>
    ? [args?: ArgumentsOf<K>, options?: CallOptions]
    : [args: ArgumentsOf<K>, options?: CallOptions]

/** What the rest of the renderer needs of the engine's side; tests hand in one of their own. */
export interface Caller {
  /** Rejects with a `Fault`, never with anything else. */
  call<K extends RequestName>(name: K, ...rest: CallArguments<K>): Promise<ResultOf<K>>
  on<E extends EventName>(event: E, listener: (value: Events[E]) => void): Undo
}

interface Pending {
  resolve(value: unknown): void
  reject(fault: Fault): void
}

/**
 * One view's end of a port: numbers the calls, hands events out. It lives exactly as long as its port; what survives a
 * lost line is the `Connection`.
 */
export class Client implements Caller {
  /** Settles with the engine's hello: resolves when both speak the same version, rejects with `PROTOCOL` or `PORT_CLOSED`. */
  readonly ready: Promise<void>

  readonly #port: Port
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Map<string, Set<(value: never) => void>>()
  readonly #closeListeners = new Set<(fault: Fault) => void>()
  #hello!: Pending
  #closed: Fault | undefined
  #next = 1

  constructor(port: Port) {
    this.#port = port
    this.ready = new Promise<void>((resolve, reject) => {
      this.#hello = { resolve: () => resolve(), reject }
    })
    // A caller may look at `ready` late or not at all; the rejection is still theirs to see.
    this.ready.catch(() => undefined)
    port.onMessage((frame) => this.#receive(frame))
    port.onClose(() => this.#end(new Fault('PORT_CLOSED', 'The line to the engine is closed.')))
  }

  call<K extends RequestName>(name: K, ...rest: CallArguments<K>): Promise<ResultOf<K>> {
    const [args, options] = rest
    const signal = options?.signal
    if (this.#closed !== undefined) return Promise.reject(this.#closed)
    if (signal?.aborted === true) return Promise.reject(cancelled(name))
    const id = this.#next++
    return new Promise<ResultOf<K>>((resolve, reject) => {
      const abort = (): void => {
        if (!this.#pending.delete(id)) return
        this.#port.send({ kind: 'cancel', id })
        reject(cancelled(name))
      }
      signal?.addEventListener('abort', abort, { once: true })
      const settled = (): void => signal?.removeEventListener('abort', abort)
      this.#pending.set(id, {
        resolve: (value) => {
          settled()
          resolve(value as ResultOf<K>)
        },
        reject: (fault) => {
          settled()
          reject(fault)
        },
      })
      try {
        this.#port.send({ kind: 'call', id, name, args })
      } catch (error) {
        // Arguments that no port can carry: a circle, a function.
        const why = error instanceof Error ? error.message : String(error)
        this.#take(id)?.reject(new Fault('INTERNAL', `The call ${name} could not be sent: ${why}.`))
      }
    })
  }

  on<E extends EventName>(event: E, listener: (value: Events[E]) => void): Undo {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Called once, with why: `PORT_CLOSED`, or `PROTOCOL` if the two sides do not understand each other. */
  onClose(listener: (fault: Fault) => void): void {
    if (this.#closed !== undefined) listener(this.#closed)
    else this.#closeListeners.add(listener)
  }

  close(): void {
    this.#port.close()
    this.#end(new Fault('PORT_CLOSED', 'The line to the engine is closed.'))
  }

  #receive(frame: unknown): void {
    if (this.#closed !== undefined) return
    if (!isDownFrame(frame)) return this.#refuse('The engine sent a frame that this page does not understand.')
    switch (frame.kind) {
      case 'hello':
        if (frame.version === PROTOCOL_VERSION) this.#hello.resolve(undefined)
        else
          this.#refuse(
            `This page speaks version ${PROTOCOL_VERSION}, the engine version ${frame.version}: reload the page.`,
          )
        return
      // An id that is not pending was cancelled here before its answer came.
      case 'done':
        return this.#take(frame.id)?.resolve(frame.value)
      case 'fail':
        return this.#take(frame.id)?.reject(Fault.from(frame.fault))
      case 'event':
        for (const listener of this.#listeners.get(frame.name) ?? []) listener(frame.value as never)
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }

  #refuse(message: string): void {
    this.#end(new Fault('PROTOCOL', message))
    this.#port.close()
  }

  #end(fault: Fault): void {
    if (this.#closed !== undefined) return
    this.#closed = fault
    this.#hello.reject(fault)
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const each of pending) each.reject(fault)
    for (const listener of this.#closeListeners) listener(fault)
  }
}

function cancelled(name: string): Fault {
  return new Fault('CANCELLED', `${name} was cancelled.`, { name })
}

/** Looks at the envelope only: what is inside comes from our own side and is checked by the compiler. */
function isDownFrame(frame: unknown): frame is DownFrame {
  if (typeof frame !== 'object' || frame === null || !('kind' in frame)) return false
  const { kind, id, version, name, fault } = frame as Record<string, unknown>
  switch (kind) {
    case 'hello':
      return typeof version === 'number'
    case 'done':
      return typeof id === 'number'
    case 'fail':
      return (
        typeof id === 'number' && typeof fault === 'object' && fault !== null && 'code' in fault && 'message' in fault
      )
    case 'event':
      return typeof name === 'string'
    default:
      return false
  }
}
