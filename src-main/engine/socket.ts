import type { Event, Readable, Writable } from 'zeromq'
import type { Endpoint, LinkEventKind, SocketOptions } from '../contract/index.js'
import { parseEndpoint } from './endpoint.js'
import { BoundLink } from './bound-link.js'
import { ConnectedLink } from './connected-link.js'
import type { EndpointLink, LinkSocket } from './link.js'
import { nativeOptions, type SocketUse } from './options.js'
import type { CurveOptions, Guard } from './security/guard.js'
import { receivePortable, type Deliver } from './receive.js'
import { WireSocket } from './wire/wire-socket.js'

/** Milliseconds beyond its linger that a closing socket has to report that it is closed. */
const CLOSE_GRACE = 1000

/** A zeromq.js socket of any kind, or one of the receiving thread. */
export interface NativeSocket extends LinkSocket {
  /** Ends when libzmq has let go of the socket. */
  readonly events: AsyncIterable<Event>
  close(): void
}

export interface SocketPlan<S extends NativeSocket> {
  /** Makes the socket, options set. */
  create(options: ReturnType<typeof nativeOptions> & CurveOptions): S
  readonly use: Omit<SocketUse, 'tcp' | 'ipv6'>
  readonly endpoints: readonly Endpoint[]
  readonly options: SocketOptions
  /** Number of the first endpoint among the session's links. */
  readonly index: number
  readonly side: 'in' | 'out'
}

export interface SocketWatcher {
  /** What guards the session's sockets. */
  readonly guard: Guard
  tell(kind: LinkEventKind, address: string, detail?: string): void
  /** Links changed: there may be somebody to send to now. */
  changed(): void
}

/**
 * One socket and all that belongs to it: its endpoints, the monitor, at most one reader, and its end. Nobody else closes it, so
 * `closing` is the only truth about why a call was cut short.
 */
export class OwnedSocket<S extends NativeSocket> {
  readonly native: S
  readonly links: readonly EndpointLink[]
  closing = false
  readonly #plan: SocketPlan<S>
  readonly #watcher: SocketWatcher
  readonly #monitored: Promise<void>
  #reading: Promise<void> = Promise.resolve()
  #closed: Promise<boolean> | undefined
  /** Ends the waiting for its end. */
  #giveUp: () => void = () => undefined
  #patience: NodeJS.Timeout | undefined
  #due = Infinity

  /** Throws Fault `BAD_ENDPOINT` before a socket exists. */
  constructor(plan: SocketPlan<S>, watcher: SocketWatcher) {
    this.#plan = plan
    this.#watcher = watcher
    const parsed = plan.endpoints.map((endpoint) => parseEndpoint(endpoint.address, endpoint.method))
    const tcp = parsed.some((e) => e.scheme === 'tcp')
    const ipv6 = plan.options.ipv6 || parsed.some((e) => e.host.includes(':'))
    const socket = plan.create({ ...nativeOptions(plan.options, { ...plan.use, tcp, ipv6 }), ...watcher.guard.options })
    this.native = socket
    this.links = plan.endpoints.map((endpoint, i) => {
      const Link = endpoint.method === 'bind' ? BoundLink : ConnectedLink
      const { ipv6, reconnectInterval, reconnectMaxInterval } = plan.options
      const context = {
        index: plan.index + i,
        side: plan.side,
        ipv6,
        reconnectInterval,
        reconnectMaxInterval,
        ...watcher,
      }
      return new Link(socket, endpoint, context)
    })
    this.#monitored = this.#monitor()
  }

  /** Whether any endpoint has a peer to talk to. */
  get up(): boolean {
    return this.links.some((link) => link.up)
  }

  /** Binds, then connects. Throws the first bind's Fault; connecting goes on in the background. */
  async open(): Promise<void> {
    for (const link of this.links) if (link instanceof BoundLink && !this.closing) await link.open()
    if (this.closing) return
    for (const link of this.links) if (link instanceof ConnectedLink) void link.open()
  }

  /**
   * Starts the one reader. `broken` hears of what could not be read; `fatal` of a socket that can be read no more. A socket of the receiving thread hands nothing
   * over to `deliver`: its messages are rows already.
   */
  read(
    this: OwnedSocket<S & (Readable | WireSocket)>,
    deliver: Deliver,
    broken: (error: unknown) => void,
    fatal: (error: unknown) => void,
  ): void {
    const { native } = this
    this.#reading =
      native instanceof WireSocket
        ? native.receive(fatal)
        : receivePortable(native, { deliver, broken, closing: () => this.closing }).catch((error: unknown) => {
            // zeromq.js gives a message that came in time to whoever waited for it while the socket closed: what cannot be done with it then is no failure.
            if (!this.closing) fatal(error)
          })
  }

  /** Hands a message to libzmq; resolves when it was taken, rejects with EAGAIN after the socket's send timeout or when it closes. */
  send(this: OwnedSocket<S & Writable>, frames: readonly Uint8Array[]): Promise<void> {
    return this.native.send(frames as Uint8Array[])
  }

  /**
   * Closes the socket and resolves when libzmq has really let go of it: ports are free, lingering is over. True when that was seen; false when
   * it did not happen within linger + 1 s. @param deadline ms, the longest linger; of one that closes already, what is waited for it from now on
   */
  close(deadline?: number): Promise<boolean> {
    if (this.#closed === undefined) this.#closed = this.#close(deadline)
    else if (deadline !== undefined) this.#wait(deadline + CLOSE_GRACE)
    return this.#closed
  }

  async #close(deadline: number | undefined): Promise<boolean> {
    this.closing = true
    for (const link of this.links) link.close()
    this.#watcher.changed()
    // zeromq.js binds on another thread, and a libzmq socket is one thread's at a time: no option is set meanwhile.
    for (const link of this.links) if (link instanceof BoundLink && link.binding !== undefined) await link.binding
    const usual = this.#plan.use.sends ? this.#plan.options.linger : 0
    const linger = deadline === undefined || (usual >= 0 && usual <= deadline) ? usual : deadline
    if (linger !== usual && 'linger' in this.native) this.native.linger = linger
    this.native.close()
    const ended = Promise.all([this.#monitored, this.#reading]).then(() => true)
    const late = new Promise<boolean>((resolve) => (this.#giveUp = () => resolve(false)))
    // Also at a linger of 0: libzmq lets go of a port some time later, and who opens it again at once must find it free.
    if (linger >= 0) this.#wait(linger + CLOSE_GRACE)
    try {
      return await Promise.race([ended, late])
    } finally {
      clearTimeout(this.#patience)
    }
  }

  /** Waits for its end no longer than that, ms. */
  #wait(patience: number): void {
    const due = performance.now() + patience
    if (due >= this.#due) return
    this.#due = due
    clearTimeout(this.#patience)
    this.#patience = setTimeout(() => this.#giveUp(), patience)
  }

  /** The monitor's stream ends with the event `end`, which libzmq sends when the socket is destroyed, after its linger. */
  async #monitor(): Promise<void> {
    for await (const event of this.native.events) this.#on(event)
  }

  #on(event: Event): void {
    if (this.closing || !('address' in event)) return
    for (const link of this.links) {
      if (link.owns(event.address)) {
        link.on(event)
        return
      }
    }
  }
}
