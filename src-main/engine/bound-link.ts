import type { Event } from 'zeromq'
import type { Endpoint } from '../contract/index.js'
import { now } from './clock.js'
import { toFault } from './errors.js'
import { guardIpcPath } from './ipc-guard.js'
import { EndpointLink, type LinkContext, type LinkSocket } from './link.js'
import { reasonOf } from './security/handshake.js'

/** Milliseconds after an accept in which an unexplained disconnect is taken for that newcomer's: libzmq drops a wrong pattern at once and gives no reason. */
const NEWCOMER = 100

/** Milliseconds that the monitor has to say why a bind failed. */
const WHY = 500

/** A bound endpoint: it listens, and counts the peers that completed a handshake. */
export class BoundLink extends EndpointLink {
  /** Connections, with a handshake or without: each is accepted once and ends once, so that this is exact. */
  #connections = 0
  /** Those among them that libzmq has already given up. */
  #failing = 0
  #lastAccept = 0
  /** While libzmq binds; resolves when it has, or could not. */
  binding: Promise<unknown> | undefined
  /** Told by the monitor why a bind failed. */
  #failedToBind: (error: Error) => void = () => undefined

  constructor(socket: LinkSocket, endpoint: Endpoint, context: LinkContext) {
    super(socket, endpoint, context, 'binding')
  }

  /** Throws the Fault that keeps it from listening. */
  async open(): Promise<void> {
    const over = () => this.closed // asked again after every wait
    try {
      const address = await this.numeric()
      if (this.parsed.scheme === 'ipc') await guardIpcPath(this.parsed.path)
      if (over()) return
      // Peers that were waiting for us come in before `bind` has answered: their events must find their endpoint.
      if (!address.endsWith(':*')) this.actual = address
      await this.#bind(address)
      if (over()) return
      this.actual = this.socket.lastEndpoint ?? address
      this.set('listening')
      this.tell('listening', this.actual === this.parsed.address ? '' : this.actual)
    } catch (error) {
      const fault = toFault(error, { address: this.parsed.address })
      this.actual = ''
      this.set('failed', fault)
      if (!over()) this.tell('bind-failed', fault.code)
      throw fault
    }
  }

  /**
   * libzmq tells its monitor of a failed bind before it returns, and on the way can lose the reason: about one in thousands fails with EAGAIN, which no bind means
   * (socket_base.cpp, `event_bind_failed`; seen with 4.3.5). The monitor was told the true one.
   */
  async #bind(address: string): Promise<void> {
    const told = new Promise<Error>((resolve) => (this.#failedToBind = resolve))
    try {
      const bound = this.socket.bind(address)
      this.binding = bound.then(
        () => (this.binding = undefined),
        () => (this.binding = undefined),
      )
      await bound
    } catch (error) {
      if ((error as { code?: string }).code !== 'EAGAIN') throw error
      let timer: NodeJS.Timeout | undefined
      const silence = new Promise((resolve) => (timer = setTimeout(resolve, WHY, error)))
      const reason = await Promise.race([told, silence])
      clearTimeout(timer)
      throw reason
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
      case 'bind:error':
        this.#failedToBind(event.error)
        break
      case 'accept':
        this.#connections++
        this.#lastAccept = now()
        break
      case 'handshake':
        if (this.#connections === 0) this.#connections = 1
        // This one is no peer yet, so one of those that are counted has gone and was taken for another.
        else if (this.peers === this.#connections) this.#left(1)
        this.peers++
        this.tell('peer-joined')
        this.context.changed()
        break
      case 'handshake:error:protocol':
      case 'handshake:error:auth':
      case 'handshake:error:other':
        this.#failing++
        this.#failed(reasonOf(event))
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

  /** Whoever was not admitted has been told of by their key. */
  #failed(reason: string): void {
    if (reason !== 'denied') this.tell('handshake-failed', reason)
  }

  /**
   * The event does not say which connection ended: a failed handshake was announced just before; a wrong pattern ends right after its accept. In a crowd that guess can be wrong, but
   * there are never more peers than connections.
   */
  #disconnected(): void {
    const newcomers = this.#connections - this.peers
    this.#connections = Math.max(0, this.#connections - 1)
    if (this.#failing > 0) this.#failing--
    else if (newcomers > 0 && (this.peers === 0 || now() - this.#lastAccept < NEWCOMER)) this.tell('handshake-failed')
    else this.#left(1)
    this.#left(this.peers - this.#connections)
  }

  #left(count: number): void {
    for (let n = Math.min(count, this.peers); n > 0; n--) {
      this.peers--
      this.tell('peer-left')
      this.context.changed()
    }
  }
}
