import type { Event } from 'zeromq'
import type { Waiting } from '../../contract/index.js'
import { toError, toEvent } from './events.js'
import type { Lane } from './lane.js'
import { rawOptions, subscribe, types, unsubscribe, type GivenOptions } from './options.js'
import type { ListedKeys, RawError } from './protocol.js'
import type { Wire } from './wire.js'

/** A SUB or PULL socket that lives in the receiving thread: its messages go straight to its session's journal, and the rest of it looks like a zeromq.js socket. */
export class WireSocket {
  lastEndpoint: string | null = null
  /** What waits here, a tenth of a second ago; undefined: not known. */
  waiting: Waiting | undefined
  readonly events: AsyncIterable<Event>
  readonly #wire: Wire
  readonly #id: number
  readonly #queue: Event[] = []
  #more: (() => void) | undefined
  #ended = false
  #broken: RawError | undefined
  #fatal: ((error: unknown) => void) | undefined
  readonly #end: Promise<void>

  /** @param options as zeromq.js names them @param source of its rows @param door of a CURVE server. Throws on an option that is not known here. */
  constructor(
    wire: Wire,
    lane: Lane,
    type: keyof typeof types,
    options: GivenOptions,
    source: number,
    door: ListedKeys | undefined,
  ) {
    const raw = rawOptions(options)
    let ended = () => {}
    this.#end = new Promise((resolve) => (ended = resolve))
    this.#wire = wire
    this.#id = wire.socket({
      events: (event) => this.#add(toEvent(event)),
      waiting: (waiting) => (this.waiting = waiting),
      broken: ({ error }) => this.#break(error),
      ended: () => {
        this.#ended = true
        this.#more?.()
        ended()
      },
    })
    this.events = { [Symbol.asyncIterator]: () => this.#iterate() }
    const plan = { lane: lane.id, type: types[type], source, options: raw, door }
    wire.tell({ do: 'open', socket: this.#id, plan })
  }

  /** Rejects as zeromq.js does: an Error with libzmq's `code`. */
  async bind(address: string): Promise<void> {
    this.lastEndpoint = await this.#call('bind', address)
  }

  async connect(address: string): Promise<void> {
    await this.#call('connect', address)
  }

  async disconnect(address: string): Promise<void> {
    await this.#call('disconnect', address)
  }

  subscribe(...topics: string[]): void {
    for (const topic of topics) this.#wire.tell({ do: 'set', socket: this.#id, option: subscribe(topic) })
  }

  unsubscribe(...topics: string[]): void {
    for (const topic of topics) this.#wire.tell({ do: 'set', socket: this.#id, option: unsubscribe(topic) })
  }

  /** Rows come by themselves; resolves when the socket has ended. @param fatal hears when it can be read no more */
  receive(fatal: (error: unknown) => void): Promise<void> {
    this.#fatal = fatal
    if (this.#broken !== undefined) fatal(toError(this.#broken))
    return this.#end
  }

  close(): void {
    this.#fatal = undefined
    this.#wire.tell({ do: 'close', socket: this.#id })
  }

  async #call(how: 'bind' | 'connect' | 'disconnect', address: string): Promise<string> {
    const { error, lastEndpoint = '' } = await this.#wire.call((call) => ({ do: how, socket: this.#id, address, call }))
    if (error !== undefined) throw toError(this.#broken ?? error, address)
    return lastEndpoint
  }

  #break(error: RawError): void {
    this.#broken = error
    this.#fatal?.(toError(error))
  }

  #add(event: Event | undefined): void {
    if (event === undefined) return
    this.#queue.push(event)
    this.#more?.()
  }

  async *#iterate(): AsyncGenerator<Event> {
    for (;;) {
      yield* this.#queue.splice(0)
      if (this.#queue.length > 0) continue
      if (this.#ended) return
      await new Promise<void>((resolve) => (this.#more = resolve))
    }
  }
}
