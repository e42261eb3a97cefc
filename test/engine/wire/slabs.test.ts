import fc from 'fast-check'
import { expect, it } from 'vitest'
import { JournalPool, type Journal } from '../../../src-main/engine/journal.js'
import { ENTRY_BYTES } from '../../../src-main/engine/slab.js'
import { Lane } from '../../../src-main/engine/wire/lane.js'
import type { Block } from '../../../src-main/engine/wire/block.js'
import type { Command } from '../../../src-main/engine/wire/protocol.js'
import { writeEntry, Writer } from '../../../src-main/engine/wire/writer.js'
import { useNative } from '../../helpers/native.js'

/*
 * Both ends of a journal that is written by the receiving thread, on this one thread, so that every order in which their words can reach each other can be had and had again:
 *
 *   Writer ──rows──▶ lent slabs ──count──▶ Lane ──▶ journal, read at any time
 *      ▲                                    │
 *      └── commands, late ── reports, late ─┘
 */

const MiB = 1024 * 1024
const native = await useNative()

/** What message `n` is: its frames follow from its number, as `size` says. */
const frameOf = (n: number, f: number, size: number) => Buffer.alloc(size, (n * 7 + f * 3) & 0xff)

class Both {
  readonly journal: Journal
  readonly #pool: JournalPool
  readonly #entry: Block = native.block(ENTRY_BYTES)
  readonly #commands: Command[] = []
  readonly #needs: number[] = []
  readonly #lane: Lane
  #writer!: Writer
  /** Sizes of the frames of every message so far. */
  readonly sent: (readonly number[])[] = []
  /** Bytes of payload of the first messages, by how many those are. */
  readonly #sums = [0]
  #told = 0
  #bytes = 0

  constructor(bytes: number) {
    this.#pool = new JournalPool(bytes)
    this.journal = this.#pool.open()
    const { koffi } = native
    this.#lane = new Lane(
      1,
      koffi,
      this.journal,
      (_slab, from, to, bytes) => {
        this.#told += to - from
        this.#bytes += bytes
      },
      { tell: (command) => void this.#commands.push(command), call: () => Promise.resolve() },
    )
  }

  /** As an ear does with what it has taken. False when nothing may be taken now. */
  put(sizes: readonly number[]): boolean {
    const writer = this.#writer
    if (!writer.ready) return false
    const n = this.sent.push(sizes)
    this.#sums.push(this.#sums.at(-1)! + sizes.reduce((sum, size) => sum + size, 0))
    const table = Buffer.alloc(sizes.length > 1 ? sizes.length * 4 : 0)
    sizes.forEach((size, f) => table.length > 0 && table.writeUInt32LE(size, f * 4))
    const bytes = Buffer.concat([...sizes.map((size, f) => frameOf(n, f, size)), table])
    const block = native.block(bytes.byteLength)
    block.bytes.set(bytes)
    const size = bytes.byteLength
    const row = { bytes: size - table.byteLength, frames: sizes.length, time: n, source: n % 3, peer: n % 5 }
    if (writer.room < size + ENTRY_BYTES && !writer.advance(size + ENTRY_BYTES)) {
      writer.keep({ address: block.address, size }, row)
      return true
    }
    writeEntry(this.#entry, 1, writer.end, row)
    writer.copy(block, 0, size)
    writer.publish(this.#entry, 1, row.bytes)
    return true
  }

  /** The thread hears the next of what it was told; true when there was anything. */
  hear(): boolean {
    const command = this.#commands.shift()
    if (command === undefined) return false
    if (command.do === 'lane') {
      const need = (bytes: number) => void this.#needs.push(bytes)
      this.#writer = new Writer(native, command.lane, command.words, need, () => undefined)
    } else if (command.do === 'slabs') this.#writer.give(command.slabs)
    else if (command.do === 'hold') this.#writer.held = command.on
    else if (command.do === 'leave') {
      this.#writer.leave()
      this.#lane.left()
    }
    return true
  }

  /** The main thread hears the next of what the thread asks for. */
  answer(): boolean {
    const need = this.#needs.shift()
    if (need !== undefined) this.#lane.starved(need)
    return need !== undefined
  }

  collect(): boolean {
    return this.#lane.collect()
  }

  hold(on: boolean): void {
    void this.#lane.hold(on)
  }

  /** All that is known here is whole, in order, and each row told once. */
  check(): void {
    const { first, last, evicted } = this.journal
    expect(last).toBeLessThanOrEqual(this.sent.length)
    expect([this.#told, this.#bytes, evicted]).toEqual([last, this.#sums[last], first - 1])
    for (const seq of new Set([first, first + 1, Math.floor((first + last) / 2), last - 1, last])) {
      if (seq < first || seq > last) continue
      const sizes = this.sent[seq - 1]!
      const row = this.journal.row(seq)!
      expect([row.time, row.source, row.ref, row.frames.map(({ size }) => size)]).toEqual([seq, seq % 3, 0, sizes])
      row.frames.forEach(({ bytes }, f) => expect(Buffer.compare(bytes, frameOf(seq, f, sizes[f]!))).toBe(0))
      const slab = this.journal.slabOf(seq)!
      expect(slab.peer(seq - slab.firstSeq)).toBe(seq % 5)
    }
  }

  /** Until neither has anything left to say: then everything is known. */
  settle(): void {
    this.hold(false)
    for (let on = true; on;) {
      on = this.hear()
      if (!on) void this.#writer.ready // a row that was kept aside finds its place, or asks for one
      on = this.answer() || on
      on = this.collect() || on
    }
    this.check()
    expect(this.journal.last).toBe(this.sent.length)
  }

  async end(): Promise<void> {
    const left = this.#lane.leave()
    while (this.hear());
    await left
    this.journal.close()
    expect([this.#pool.used, this.journal.kept]).toEqual([0, 0])
  }
}

const sizes = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.nat(300) },
    { weight: 3, arbitrary: fc.nat(60_000) },
    { weight: 1, arbitrary: fc.nat(700_000) },
  ),
  { minLength: 1, maxLength: 4 },
)
const step = fc.oneof(
  { weight: 8, arbitrary: sizes.map((each) => (both: Both) => void both.put(each)) },
  { weight: 3, arbitrary: fc.constant((both: Both) => void both.hear()) },
  { weight: 2, arbitrary: fc.constant((both: Both) => void both.collect()) },
  { weight: 2, arbitrary: fc.constant((both: Both) => void both.answer()) },
  { weight: 1, arbitrary: fc.boolean().map((on) => (both: Both) => both.hold(on)) },
)

it('slabs that one thread writes and the other reads: whatever comes late, all that is known is whole and in order, and all of it comes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 120 }), fc.constantFrom(1, 2, 8), async (steps, mebibytes) => {
      const both = new Both(mebibytes * MiB)
      both.hear() // the lane
      for (const take of steps) {
        take(both)
        both.check()
      }
      both.settle()
      await both.end()
    }),
    { numRuns: 150 },
  )
})
