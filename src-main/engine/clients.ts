import type { ClientChanges, ClientInfo } from '../contract/index.js'

/** Most clients that are told apart; the one that has been silent longest is forgotten for a new one. */
const LIMIT = 10_000

interface Client {
  readonly source: number
  readonly identity: string
  /** Its questions without an answer, oldest first, and when each came. */
  readonly waiting: Map<number, number>
  name: string
  questions: number
  asked: number
  answered: number
  revision: number
}

/**
 * The clients that have asked a server, each by its ROUTER identity. A REQ that sets none is given a new one with every connection, so then a
 * client is one connection. Numbers are never reused: rows refer to them.
 */
export class Clients {
  readonly #byIdentity = new Map<string, Client>()
  readonly #bySource = new Map<number, Client>()
  /** The last ones that were forgotten, oldest first. */
  #forgotten: { readonly source: number; readonly revision: number }[] = []
  /** What was forgotten after this revision is still among them. */
  #remembered: number
  #last = 0
  #revision: number

  constructor() {
    // No revision of an earlier run of the engine is one of this: whoever still has one gets everything.
    this.#remembered = this.#revision = Date.now() * 1000
  }

  get size(): number {
    return this.#byIdentity.size
  }

  /** The number under which rows know the client, before its question becomes one. */
  source(identity: Uint8Array): number {
    const key = Buffer.from(identity.buffer, identity.byteOffset, identity.byteLength).toString('hex')
    return (this.#byIdentity.get(key) ?? this.#add(key)).source
  }

  /** A question has come, as row `seq`. */
  asked(source: number, seq: number, time: number): void {
    const client = this.#bySource.get(source)
    if (client === undefined) return
    client.questions++
    client.waiting.set(seq, time)
    client.asked = time
    this.#touch(client)
  }

  /** One of its questions waits no longer. @param answered when its answer was sent; undefined if it will have none */
  settled(source: number, seq: number, answered?: number): void {
    const client = this.#bySource.get(source)
    if (client === undefined) return
    client.waiting.delete(seq)
    if (answered !== undefined) client.answered = answered
    this.#touch(client)
  }

  /** All questions that waited went with the sockets. */
  abandon(): void {
    for (const client of this.#bySource.values()) {
      if (client.waiting.size === 0) continue
      client.waiting.clear()
      this.#touch(client)
    }
  }

  /** Gives a client a name; an empty one takes it back. */
  name(source: number, name: string): void {
    const client = this.#bySource.get(source)
    if (client === undefined) return
    client.name = name
    this.#touch(client)
  }

  /** In the order of their first question. */
  list(): ClientInfo[] {
    return this.changes(0).clients
  }

  /** Those that are no longer as they were at a revision; all of them at revision 0. */
  changes(since: number): ClientChanges {
    // Whoever has not asked for so long that we no longer know all that went, gets everything.
    const whole = since > this.#revision || since < this.#remembered
    const clients: ClientInfo[] = []
    for (const client of this.#bySource.values()) if (whole || client.revision > since) clients.push(infoOf(client))
    const gone = whole ? [] : this.#forgotten.filter(({ revision }) => revision > since).map(({ source }) => source)
    return { revision: this.#revision, whole, clients, gone }
  }

  #touch(client: Client): void {
    client.revision = ++this.#revision
  }

  #add(identity: string): Client {
    if (this.#byIdentity.size >= LIMIT) this.#forgetOne()
    const client: Client = {
      source: ++this.#last,
      identity,
      waiting: new Map(),
      name: '',
      questions: 0,
      asked: 0,
      answered: 0,
      revision: ++this.#revision,
    }
    this.#byIdentity.set(identity, client)
    this.#bySource.set(client.source, client)
    return client
  }

  #forgetOne(): void {
    let oldest: Client | undefined
    for (const client of this.#bySource.values())
      if (client.waiting.size === 0 && client.asked < (oldest?.asked ?? Infinity)) oldest = client
    const gone = oldest ?? this.#bySource.values().next().value
    if (gone === undefined) return
    this.#byIdentity.delete(gone.identity)
    this.#bySource.delete(gone.source)
    this.#forgotten.push({ source: gone.source, revision: ++this.#revision })
    if (this.#forgotten.length <= 2 * LIMIT) return
    this.#remembered = this.#forgotten[LIMIT - 1]?.revision ?? 0
    this.#forgotten = this.#forgotten.slice(LIMIT)
  }
}

function infoOf({ source, identity, waiting, name, questions, asked, answered }: Client): ClientInfo {
  const [oldest] = waiting
  return {
    source,
    identity,
    name,
    waiting: waiting.size,
    oldest: oldest === undefined ? undefined : { seq: oldest[0], time: oldest[1] },
    questions,
    asked,
    answered,
  }
}
