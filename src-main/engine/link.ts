import type { Event } from 'zeromq'
import type { Endpoint, Fault, Link, LinkEventKind, LinkState } from '../contract/index.js'
import { now } from './clock.js'
import { isName, parseEndpoint, type ParsedEndpoint } from './endpoint.js'
import { resolveHost } from './resolve.js'
import type { Guard } from './security/guard.js'

/** The calls of a zeromq.js socket that a link makes. */
export interface LinkSocket {
  bind(address: string): Promise<void>
  /** Of the receiving thread's socket, these two tell later what they could not do; of zeromq.js's they throw. */
  connect(address: string): void | Promise<void>
  disconnect(address: string): void | Promise<void>
  readonly lastEndpoint: string | null
}

export interface LinkContext {
  readonly index: number
  readonly side: 'in' | 'out'
  readonly ipv6: boolean
  readonly reconnectInterval: number
  readonly reconnectMaxInterval: number
  readonly guard: Guard
  /** For the timeline. */
  tell(kind: LinkEventKind, address: string, detail?: string): void
  /** State or peers changed. */
  changed(): void
}

/** One endpoint of a socket: what it is told by libzmq's monitor becomes a state with a name. */
export abstract class EndpointLink {
  readonly parsed: ParsedEndpoint
  /** As libzmq knows it; '' before. */
  actual = ''
  peers = 0
  protected readonly context: LinkContext
  protected readonly socket: LinkSocket
  protected closed = false
  readonly #endpoint: Endpoint
  #state: LinkState
  #since = now()
  #fault: Fault | undefined

  /** Throws Fault `BAD_ENDPOINT`. */
  constructor(socket: LinkSocket, endpoint: Endpoint, context: LinkContext, state: LinkState) {
    this.parsed = parseEndpoint(endpoint.address, endpoint.method)
    this.socket = socket
    this.context = context
    this.#endpoint = endpoint
    this.#state = state
  }

  /** Whether a message given to libzmq now would have somebody to go to. inproc tells nothing, so it counts as up. */
  get up(): boolean {
    return this.peers > 0 || (this.parsed.scheme === 'inproc' && (this.#state === 'up' || this.#state === 'listening'))
  }

  info(): Link {
    return {
      index: this.context.index,
      side: this.context.side,
      method: this.#endpoint.method,
      address: this.#endpoint.address,
      actual: this.actual,
      state: this.#state,
      peers: this.peers,
      since: this.#since,
      ...(this.#fault === undefined ? {} : { fault: this.#fault.shape() }),
    }
  }

  abstract open(): Promise<void>
  abstract owns(address: string): boolean
  abstract on(event: Event): void

  close(): void {
    this.closed = true
    this.peers = 0
    this.#fault = undefined
    this.#state = 'closed'
  }

  protected get state(): LinkState {
    return this.#state
  }

  protected set(state: LinkState, fault?: Fault): void {
    if (this.closed) return
    if (state !== this.#state) this.#since = now()
    this.#state = state
    this.#fault = fault
    this.context.changed()
  }

  protected tell(kind: LinkEventKind, detail = ''): void {
    this.context.tell(kind, this.parsed.address, detail)
  }

  /** The address for libzmq: host names replaced by numbers. Throws Fault `UNKNOWN_HOST`. */
  protected async numeric(): Promise<string> {
    const { scheme, host, address } = this.parsed
    if (scheme !== 'tcp' || !isName(host)) return address
    return `tcp://${await resolveHost(host, this.context.ipv6)}:${this.parsed.port === 0 ? '*' : this.parsed.port}`
  }
}
