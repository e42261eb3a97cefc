import type { ClientInfo } from '../../../../src-main/contract/index.js'
import { decodeText, isPrintable } from '../../../../src-main/payload/index.js'
import type { Caller } from '../../../bridge/client.js'
import { visibleLine } from '../../../lib/visible.js'
import { m } from '../../../paraglide/messages.js'

/** Milliseconds between two questions to the engine while clients come and go. */
const PAUSE = 250
/** The row above all clients, which stands for all of them. */
export const ALL = 0

/** Who has asked a server, in the order of arrival, and which of them is looked at. Asks the engine only for what changed. */
export class ClientList {
  readonly #caller: Caller
  readonly #id: string
  readonly #bySource = new Map<number, ClientInfo>()
  #all = $state.raw<readonly ClientInfo[]>([])
  #find = $state('')
  #picked = $state(ALL)
  #revision = 0
  #asking = false
  #again = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(caller: Caller, id: string) {
    this.#caller = caller
    this.#id = id
  }

  get all(): readonly ClientInfo[] {
    return this.#all
  }
  /** Those whose name or identity has `find` in it. */
  readonly found: readonly ClientInfo[] = $derived.by(() => {
    const wanted = this.#find.trim().toLowerCase()
    if (wanted === '') return this.#all
    return this.#all.filter((client) => `${clientName(client)}\n${client.identity}`.toLowerCase().includes(wanted))
  })
  get find(): string {
    return this.#find
  }
  set find(text: string) {
    this.#find = text
  }
  /** Source of the client that is looked at; `ALL`: everybody. */
  get picked(): number {
    return this.#picked
  }
  /** The same as a client; undefined for everybody. */
  readonly client: ClientInfo | undefined = $derived(
    this.#picked === ALL ? undefined : this.#all.find(({ source }) => source === this.#picked),
  )
  /** Row of the picked one; -1 when it is not among those found. */
  readonly at: number = $derived(
    this.#picked === ALL ? 0 : this.found.findIndex(({ source }) => source === this.#picked) + 1 || -1,
  )

  get(source: number): ClientInfo | undefined {
    void this.#all
    return this.#bySource.get(source)
  }

  pick(source: number): void {
    this.#picked = source
  }
  /** Moves on by rows. */
  step(by: number): void {
    const to = Math.min(Math.max((this.at < 0 ? 0 : this.at) + by, 0), this.found.length)
    this.pick(to === 0 ? ALL : (this.found[to - 1]?.source ?? ALL))
  }

  async rename(source: number, name: string): Promise<void> {
    await this.#caller.call('session.nameClient', { id: this.#id, source, name: name.trim() })
    this.refresh()
  }

  /** Something may have changed. Called for every pulse; asks a few times a second. */
  refresh(): void {
    if (this.#asking || this.#timer !== undefined) {
      this.#again = true
      return
    }
    void this.#ask()
  }
  /** Nobody looks any more. */
  rest(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#again = false
  }

  async #ask(): Promise<void> {
    this.#asking = true
    this.#again = false
    try {
      const { revision, whole, clients, gone } = await this.#caller.call('session.clients', {
        id: this.#id,
        since: this.#revision,
      })
      this.#revision = revision
      if (whole) this.#bySource.clear()
      for (const source of gone) this.#bySource.delete(source)
      for (const client of clients) this.#bySource.set(client.source, client)
      if (whole || clients.length > 0 || gone.length > 0) this.#take()
    } catch {
      // The line is down or the session gone: the next pulse asks again.
    } finally {
      this.#asking = false
      this.#timer = setTimeout(() => {
        this.#timer = undefined
        if (this.#again) void this.#ask()
      }, PAUSE)
    }
  }

  #take(): void {
    // New ones have higher numbers and are set last, so the map is in the order of arrival.
    this.#all = [...this.#bySource.values()]
    if (this.#picked !== ALL && !this.#bySource.has(this.#picked)) this.#picked = ALL
  }
}

/** What a client is called: by a person, else by itself (an identity that is text), else by its number and the end of its identity. */
export function clientName({ source, identity, name }: ClientInfo): string {
  if (name !== '') return name
  return ownName(identity) ?? m.client_unnamed({ n: source, id: identity.slice(-4) })
}

function ownName(identity: string): string | undefined {
  const bytes = Uint8Array.from(identity.match(/../g) ?? [], (pair) => parseInt(pair, 16))
  const text = decodeText(bytes)
  return text === undefined || text.trim() === '' || !isPrintable(text) ? undefined : visibleLine(text)
}
