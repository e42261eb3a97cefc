import type { Ledger } from './ledger.js'
import { contentKey } from './contents.js'
import { FoundName } from './task-id.js'

/** Which task of which run a message is. One for all sessions of an engine: that is what joins what a ventilator, its workers and a sink see. */
export class Audit {
  /** The number of the task that was found last. */
  task = 0
  readonly #ledgers = new Map<string, Ledger>()
  readonly #name = new FoundName()
  /** Whether any run has its names in JSON fields; those without ids, newest first. */
  #fields = false
  #unnamed: Ledger[] = []

  /** Whether there is anything to look for. */
  get active(): boolean {
    return this.#ledgers.size > 0
  }

  add(ledger: Ledger): void {
    this.#ledgers.set(ledger.tag, ledger)
    this.#sort()
  }

  delete(ledger: Ledger): void {
    this.#ledgers.delete(ledger.tag)
    this.#sort()
  }

  /** The run whose task a worker has taken; its number is in `task`. Undefined: it is none of ours. */
  taken(frames: readonly Uint8Array[]): Ledger | undefined {
    return this.#ledgers.size === 0 ? undefined : this.#find(frames, false)
  }

  /** A sink has got a message. */
  collected(frames: readonly Uint8Array[], time: number): void {
    if (this.#ledgers.size === 0) return
    const ledger = this.#find(frames, true)
    if (ledger !== undefined) ledger.collected(this.task, time)
    else this.#stranger()
  }

  #find(frames: readonly Uint8Array[], collect: boolean): Ledger | undefined {
    if (this.#name.find(frames, this.#fields)) {
      const ledger = this.#ledgers.get(this.#name.tag)
      this.task = this.#name.task
      return ledger !== undefined && this.task >= 1 && this.task <= ledger.made ? ledger : undefined
    }
    if (this.#unnamed.length === 0) return undefined
    const key = contentKey(frames)
    for (const ledger of this.#unnamed) {
      this.task = collect ? ledger.contents!.collect(key) : ledger.contents!.start(key)
      if (this.task > 0) return ledger
    }
    return undefined
  }

  /** Counted where there is a run that it might have been of: the newest one that is not through. */
  #stranger(): void {
    let newest: Ledger | undefined
    for (const ledger of this.#ledgers.values()) if (ledger.inFlight > 0) newest = ledger
    if (newest !== undefined) newest.strangers++
  }

  #sort(): void {
    const all = [...this.#ledgers.values()]
    this.#fields = all.some(({ id }) => id.kind === 'json')
    this.#unnamed = all.filter(({ contents }) => contents !== undefined).reverse()
  }
}
