import type { Event } from 'zeromq'
import { Fault, type Endpoint, type Link, type LinkEventKind, type LinkState } from '../contract/index.js'
import { now } from './clock.js'
import { isName, parseEndpoint, type ParsedEndpoint } from './endpoint.js'
import { toFault } from './errors.js'
import { guardIpcPath } from './ipc-guard.js'
import { resolveHost } from './resolve.js'

/** Milliseconds after which a TCP connection without a ZMTP handshake is named as such; a handshake takes three short trips. */
const HANDSHAKE_PATIENCE = 1500
/** Milliseconds after an accept in which an unexplained disconnect is taken for that newcomer's: libzmq drops a wrong pattern at once and gives no reason. */
const NEWCOMER = 100

/** The calls of a zeromq.js socket that a link makes. */
export interface LinkSocket {
  bind(address: string): Promise<void>
  connect(address: string): void
  disconnect(address: string): void
  readonly lastEndpoint: string | null
}

export interface LinkContext {
  readonly index: number
  readonly side: 'in' | 'out'
  readonly ipv6: boolean
  readonly reconnectInterval: number
  readonly reconnectMaxInterval: number
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

/** A bound endpoint: it listens, and counts the peers that completed a handshake. */
export class BoundLink extends EndpointLink {
  /** Connections accepted whose handshake is still open; those among them that libzmq has already given up. */
  #newcomers = 0
  #failing = 0
  #lastAccept = 0

  constructor(socket: LinkSocket, endpoint: Endpoint, context: LinkContext) {
    super(socket, endpoint, context, 'binding')
  }

  /** Throws the Fault that keeps it from listening. */
  async open(): Promise<void> {
    try {
      const address = await this.numeric()
      if (this.parsed.scheme === 'ipc') await guardIpcPath(this.parsed.path)
      // Peers that were waiting for us come in before `bind` has answered: their events must find their endpoint.
      if (!address.endsWith(':*')) this.actual = address
      await this.socket.bind(address)
      this.actual = this.socket.lastEndpoint ?? address
      this.set('listening')
      this.tell('listening', this.actual === this.parsed.address ? '' : this.actual)
    } catch (error) {
      const fault = toFault(error, { address: this.parsed.address })
      this.actual = ''
      this.set('failed', fault)
      this.tell('bind-failed', fault.code)
      throw fault
    }
  }

  /** With a wildcard host, the monitor names the address that a peer came in by: the port tells whose it is. */
  owns(address: string): boolean {
    if (address === this.actual) return true
    return (
      this.parsed.scheme === 'tcp' &&
      this.actual !== '' &&
      address.slice(address.lastIndexOf(':')) === this.actual.slice(this.actual.lastIndexOf(':'))
    )
  }

  on(event: Event): void {
    switch (event.type) {
      case 'accept':
        this.#newcomers++
        this.#lastAccept = now()
        break
      case 'handshake':
        if (this.#newcomers > 0) this.#newcomers--
        this.peers++
        this.tell('peer-joined')
        this.context.changed()
        break
      case 'handshake:error:protocol':
      case 'handshake:error:auth':
      case 'handshake:error:other':
        this.#failing++
        this.tell('handshake-failed', event.error.message)
        break
      case 'disconnect':
        this.#disconnected()
        break
      case 'accept:error':
        this.tell('handshake-failed', event.error.message)
        break
      default:
    }
  }

  /** The event does not say which connection ended: a failed handshake was announced just before; a wrong pattern ends right after its accept. */
  #disconnected(): void {
    if (this.#failing > 0) {
      this.#failing--
      if (this.#newcomers > 0) this.#newcomers--
    } else if (this.#newcomers > 0 && (this.peers === 0 || now() - this.#lastAccept < NEWCOMER)) {
      this.#newcomers--
      this.tell('handshake-failed')
    } else if (this.peers > 0) {
      this.peers--
      this.tell('peer-left')
      this.context.changed()
    }
  }
}

/** A connected endpoint: libzmq reconnects by itself, except where it gives up without a word; there, and when a name has moved, we do. */
export class ConnectedLink extends EndpointLink {
  #patience: NodeJS.Timeout | undefined
  #again: NodeJS.Timeout | undefined
  #backoff: number
  /** The last connection ended, or stands, without a handshake: the state keeps saying so until one succeeds. */
  #suspect = false
  /** Whether the timeline has heard of it for this connection. */
  #told = false

