import type { FaultShape, Filter } from '../../src-main/contract/index.js'
import type { Caller } from '../bridge/client.js'
import { faultOf } from './workbench.svelte.js'

/**
 * The rows of a session that pass a filter, as numbers in ascending order: 8 bytes a row. It looks in slices, and goes on where it was
 * when more rows have come.
 */
export class Finder {
  readonly filter: Filter
  readonly #caller: Caller
  readonly #id: string
  readonly #stop = new AbortController()
  #seqs = new Float64Array(256)
  /** Rows that fell off the journal's end, at the front of `#seqs`. */
  #start = 0
  #end = 0
  #next = 1
  #running = false
  #length = $state(0)
  #done = $state(false)
  #looked = $state(0)
  #fault = $state.raw<FaultShape | undefined>(undefined)

  constructor(caller: Caller, id: string, filter: Filter) {
    this.#caller = caller
    this.#id = id
    this.filter = filter
  }

  /** How many rows were found so far. */
  get length(): number {
    return this.#length
  }
  /** Everything there was has been looked at, at least once. */
  get done(): boolean {
    return this.#done
  }
  /** Up to which row it has looked. */
  get looked(): number {
    return this.#looked
  }
  get fault(): FaultShape | undefined {
    return this.#fault
  }

  at(index: number): number {
    void this.#length
    return this.#seqs[this.#start + index] ?? 0
  }
  /** Index of the first row found at or after `seq`; `length` if there is none. */
  indexAt(seq: number): number {
    void this.#length
    let low = this.#start
    let high = this.#end
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#seqs[middle] ?? 0) < seq) low = middle + 1
      else high = middle
    }
    return low - this.#start
  }
  has(seq: number): boolean {
    return this.at(this.indexAt(seq)) === seq && seq > 0
  }

  /** Looks at rows up to `last` that it has not looked at. */
  async look(last: number): Promise<void> {
    if (this.#running || this.#fault !== undefined || (this.#done && this.#next > last)) return
    this.#running = true
    try {
      for (;;) {
        const found = await this.#caller.call(
          'session.search',
          { id: this.#id, filter: this.filter, from: this.#next },
          { signal: this.#stop.signal },
        )
        this.#take(new Float64Array(found.seqs.slice().buffer))
        this.#next = Math.max(this.#next, found.next)
        this.#looked = this.#next - 1
        if (found.done) break
      }
      this.#done = true
    } catch (error) {
      const fault = faultOf(error)
      // A line that is down comes back, and then it goes on.
      if (fault.code === 'BAD_PATTERN' || fault.code === 'BAD_PATH') this.#fault = fault
    } finally {
      this.#running = false
    }
  }

  /** Forgets rows before `first`. Returns how many that were. */
  drop(first: number): number {
    const gone = Math.min(this.indexAt(first), this.#end - this.#start)
    if (gone === 0) return 0
    this.#start += gone
    this.#length = this.#end - this.#start
    return gone
  }

  stop(): void {
    this.#stop.abort()
  }

  #take(found: Float64Array): void {
    if (found.length === 0 || this.#stop.signal.aborted) return
    if (this.#end + found.length > this.#seqs.length) {
      const kept = this.#seqs.subarray(this.#start, this.#end)
      const larger = new Float64Array(Math.max(256, (kept.length + found.length) * 2))
      larger.set(kept)
      this.#seqs = larger
      this.#end -= this.#start
      this.#start = 0
    }
    this.#seqs.set(found, this.#end)
    this.#end += found.length
    this.#length = this.#end - this.#start
  }
}
