import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { atEnd } from './ending.js'

/** One connection through the proxy: who came, and who it leads to. */
interface Pair {
  readonly near: Socket
  readonly far: Socket
}

/**
 * A TCP line that misbehaves on demand, between a peer and what it thinks it is connected to. After Toxiproxy's toxics:
 * - `latency`: each piece arrives so many ms later, in order;
 * - `slice`: it arrives in pieces of so many bytes;
 * - `cut()`: a black hole: connections stay open, nothing arrives any more, what is sent is lost; nobody is told (no FIN, no reset);
 *   `heal()`: those connections are dead, new ones work;
 * - `reset()`: all connections end at once with a TCP reset;
 * - `stall(true)`: nothing is read any more, so that the senders' buffers fill; nothing is lost.
 */
export class Proxy {
  latency = 0
  slice = 0
  readonly #server: Server
  readonly #target: URL
  readonly #pairs = new Set<Pair>()
  #dark = false
  #lost = 0

  private constructor(server: Server, target: URL) {
    this.#server = server
    this.#target = target
    server.on('connection', (near) => this.#accept(near))
  }

  /** @param endpoint where it leads, `tcp://host:port`. It ends with the test. */
  static async to(endpoint: string): Promise<Proxy> {
    const server = createServer({ noDelay: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const proxy = new Proxy(server, new URL(endpoint.replace('tcp:', 'http:')))
    atEnd(() => proxy.close())
    return proxy
  }

  /** Where peers are to connect instead. */
  get endpoint(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Connections that pass, or seem to. */
  get connections(): number {
    return this.#pairs.size
  }

  /** Bytes that went into the black hole. */
  get lost(): number {
    return this.#lost
  }

  cut(): void {
    this.#dark = true
  }

  heal(): void {
    this.#dark = false
    this.reset()
  }

  reset(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy()
      far.resetAndDestroy()
    }
  }

  stall(on: boolean): void {
    for (const { near, far } of this.#pairs)
      for (const socket of [near, far])
        if (on) socket.pause()
        else socket.resume()
  }

  async close(): Promise<void> {
    this.reset()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(near: Socket): void {
    const far = connect({ host: this.#target.hostname, port: Number(this.#target.port), noDelay: true })
    const pair = { near, far }
    this.#pairs.add(pair)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes: Buffer) => this.#pass(bytes, to))
      from.on('end', () => this.#after(() => this.#dark || to.end()))
      from.on('error', () => to.resetAndDestroy())
      from.on('close', () => {
        this.#pairs.delete(pair)
        to.destroySoon()
      })
    }
  }

  #pass(bytes: Buffer, to: Socket): void {
    const step = this.slice || bytes.byteLength
    for (let at = 0; at < bytes.byteLength; at += step) {
      const piece = bytes.subarray(at, at + step)
      this.#after(() => {
        if (this.#dark) this.#lost += piece.byteLength
        else if (!to.destroyed) to.write(piece)
      })
    }
  }

  #after(action: () => void): void {
    if (this.latency === 0) action()
    else setTimeout(action, this.latency)
  }
}
