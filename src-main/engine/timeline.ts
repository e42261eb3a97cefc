import type { LinkEvent, LinkEventKind } from '../contract/index.js'
import { now } from './clock.js'

/** Lines kept; older ones fall off. */
const KEPT = 2000

/**
 * What happened on a session's links, in order. The same thing at the same address again grows the last line instead of adding one (libzmq can report
 * hundreds of thousands of `accept:error` in seconds); a line that grew gets a new number, so that a view which asks "since n" hears of it.
 */
export class Timeline {
  last = 0
  readonly #events: LinkEvent[] = []
  readonly #listeners = new Set<(event: LinkEvent) => void>()

  add(kind: LinkEventKind, address: string, detail = ''): void {
    const previous = this.#events.findLast((e) => e.address === address)
    const grows = previous !== undefined && previous.kind === kind && previous.detail === detail
    if (grows) this.#events.splice(this.#events.lastIndexOf(previous), 1)
    const event: LinkEvent = {
      seq: ++this.last,
      time: now(),
      kind,
      address,
      count: grows ? previous.count + 1 : 1,
      detail,
    }
    this.#events.push(event)
    if (this.#events.length > KEPT) this.#events.shift()
    for (const listener of this.#listeners) listener(event)
  }

  /** Brings back a line of another time; they come in their order. */
  restore(event: LinkEvent): void {
    this.last = Math.max(this.last + 1, event.seq)
    this.#events.push({ ...event, seq: this.last })
    if (this.#events.length > KEPT) this.#events.shift()
  }

  /** Lines with `seq > after`, oldest first, at most 500: the newest ones. */
  since(after: number): LinkEvent[] {
    return this.#events.filter((e) => e.seq > after).slice(-500)
  }

  listen(listener: (event: LinkEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
