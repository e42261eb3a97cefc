import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JournalPool, type Journal } from '../../../src-main/engine/journal.js'
import { JournalReader } from '../../../src-main/engine/radio/reader.js'
import { SLAB_BYTES } from '../../../src-main/engine/slab.js'

/** Makes a reader that keeps what it is told, as numbers of rows. */
function noting(journal: Journal, from: number) {
  const seen: number[] = []
  const lost: [rows: number, before: number][] = []
  const reader = new JournalReader(
    journal,
    (slab, from, to) => {
      for (let i = from; i < to; i++) seen.push(slab.firstSeq + i)
    },
    from,
    (rows) => lost.push([rows, seen.length]),
  )
  return { reader, seen, lost }
}

describe('readers of a journal', () => {
  it('visit every row once and in order, wherever each begins, and count what was gone before', () => {
    const step = fc.record({ rows: fc.nat(400), turns: fc.nat(1), who: fc.nat(7) })
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 30 }),
        fc.array(fc.nat(2000), { minLength: 1, maxLength: 3 }),
        (steps, starts) => {
          // Two slabs of memory: most of what comes is gone before long.
          const journal = new JournalPool(2 * SLAB_BYTES).open()
          const all = starts.map((start) => noting(journal, 1 + start))
          const payload = new Uint8Array(1000)
          for (const { rows, turns, who } of steps) {
            for (let n = 0; n < rows; n++) journal.append('in', [payload], { time: n })
            const readers = all.filter((_, n) => (who & (1 << n)) !== 0).map(({ reader }) => reader)
            if (turns > 0) JournalReader.read(journal, readers, Infinity)
            for (const reader of turns > 0 ? readers : []) expect(reader.behind).toBe(0)
          }
          JournalReader.read(
            journal,
            all.map(({ reader }) => reader),
            Infinity,
          )
          all.forEach(({ reader, seen, lost }, n) => {
            expect(reader.gone).toBe(lost.reduce((sum, [rows]) => sum + rows, 0))
            expect(seen.length + reader.gone).toBe(Math.max(0, journal.last - starts[n]!))
            // In order, none twice; and where some are left out, exactly there it was told.
            let next = starts[n]! + 1
            let told = 0
            seen.forEach((seq, i) => {
              while (lost[told]?.[1] === i) next += lost[told++]![0]
              expect(seq).toBe(next++)
            })
          })
          journal.close()
        },
      ),
      { numRuns: 200 },
    )
  })

  it('do not wait for one that is slow, which has what the others leave of the time', () => {
    const journal = new JournalPool(64 * 1024 * 1024).open()
    for (let n = 0; n < 50_000; n++) journal.append('in', [new Uint8Array(10)], { time: n })
    const quick = [noting(journal, 1), noting(journal, 1)]
    const slow = new JournalReader(journal, () => {
      const end = performance.now() + 5
      while (performance.now() < end);
    })
    const readers = [slow, ...quick.map(({ reader }) => reader)]
    do JournalReader.read(journal, readers, performance.now() + 60)
    while (quick.some(({ reader }) => reader.behind > 0))
    expect(quick.map(({ seen }) => seen.length)).toEqual([50_000, 50_000])
    expect(slow.behind).toBeGreaterThan(0)
    const before = slow.behind
    JournalReader.read(journal, readers, performance.now() + 60)
    expect(slow.behind).toBeLessThan(before)
    journal.close()
  })
})
