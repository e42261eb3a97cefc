import type { Event } from 'zeromq'
import type { Endpoint } from '../contract/index.js'
import { isName } from './endpoint.js'
import { toFault } from './errors.js'
import { EndpointLink, type LinkContext, type LinkSocket } from './link.js'
import { handshakeFault, reasonOf } from './security/handshake.js'

/** Milliseconds after which a TCP connection without a ZMTP handshake is named as such; a handshake takes three short trips. */
const HANDSHAKE_PATIENCE = 1500

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
        this.#encrypted()
        this.tell('up')
        break
      case 'handshake:error:protocol':
      case 'handshake:error:auth':
      case 'handshake:error:other':
        this.#noHandshake(reasonOf(event))
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
      const later = this.socket.connect(address)
      later?.catch((error: unknown) => this.#refused(error, address))
      if (this.parsed.scheme === 'inproc') {
        this.set('up')
        this.tell('up')
      } else if (!this.#suspect) {
        this.set('connecting')
        this.tell('connecting', address === this.parsed.address ? '' : address)
      }
    } catch (error) {
      this.#refused(error, address)
    }
  }

  #refused(error: unknown, address: string): void {
    if (this.closed) return
    const fault = toFault(error, { address: this.parsed.address })
    this.set('failed', fault)
    this.tell('refused', fault.code)
    this.#retry(() => this.#connect(address))
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
    this.#suspect = true
    // The disconnect behind a failure that was explained has no reason of its own.
    if (why !== '' || !this.#told)
      this.set('no-handshake', handshakeFault(this.parsed.address, why, this.context.guard))
    if (!this.#told) this.tell('no-handshake', why)
    this.#told = true
  }

  /** A server of CURVE is known by its key, or there is no handshake. */
  #encrypted(): void {
    const { security } = this.context.guard
    if (security.mechanism === 'curve' && security.as === 'client') this.tell('encrypted', security.server)
  }

  #reconnect(address = this.actual): void {
    if (this.closed) return
    const forgotten = () => undefined // by libzmq, already: that is why we are here
    try {
      this.socket.disconnect(this.actual)?.catch(forgotten)
    } catch {
      forgotten()
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