  constructor(socket: LinkSocket, endpoint: Endpoint, context: LinkContext) {
    super(socket, endpoint, context, 'connecting')
    this.#backoff = context.reconnectInterval
  }

  /** Begins to connect and goes on for as long as the link is open; an unknown name is tried again and told, not thrown. */
  async open(): Promise<void> {
    if (isName(this.parsed.host) && this.parsed.scheme === 'tcp') this.set('resolving')
    let address: string
    try {
      address = await this.numeric()
    } catch (error) {
      if (this.closed) return
      const fault = toFault(error, { address: this.parsed.address })
      this.set('failed', fault)
      this.tell('resolve-failed', fault.code)
      this.#retry(() => void this.open())
      return
    }
    if (this.closed) return
    this.#connect(address)
  }

  owns(address: string): boolean {
    return address === this.actual
  }

  on(event: Event): void {
    switch (event.type) {
      case 'connect:delay':
        if (!this.#suspect && this.state !== 'waiting') this.set('connecting')
        break
      case 'connect':
        clearTimeout(this.#again)
        this.#told = false
        if (!this.#suspect) this.set('connected')
        this.#patience = setTimeout(() => this.#noHandshake(), HANDSHAKE_PATIENCE)
        break
      case 'handshake':
        this.#settle()
        this.#suspect = false
        this.#backoff = this.context.reconnectInterval
        this.peers = 1
        this.set('up')
        this.tell('up')
        break
      case 'handshake:error:protocol':
      case 'handshake:error:auth':
      case 'handshake:error:other':
        this.#noHandshake(event.error.message)
        break
      case 'disconnect':
        this.#disconnected()
        break
      case 'close':
        // A connection attempt that failed: nobody listens there.
        this.#suspect = false
        this.set('waiting')
        this.tell('refused')
        break
      case 'connect:retry':
        clearTimeout(this.#again) // libzmq goes on by itself
        if (!this.#suspect) this.set('waiting')
        if (isName(this.parsed.host)) void this.#follow()
        break
      default:
    }
  }

  override close(): void {
    super.close()
    this.#settle()
  }

  #connect(address: string): void {
    try {
      this.actual = address
      this.socket.connect(address)
      if (this.parsed.scheme === 'inproc') {
        this.set('up')
        this.tell('up')
      } else if (!this.#suspect) {
        this.set('connecting')
        this.tell('connecting', address === this.parsed.address ? '' : address)
      }
    } catch (error) {
      const fault = toFault(error, { address: this.parsed.address })
      this.set('failed', fault)
      this.tell('refused', fault.code)
      this.#retry(() => this.#connect(address))
    }
  }

  #disconnected(): void {
    this.#settle()
    if (this.peers > 0) {
      this.peers = 0
      this.set('waiting')
      this.tell('lost')
      return
    }
    this.#noHandshake()
    // After a wrong pattern libzmq never tries again; a `connect:retry` right behind this event says that it does.
    this.#retry(() => this.#reconnect())
  }

  #noHandshake(why = ''): void {
    if (this.closed) return
    clearTimeout(this.#patience)
    const fault = new Fault(
      'NO_HANDSHAKE',
      `${this.parsed.address} accepts the connection but completes no ZeroMQ handshake: it speaks another pattern (SUB talks to PUB, REQ to REP or ROUTER, PULL to PUSH), or it is not ZeroMQ.`,
      { address: this.parsed.address },
    )
    this.#suspect = true
    this.set('no-handshake', fault)
    if (!this.#told) this.tell('no-handshake', why)
    this.#told = true
  }

  #reconnect(address = this.actual): void {
    if (this.closed) return
    try {
      this.socket.disconnect(this.actual)
    } catch {
      // libzmq has forgotten the endpoint already: that is why we are here.
    }
    this.#connect(address)
  }

  /** A name that moved to another machine is followed at the next failure. */
  async #follow(): Promise<void> {
    const before = this.actual
    const address = await this.numeric().catch(() => before)
    if (!this.closed && this.peers === 0 && address !== before && this.actual === before) this.#reconnect(address)
  }

  #retry(action: () => void): void {
    clearTimeout(this.#again)
    this.#again = setTimeout(action, this.#backoff)
    this.#backoff = Math.min(this.#backoff * 2, this.context.reconnectMaxInterval)
  }

  #settle(): void {
    clearTimeout(this.#patience)
    clearTimeout(this.#again)
  }
}
