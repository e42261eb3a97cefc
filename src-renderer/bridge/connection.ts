import {
  Fault,
  type EventName,
  type Events,
  type Port,
  type RequestName,
  type ResultOf,
  type Undo,
} from '../../src-main/contract/index.js'
import { Client, type CallArguments, type Caller } from './client.js'

/** Milliseconds before the first new try; doubled up to the last. A person who restarts the app should not wait long. */
const FIRST_PAUSE = 250
const LAST_PAUSE = 4000

export type ConnectionState = 'connecting' | 'up' | 'lost' | 'refused'

/**
 * The line to the engine, for as long as the page lives. A port that closes is replaced; each time one is up, `attach` is
 * called, and asks for a snapshot. So the first load, a reload, a restart of the engine and a second window are one path.
 */
export class Connection implements Caller {
  readonly #open: () => Port
  readonly #attach: (client: Caller) => Promise<void>
  readonly #changed: (state: ConnectionState, fault: Fault | undefined) => void
  readonly #listeners = new Map<EventName, Set<(value: never) => void>>()
  #client: Client | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #pause = FIRST_PAUSE
  #state: ConnectionState = 'connecting'
  #closed = false

  constructor(options: {
    open: () => Port
    attach: (client: Caller) => Promise<void>
    changed: (state: ConnectionState, fault: Fault | undefined) => void
  }) {
    this.#open = options.open
    this.#attach = options.attach
    this.#changed = options.changed
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Tries now, without waiting for the pause to end. */
  connect(): void {
    clearTimeout(this.#timer)
    if (this.#closed || this.#client !== undefined) return
    const client = new Client(this.#open())
    this.#client = client
    for (const event of this.#listeners.keys()) this.#forward(client, event)
    client.onClose((fault) => this.#lost(client, fault))
    client.ready
      .then(() => this.#attach(client))
      .then(
        () => {
          if (this.#client !== client) return
          this.#pause = FIRST_PAUSE
          this.#say('up')
        },
        // Why is told to whoever hears of the closing; a snapshot that cannot be had makes the line no use.
        () => client.close(),
      )
  }

  call<K extends RequestName>(name: K, ...rest: CallArguments<K>): Promise<ResultOf<K>> {
    if (this.#client === undefined)
      return Promise.reject(new Fault('PORT_CLOSED', 'The line to the engine is down; nothing was sent.'))
    return this.#client.call(name, ...rest)
  }

  /** Outlives the port: registered once, it hears every client to come. */
  on<E extends EventName>(event: E, listener: (value: Events[E]) => void): Undo {
    let listeners = this.#listeners.get(event)
    if (listeners === undefined) {
      listeners = new Set()
      this.#listeners.set(event, listeners)
      if (this.#client !== undefined) this.#forward(this.#client, event)
    }
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#client?.close()
  }

  #forward(client: Client, event: EventName): void {
    client.on(event, (value) => {
      for (const listener of this.#listeners.get(event) ?? []) listener(value as never)
    })
  }

  #lost(client: Client, fault: Fault): void {
    if (this.#client !== client) return
    this.#client = undefined
    if (this.#closed) return
    // Another version will not get better by trying again: the page itself must be loaded anew.
    if (fault.code === 'PROTOCOL') {
      this.#closed = true
      return this.#say('refused', fault)
    }
    this.#say('lost')
    this.#timer = setTimeout(() => this.connect(), this.#pause)
    this.#pause = Math.min(this.#pause * 2, LAST_PAUSE)
  }

  #say(state: ConnectionState, fault?: Fault): void {
    this.#state = state
    this.#changed(state, fault)
  }
}
