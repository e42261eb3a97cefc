import { EventEmitter } from 'node:events'

/**
 * Makes an object that has what it has and throws on everything else, so that a call that nobody looked up in Electron's
 * documentation cannot pass a test by doing nothing.
 */
export function strict<T extends object>(name: string, value: T): T {
  const refuse = (key: string): never => {
    throw new Error(`not in the stand-in: ${name}.${key}`)
  }
  return new Proxy(value, {
    get(target, key, receiver) {
      // `then` is asked of everything that is awaited.
      if (typeof key === 'symbol' || key in target || key === 'then')
        return Reflect.get(target, key, receiver) as unknown
      return refuse(key)
    },
    set(target, key, next, receiver) {
      if (typeof key === 'string' && !(key in target)) refuse(key)
      return Reflect.set(target, key, next, receiver)
    },
  })
}

/** An emitter of the named events only. */
export class Emitter extends EventEmitter {
  constructor(
    readonly label: string,
    readonly known: readonly string[],
  ) {
    super()
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as loose as Node's own
  override on(event: string, listener: (...values: any[]) => void): this {
    if (!this.known.includes(event)) throw new Error(`not in the stand-in: the event '${event}' of ${this.label}`)
    return super.on(event, listener)
  }
}

/** Electron's event object, as far as it can be prevented. */
export class PreventableEvent {
  defaultPrevented = false
  readonly preventDefault = (): void => {
    this.defaultPrevented = true
  }
}

/**
 * What arrives on the other side of an IPC channel: a structured clone. Shared memory cannot cross to another process, and
 * functions and symbols cannot be cloned; either throws where it is sent.
 */
export function cloned<T>(value: T): T {
  refuseShared(value, new Set())
  return structuredClone(value)
}

function refuseShared(value: unknown, seen: Set<unknown>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return
  seen.add(value)
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value
  if (buffer instanceof SharedArrayBuffer) throw new Error('An object could not be cloned: #<SharedArrayBuffer>.')
  if (!ArrayBuffer.isView(value)) for (const each of Object.values(value)) refuseShared(each, seen)
}
