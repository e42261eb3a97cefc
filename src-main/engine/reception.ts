import { Pull, Subscriber } from 'zeromq'
import { Fault, type DriverWish, type SessionInfo, type SettingsOf } from '../contract/index.js'
import type { Journal } from './journal.js'
import { parseEndpoint } from './endpoint.js'
import type { nativeOptions } from './options.js'
import type { CurveOptions, Guard } from './security/guard.js'
import type { Adopted, Lane } from './wire/lane.js'
import { useWire, type Wire } from './wire/wire.js'
import { WireSocket } from './wire/wire-socket.js'

type Options = ReturnType<typeof nativeOptions> & CurveOptions
type Receiving = SettingsOf<'subscriber'> | SettingsOf<'sink'>
type Why = NonNullable<SessionInfo['driverWhy']>

/**
 * How a session receives: by the receiving thread, straight into its journal, or by zeromq.js, message by message. It is chosen whenever a session opens that only
 * receives, and can be told. The two differ in speed alone.
 */
export class Reception {
  #wire: Wire | undefined
  #lane: Lane | undefined
  #why: Why | undefined
  #guard: Pick<Guard, 'door'> = {}
  #shut: (() => void) | undefined
  #held = false
  #obeyed: Promise<void> = Promise.resolve()
  /** Whether it may be held back: a SUB must not, see `Session.hold`. */
  #holds = false
  #closing = false
  /** How often it has ended: what was being chosen then is not wanted any more. */
  #ends = 0
  readonly #journal: Journal
  readonly #adopted: Adopted
  readonly #usual: () => DriverWish

  /** @param usual what is wished where the session does not say. @param adopted hears of rows that the receiving thread has written */
  constructor(journal: Journal, usual: () => DriverWish, adopted: Adopted) {
    this.#journal = journal
    this.#usual = usual
    this.#adopted = adopted
  }

  /** Which it is, or was last, and why it is not the receiving thread. */
  info(): Pick<SessionInfo, 'driver' | 'driverWhy'> {
    if (this.#why === undefined) return { driver: this.#wire === undefined ? 'portable' : 'wire' }
    return { driver: 'portable', driverWhy: this.#why }
  }

  /**
   * To be awaited before the session's sockets are made. Throws Fault `NO_WIRE` when the session wants the receiving thread and it cannot be.
   * @param each called with rows after they have become the journal's, where zeromq.js would hand over each message
   */
  async choose(settings: Receiving, guard: Pick<Guard, 'door'>, each?: Adopted): Promise<void> {
    const wish = settings.driver ?? this.#usual()
    this.#holds = settings.role === 'sink'
    const ends = this.#ends
    const found = await this.#find(settings, wish)
    if (ends !== this.#ends) return
    if (!('why' in found)) {
      this.#why = undefined
      this.#wire = found.wire
      this.#guard = guard
      if (guard.door !== undefined) this.#shut = found.wire.door(guard.door.domain, guard.door.heard)
      this.#lane = found.wire.lane(this.#journal, (...rows) => {
        this.#adopted(...rows)
        each?.(...rows)
      })
      if (this.#held && this.#holds) this.#obeyed = this.#lane.hold(true)
      return
    }
    this.#why = found.why
    if (wish === 'wire')
      throw new Fault('NO_WIRE', `The receiving thread cannot serve this session: ${sentences[found.why.reason]}`, {
        ...found.why,
      })
  }

  subscriber(options: Options, source: number): Subscriber | WireSocket {
    return this.#socket('subscriber', options, source) ?? new Subscriber(options)
  }

  sink(options: Options): Pull | WireSocket {
    return this.#socket('sink', options, 0) ?? new Pull(options)
  }

  /** Nothing more is to be taken, or all again. What has been taken already still comes. */
  hold(on: boolean): void {
    this.#held = on
    if (!this.#closing && this.#holds && this.#lane !== undefined) this.#obeyed = this.#lane.hold(on)
  }

  /** Resolves when what `hold` was told last is so. */
  get obeyed(): Promise<void> {
    return this.#obeyed
  }

  /** The session closes: what is held back stays where it is, and goes with the socket. */
  close(): void {
    this.#closing = true
  }

  /** After the sockets are closed: the journal has all that was received, and is its session's alone again. */
  async end(): Promise<void> {
    const lane = this.#lane
    this.#lane = undefined
    this.#closing = false
    this.#ends++
    this.#shut?.()
    this.#shut = undefined
    if (lane !== undefined) await this.#wire?.release(lane)
  }

  async #find(settings: Receiving, wish: string): Promise<{ wire: Wire } | { why: Why }> {
    if (wish === 'portable') return { why: { reason: 'asked', detail: '' } }
    const inproc = settings.endpoints.some(({ address, method }) => parseEndpoint(address, method).scheme === 'inproc')
    // The thread has a context of its own, and inproc addresses are a context's.
    if (inproc) return { why: { reason: 'inproc', detail: '' } }
    const wire = await useWire()
    return typeof wire === 'string' ? { why: { reason: 'unavailable', detail: wire } } : { wire }
  }

  #socket(type: 'subscriber' | 'sink', options: Options, source: number): WireSocket | undefined {
    if (this.#wire === undefined || this.#lane === undefined) return undefined
    const { door } = this.#guard
    const listed = door === undefined ? undefined : { domain: door.domain, keys: door.keys }
    return new WireSocket(this.#wire, this.#lane, type, options, source, listed)
  }
}

const sentences: Readonly<Record<Why['reason'], string>> = {
  asked: 'the session is set to zeromq.js.',
  inproc: 'inproc:// does not reach it. Receive automatically or by zeromq.js.',
  unavailable: 'it does not work on this system. Receive automatically or by zeromq.js.',
}
