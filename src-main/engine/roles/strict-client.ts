import type { Request } from 'zeromq'
import { Fault, type SettingsOf } from '../../contract/index.js'
import { now } from '../clock.js'
import { toFault } from '../errors.js'
import type { OwnedSocket, SocketWatcher } from '../socket.js'
import { openRequest } from './request-socket.js'
import type { Role, RoleHost } from './role.js'

/** The textbook lock-step: libzmq itself refuses what is out of turn. No tries, no deadline. */
export class StrictClient implements Role {
  readonly #settings: SettingsOf<'client'>
  readonly #host: RoleHost
  readonly #socket: OwnedSocket<Request>
  #seq = 0
  #since = 0
  #last: 'none' | 'answered' = 'none'
  #onAnswer: ((frames: Uint8Array[]) => void) | undefined

  constructor(settings: SettingsOf<'client'>, host: RoleHost, watcher: SocketWatcher) {
    this.#settings = settings
    this.#host = host
    this.#socket = openRequest(settings, watcher)
  }

  get sockets() {
    return [this.#socket]
  }

  readonly queued = 0

  async open(): Promise<void> {
    await this.#socket.open()
    this.#socket.read(
      (frames, time) => {
        this.#host.record('in', frames, { time, ref: this.#seq })
        this.#host.progress(this.#seq, 'answered')
        this.#host.roundTrip(time - this.#since)
        this.#last = 'answered'
        this.#since = 0
        this.#onAnswer?.(frames.map((frame) => new Uint8Array(frame)))
        this.#host.changed()
      },
      () => this.#host.countMalformed(),
      (error) => this.#host.fail(error),
    )
  }

  status() {
    return {
      role: 'client' as const,
      turn: this.#since === 0 ? ('yours' as const) : ('waiting' as const),
      seq: this.#since === 0 ? 0 : this.#seq,
      attempt: 0,
      tries: 1,
      since: this.#since,
      deadline: 0,
      last: this.#last,
    }
  }

  /** Goes straight to libzmq, whose refusal is the lesson. Throws Fault `EFSM`, or `NOT_CONNECTED` when no server is there to take it. */
  async send(frames: readonly Uint8Array[]): Promise<{ seq: number }> {
    if (this.#since === 0 && !this.#socket.up) throw this.#notConnected()
    try {
      await this.#socket.send(frames)
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'EAGAIN' ? this.#notConnected() : toFault(error)
    }
    this.#since = now()
    this.#seq = this.#host.record('out', frames, { time: this.#since, progress: 'handed' })
    this.#host.changed()
    return { seq: this.#seq }
  }

  async ask(frames: readonly Uint8Array[], signal?: AbortSignal): Promise<{ seq: number; frames: Uint8Array[] }> {
    let stop = () => undefined as unknown
    const answered = new Promise<Uint8Array[] | undefined>((resolve) => {
      this.#onAnswer = resolve // before it is sent: the answer may be heard of first
      stop = () => resolve(undefined)
    })
    signal?.addEventListener('abort', stop)
    try {
      const { seq } = await this.send(frames)
      if (signal?.aborted) stop()
      const answer = await answered
      if (answer === undefined) throw new Fault('CANCELLED', 'Stopped waiting for the answer.')
      return { seq, frames: answer }
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  async close(deadline?: number): Promise<number> {
    await this.#socket.close(deadline)
    return 0
  }

  #notConnected(): Fault {
    return new Fault(
      'NOT_CONNECTED',
      `No server is connected at ${this.#settings.endpoints[0]?.address ?? ''}, so a strict REQ cannot send now. Send again when the link is up.`,
    )
  }
}
