import type { ClientInfo } from '../contract/index.js'

/** Most clients that are told apart; the one that has been silent longest is forgotten for a new one. */
const LIMIT = 10_000

interface Client {
  readonly source: number
  readonly identity: string
  name: string
  waiting: number
  questions: number
  last: number
}

/**
 * The clients that have asked a server, each by its ROUTER identity. A REQ that sets none is given a new one with every connection, so then a
 * client is one connection. Numbers are never reused: rows refer to them.
 */
export class Clients {
  readonly #byIdentity = new Map<string, Client>()
  readonly #bySource = new Map<number, Client>()
  #last = 0

  get size(): number {
    return this.#byIdentity.size
  }

  /** A question has come. Returns the number under which rows know the client. */
  asked(identity: Uint8Array, time: number): number {
    const key = Buffer.from(identity.buffer, identity.byteOffset, identity.byteLength).toString('hex')
    const client = this.#byIdentity.get(key) ?? this.#add(key)
    client.questions++
    client.waiting++
    client.last = time
    return client.source
  }

  /** One of its questions waits no longer. */
  settled(source: number): void {
    const client = this.#bySource.get(source)
    if (client !== undefined && client.waiting > 0) client.waiting--
  }

  /** All questions that waited went with the sockets. */
  abandon(): void {
    for (const client of this.#bySource.values()) client.waiting = 0
  }

  /** Gives a client a name; an empty one takes it back. */
  name(source: number, name: string): void {
    const client = this.#bySource.get(source)
    if (client !== undefined) client.name = name
  }

  /** In the order of their first question. */
  list(): ClientInfo[] {
    return [...this.#bySource.values()].map((client) => ({ ...client }))
  }

  #add(identity: string): Client {
    if (this.#byIdentity.size >= LIMIT) this.#forgetOne()
    const client = { source: ++this.#last, identity, name: '', waiting: 0, questions: 0, last: 0 }
    this.#byIdentity.set(identity, client)
    this.#bySource.set(client.source, client)
    return client
  }

  #forgetOne(): void {
    let oldest: Client | undefined
    for (const client of this.#bySource.values())
      if (client.waiting === 0 && client.last < (oldest?.last ?? Infinity)) oldest = client
    const gone = oldest ?? this.#bySource.values().next().value
    if (gone === undefined) return
    this.#byIdentity.delete(gone.identity)
    this.#bySource.delete(gone.source)
  }
}
