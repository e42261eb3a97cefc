import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PageView } from '../../src-main/contract/index.js'
import { JournalPool } from '../../src-main/engine/journal.js'
import { SLAB_BYTES } from '../../src-main/engine/slab.js'

const MiB = 1024 * 1024
const at = (time: number) => ({ time })

describe('a journal', () => {
  it('gives back every message as it was written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 5 }), { maxLength: 60 }),
        (messages) => {
          const journal = new JournalPool(4 * MiB).open()
          messages.forEach((frames, i) => {
            expect(
              journal.append(i % 2 ? 'out' : 'in', frames, {
                time: i + 0.25,
                source: i,
                ref: i > 3 ? i - 2 : 0,
                malformed: i % 5 === 0,
                progress: 'handed',
              }),
            ).toBe(i + 1)
          })
          messages.forEach((frames, i) => {
            const row = journal.row(i + 1)
            expect(row).toMatchObject({
              seq: i + 1,
              time: i + 0.25,
              source: i,
              ref: i > 3 ? i - 2 : 0,
              malformed: i % 5 === 0,
              progress: 'handed',
              direction: i % 2 ? 'out' : 'in',
            })
            expect(row?.frames.map((f) => [...f.bytes])).toEqual(frames.map((f) => [...f]))
            expect(row?.size).toBe(frames.reduce((sum, f) => sum + f.length, 0))
          })
        },
      ),
      { numRuns: 100, seed: 1 },
    )
  })

  it('keeps a million 100-byte messages within 1.3 times their bytes and 24 each, all readable by page', () => {
    const journal = new JournalPool(512 * MiB).open()
    const message = new Uint8Array(100)
    const view = new DataView(message.buffer)
    for (let i = 1; i <= 1_000_000; i++) {
      view.setUint32(0, i)
      journal.append('in', [message], at(i))
    }
    expect(journal.kept).toBeLessThanOrEqual(1_000_000 * (100 * 1.3 + 24))
    expect(journal).toMatchObject({ first: 1, last: 1_000_000, evicted: 0 })
    let next = 1
    while (next <= 1_000_000) {
      const page = new PageView(journal.page(next, 5000, 64))
      expect(page.first).toBe(next)
      for (const row of page) {
        const head = row.frames[0]!.bytes
        if (new DataView(head.buffer, head.byteOffset).getUint32(0) !== next || row.size !== 100 || head.length !== 64)
          throw new Error(`row ${next} is not what was written`)
        next++
      }
    }
  })

  it('counts what falls off its end, takes no more than half the pool, and cuts no message', () => {
    const pool = new JournalPool(4 * MiB)
    const journal = pool.open()
    const kilobyte = new Uint8Array(1024)
    for (let i = 0; i < 8000; i++) journal.append('in', [kilobyte], at(i))
    expect(journal.kept).toBeLessThanOrEqual(2 * MiB)
    expect(journal.evicted).toBe(journal.first - 1)
    expect(journal.last).toBe(8000)
    expect(journal.evicted + (journal.last - journal.first + 1)).toBe(8000)
    expect(journal.row(journal.first)?.size).toBe(1024)
    expect(journal.row(journal.first - 1)).toBeUndefined()
    expect(new PageView(journal.page(1, 10, 10)).first).toBe(journal.first)
  })

  it('shares the pool: a busy journal takes from the largest, never more than there is', () => {
    const pool = new JournalPool(4 * MiB)
    const [one, two, three] = [pool.open(), pool.open(), pool.open()]
    const kilobyte = new Uint8Array(1024)
    for (let i = 0; i < 10_000; i++) for (const journal of [one, two, three]) journal.append('in', [kilobyte], at(i))
    expect(pool.used).toBeLessThanOrEqual(4 * MiB)
    expect(pool.used).toBe(one.kept + two.kept + three.kept)
    for (const journal of [one, two, three]) expect(journal.evicted + journal.last - journal.first + 1).toBe(10_000)
    for (const journal of [one, two, three]) journal.close()
    expect(pool.used).toBe(0)
  })

  it('takes a message larger than a slab, and one larger than the pool, whole', () => {
    const pool = new JournalPool(1 * MiB)
    const journal = pool.open()
    journal.append('in', [new Uint8Array(10)], at(1))
    const large = new Uint8Array(3 * MiB).fill(7)
    large[large.length - 1] = 9
    journal.append('in', [large, new Uint8Array([1])], at(2))
    const row = journal.row(2)
    expect(row?.frames.map((f) => f.size)).toEqual([3 * MiB, 1])
    expect(row?.frames[0]?.bytes.at(-1)).toBe(9)
    journal.append('in', [new Uint8Array(10)], at(3))
    expect(journal.row(3)?.size).toBe(10)
  })

  it('of large frames of like size, keeps to its share and, once full, to the memory that it has', () => {
    const pool = new JournalPool(64 * MiB)
    const journal = pool.open()
    const sizes = [5.0, 5.1, 4.9].map((size) => size * MiB)
    for (let i = 0; i < 30; i++) journal.append('in', [new Uint8Array(sizes[i % 3]!).fill(i)], at(i))
    expect(pool.used).toBeLessThanOrEqual(32 * MiB)
    expect(journal.kept).toBe(pool.used)
    expect(journal.last - journal.first + 1).toBeGreaterThanOrEqual(5)
    expect(journal.evicted).toBe(journal.first - 1)
    for (let seq = journal.first; seq <= 30; seq++) {
      const frame = journal.row(seq)!.frames[0]!
      expect([frame.size, frame.bytes[0], frame.bytes.at(-1)]).toEqual([
        Math.floor(sizes[(seq - 1) % 3]!),
        seq - 1,
        seq - 1,
      ])
    }
    journal.close()
    expect(pool.used).toBe(0)
  })

  it('cuts frames in a page to their head and says their true size', () => {
    const journal = new JournalPool(MiB).open()
    journal.append('in', [new Uint8Array(1000).fill(1), new Uint8Array(3).fill(2)], at(1))
    const [row] = [...new PageView(journal.page(1, 1, 16))]
    expect(row?.frames.map((f) => [f.size, f.bytes.length])).toEqual([
      [1000, 16],
      [3, 3],
    ])
    expect(row?.size).toBe(1003)
  })

  it('lets progress change later, and raises its revision', () => {
    const journal = new JournalPool(MiB).open()
    journal.append('out', [new Uint8Array(1)], { time: 1, progress: 'queued' })
    journal.append('out', [new Uint8Array(1)], { time: 2, progress: 'queued' })
    const before = journal.revision
    journal.setProgress(1, 'answered')
    journal.setProgress(99, 'answered')
    expect([journal.row(1)?.progress, journal.row(2)?.progress]).toEqual(['answered', 'queued'])
    expect(journal.revision).toBe(before + 1)
  })

  it('is empty after a clear, which counts as nothing lost, and numbers on', () => {
    const journal = new JournalPool(MiB).open()
    journal.append('in', [new Uint8Array(1)], at(1))
    journal.clear()
    expect(journal).toMatchObject({ first: 2, last: 1, kept: 0, evicted: 0 })
    expect(journal.append('in', [new Uint8Array(1)], at(2))).toBe(2)
    expect(journal.row(1)).toBeUndefined()
    expect(new PageView(journal.page(1, 10, 10)).rows).toBe(1)
  })

  it('hides what a person cleared until that is final: it can be shown again, and its memory goes last', () => {
    const pool = new JournalPool(8 * MiB)
    const journal = pool.open()
    const large = new Uint8Array(SLAB_BYTES / 2)
    for (let i = 1; i <= 3; i++) journal.append('in', [large], at(i))
    const full = pool.used
    journal.hide()
    expect(journal).toMatchObject({ first: 4, last: 3, evicted: 0 })
    expect([journal.row(3), journal.slabOf(2), pool.used]).toEqual([undefined, undefined, full])
    journal.append('in', [new Uint8Array(1)], at(4))
    journal.show()
    expect([journal.first, journal.row(1)?.size]).toEqual([1, SLAB_BYTES / 2])

    journal.hide()
    journal.append('in', [large], at(5))
    journal.dropHidden()
    expect(journal).toMatchObject({ first: 5, last: 5, evicted: 0 })
    expect(pool.used).toBeLessThan(full)
    // What shared a slab with a row that stays is there, and never seen again.
    journal.show()
    expect(journal.first).toBe(5)
    while (journal.dropOldest());
    expect(journal.evicted).toBe(1)
  })

  it('ends a page early rather than sending more than 8 MiB and a row', () => {
    const journal = new JournalPool(512 * MiB).open()
    for (let i = 0; i < 200; i++) journal.append('in', [new Uint8Array(SLAB_BYTES)], at(i))
    const page = journal.page(1, 200, Infinity)
    expect(page.byteLength).toBeLessThan(10 * MiB)
    expect(new PageView(page).rows).toBeGreaterThan(1)
  })

  it('gives single rows as one page, in the order asked for, leaving out what is not there', () => {
    const journal = new JournalPool(4 * MiB).open()
    for (let i = 1; i <= 5; i++) journal.append('in', [new Uint8Array(10).fill(i)], at(i))
    const page = new PageView(journal.pick([4, 2, 9, 0, 5], 3))
    expect([...page].map(({ seq, time, size, frames }) => [seq, time, size, frames[0]?.bytes[0]])).toEqual([
      [4, 4, 10, 4],
      [2, 2, 10, 2],
      [5, 5, 10, 5],
    ])
    expect([...page][0]?.frames[0]?.bytes).toHaveLength(3)
    expect(new PageView(journal.pick([], 3)).rows).toBe(0)
  })
})
