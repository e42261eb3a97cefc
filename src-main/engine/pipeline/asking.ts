import type { Dealer } from 'zeromq'
import type { OwnedSocket } from '../socket.js'

/** A worker's side of dealing by demand: it asks for as many tasks as it has hands free, and never has more asked for than that. */
export class Asking {
  readonly #socket: OwnedSocket<Dealer>
  readonly #name: Uint8Array
  readonly #free: () => number
  /** Asked for and not come. */
  #open = 0
  #sending = false
  #peers = 0

  /** @param name by which the ventilator may know it. @param free how many more tasks it can take now */
  constructor(socket: OwnedSocket<Dealer>, name: string, free: () => number) {
    this.#socket = socket
    this.#name = Buffer.from(name)
    this.#free = free
  }

  /** A task has come. */
  got(): void {
    if (this.#open > 0) this.#open--
  }

  /** Whoever is new there knows nothing of what was asked for before. */
  linked(): void {
    const peers = this.#socket.links.reduce((sum, link) => sum + (link.up ? Math.max(1, link.peers) : 0), 0)
    if (peers > this.#peers) this.#open = 0
    this.#peers = peers
    this.ask()
  }

  ask(): void {
    if (!this.#sending && this.#socket.up && !this.#socket.closing) void this.#ask()
  }

  async #ask(): Promise<void> {
    this.#sending = true
    for (let more = this.#free() - this.#open; more > 0; more = this.#free() - this.#open) {
      this.#open += more
      try {
        await this.#socket.send([Buffer.from(String(more)), this.#name])
      } catch {
        break // it closes
      }
    }
    this.#sending = false
  }
}
