import type { Writable } from 'zeromq'
import type { SocketOptions } from '../../contract/index.js'
import { SendQueue } from '../send-queue.js'
import type { NativeSocket, OwnedSocket } from '../socket.js'
import type { RoleHost } from './role.js'

/** Milliseconds after which a queue that must empty before closing is given up, when linger is “for ever”: never. */
const FOR_EVER = -1

/**
 * The outgoing half of a worker: a row is *queued* when written and *handed* when libzmq took it. While nobody is connected, messages stay in our own queue,
 * where they are counted and seen.
 */
export class Sender {
  readonly #queue: SendQueue
  readonly #host: RoleHost

  /** @param write hands one to libzmq */
  constructor(
    socket: OwnedSocket<NativeSocket & Writable>,
    host: RoleHost,
    write: (frames: readonly Uint8Array[]) => Promise<void>,
  ) {
    this.#host = host
    this.#queue = new SendQueue({
      write,
      ready: () => !socket.closing && socket.up,
      handed: (seq) => host.progress(seq, 'handed'),
      failed: (seq) => host.progress(seq, 'failed'),
    })
  }

  get queued(): number {
    return this.#queue.size
  }

  /** Sends the result of row `ref`; resolves when it was handed over, or will not be. */
  pass(frames: readonly Uint8Array[], ref: number, source: number, time: number): Promise<void> {
    return this.#queue.pass(this.#host.record('out', frames, { time, progress: 'queued', ref, source }), frames)
  }

  wake(): void {
    this.#queue.wake()
  }

  drained(limit: number): Promise<void> {
    return this.#queue.drained(limit)
  }

  /** Waits as long as linger allows for the queue to empty, then gives up the rest and says how much that was. */
  async finish(options: SocketOptions, deadline?: number): Promise<number> {
    const patience = deadline ?? options.linger
    if (this.#queue.size > 0 && patience !== 0) {
      const drained = this.#queue.drained(0).catch(() => undefined)
      await (patience === FOR_EVER ? drained : Promise.race([drained, after(patience)]))
    }
    return this.#queue.close()
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
