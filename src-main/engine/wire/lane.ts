import type Koffi from 'koffi'
import type { Journal } from '../journal.js'
import { ENTRY_BYTES, SLAB_BYTES, type Slab } from '../slab.js'
import { addressOf } from './block.js'
import { Counted, perSlab, SLABS, type Command, type LentSlab } from './protocol.js'

/** Larger slabs are lent where more than this many bytes came since the last look: each costs a few µs on either thread. */
const FAST = 2 * 1024 * 1024
const FAST_SLAB = 1024 * 1024
/** Rows larger than this on average leave much of a slab empty when they do not fit: none is lent ahead, each is asked for. */
const LARGE = FAST_SLAB / 8
/** Bytes that are lent ahead at most, and as a part of what all journals may hold. */
const MOST_AHEAD = 32 * 1024 * 1024
const SHARE_AHEAD = 1 / 16
/** How many times what came since the last look is lent ahead: this thread may be late. */
const AHEAD = 4

/** Where commands go, and those that are answered. */
export interface ReceivingThread {
  tell(command: Command): void
  call(command: (call: number) => Command): Promise<unknown>
}

interface Lent {
  readonly slab: Slab
  readonly slot: number
  /** Bytes of payload of what is known of it. */
  payload: number
}

/** Called with rows that have become a journal's newest: `from` to `to` - 1 of this slab, of so many bytes. */
export type Adopted = (slab: Slab, from: number, to: number, bytes: number) => void

/**
 * The main thread's side of one session's journal while the receiving thread writes it: lends slabs ahead, and makes known what has been written. Memory that is
 * lent stays in use (the journal holds it) until the receiving thread has said that it is done with it, or has ended.
 */
export class Lane {
  readonly id: number
  readonly memory = new SharedArrayBuffer(SLABS * perSlab.words * 4)
  readonly #words = new Int32Array(this.memory)
  readonly #counted = new Counted(this.memory)
  readonly #journal: Journal
  readonly #adopted: Adopted
  readonly #koffi: typeof Koffi
  readonly #thread: ReceivingThread
  readonly #lent: Lent[] = []
  readonly #free = Array.from({ length: SLABS }, (_, slot) => slot)
  #collecting = false
  #left: (() => void) | undefined

  constructor(id: number, koffi: typeof Koffi, journal: Journal, adopted: Adopted, thread: ReceivingThread) {
    this.id = id
    this.#koffi = koffi
    this.#journal = journal
    this.#adopted = adopted
    this.#thread = thread
    thread.tell({ do: 'lane', lane: id, words: this.memory })
    this.#hand([this.#lend(0)])
  }

  /** Nothing more is to be taken, or all again; resolves when that is so. What was taken before still comes. */
  async hold(on: boolean): Promise<void> {
    await this.#thread.call((call) => ({ do: 'hold', lane: this.id, on, call }))
  }

  /** Makes known what has been written since the last call; true when that was anything. */
  collect(): boolean {
    if (this.#collecting) return false
    this.#collecting = true
    try {
      const taken = this.#take()
      if (taken.rows > 0) this.#supply(taken)
      return taken.rows > 0
    } finally {
      this.#collecting = false
    }
  }

  /** The receiving thread has no slab left with room for so many bytes. */
  starved(bytes: number): void {
    const taken = this.#take()
    this.#hand([this.#lend(bytes)])
    this.#supply(taken)
  }

  /** The sockets are closed: resolves when every slab is back. */
  async leave(): Promise<void> {
    const left = new Promise<void>((resolve) => (this.#left = resolve))
    this.#thread.tell({ do: 'leave', lane: this.id })
    await left
  }

  /** The receiving thread writes no more: it said so, or it has ended. */
  left(): void {
    this.#take()
    for (const { slab } of this.#lent.splice(0)) this.#journal.settle(slab)
    this.#left?.()
  }

  /** Adopts what is new; gives how much that was, bytes with the entries'. */
  #take(): { bytes: number; rows: number } {
    const taken = { bytes: 0, rows: 0 }
    for (let lent = this.#lent[0]; lent !== undefined; lent = this.#lent[0]) {
      const { slab, slot } = lent
      const done = Atomics.load(this.#words, slot * perSlab.words + perSlab.done) === 1
      const [rows, payload] = this.#counted.load(slot)
      const known = slab.rows
      if (rows > known) {
        const before = slab.used
        this.#journal.adopt(slab, rows)
        taken.bytes += slab.used - before
        taken.rows += rows - known
        const more = payload - lent.payload
        lent.payload = payload
        this.#adopted(slab, known, rows, more)
      }
      if (!done) break
      this.#lent.shift()
      this.#free.push(slot)
      this.#journal.settle(slab)
    }
    return taken
  }

  /** Lends ahead what may be filled until the next look, if that is like what was taken at this one. */
  #supply({ bytes, rows }: { bytes: number; rows: number }): void {
    if (this.#left !== undefined || bytes > rows * LARGE) return
    const { limit } = this.#journal
    const wanted = Math.min(Math.max(SLAB_BYTES / 2, bytes * AHEAD), MOST_AHEAD, limit * SHARE_AHEAD)
    let ahead = 0
    for (const { slab } of this.#lent) ahead += slab.size - slab.used
    const more: LentSlab[] = []
    while (ahead < wanted) {
      const lent = this.#lend(bytes > FAST ? FAST_SLAB : 0)
      if (lent === undefined) break
      more.push(lent)
      ahead += lent.size - lent.end - lent.rows * ENTRY_BYTES
    }
    this.#hand(more)
  }

  /** Lends a slab with room for `need` bytes; undefined when too many are lent already. */
  #lend(need: number): LentSlab | undefined {
    const slot = this.#free.pop()
    if (slot === undefined) return undefined
    const slab = this.#journal.lend(Math.max(need, 1))
    const { rows, end, size } = slab
    Atomics.store(this.#words, slot * perSlab.words + perSlab.done, 0)
    this.#counted.store(slot, rows, 0)
    this.#lent.push({ slab, slot, payload: 0 })
    return { slot, address: addressOf(this.#koffi, slab.memory), size, rows, end }
  }

  #hand(lent: readonly (LentSlab | undefined)[]): void {
    const slabs = lent.filter((slab) => slab !== undefined)
    if (slabs.length > 0) this.#thread.tell({ do: 'slabs', lane: this.id, slabs })
  }
}
