import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GapCounter, type GapKind } from '../../../src-main/engine/radio/gap-counter.js'

function count(numbers: readonly number[], modulo = 0) {
  const counter = new GapCounter(modulo)
  const events: [GapKind, number, number][] = []
  for (const n of numbers) counter.add(n, (...event) => events.push(event))
  const { received, gaps, missing, duplicates, reordered, restarts, last } = counter
  return { received, gaps, missing, duplicates, reordered, restarts, last, events }
}

const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** What a stream of numbers means, by keeping every number that ever came. */
function model(numbers: readonly number[]) {
  const seen = new Set<number>()
  let highest = numbers[0]!
  const figures = { received: 0, gaps: 0, duplicates: 0, reordered: 0, missing: 0 }
  for (const n of numbers) {
    figures.received++
    if (seen.has(n)) figures.duplicates++
    else if (n < highest) figures.reordered++
    else if (n > highest + 1) figures.gaps++
    seen.add(n)
    highest = Math.max(highest, n)
  }
  for (let n = numbers[0]!; n <= highest; n++) if (!seen.has(n)) figures.missing++
  return figures
}

/** A sender's numbers from `from` on, some lost, some twice, some late by a few places. */
const stream = fc
  .tuple(
    fc.integer({ min: 2, max: 2 ** 40 }),
    fc.array(
      fc.record({
        lost: fc.boolean(),
        again: fc.integer({ min: -6, max: 1 }),
        late: fc.integer({ min: -20, max: 15 }),
        skip: fc.integer({ min: -30, max: 40 }),
      }),
      { minLength: 1, maxLength: 400 },
    ),
  )
  .map(([from, steps]) => {
    const sent: { at: number; n: number }[] = [{ at: -1e9, n: from }]
    let n = from
    steps.forEach(({ lost, again, late, skip }, i) => {
      n += 1 + Math.max(0, skip)
      if (lost && late < 0) return
      sent.push({ at: i + Math.max(0, late), n })
      if (again > 0) sent.push({ at: i + Math.max(0, late) + 0.5 + again, n })
    })
    return sent.sort((a, b) => a.at - b.at).map((each) => each.n)
  })

describe('the gap counter', () => {
  it('agrees with a model that forgets nothing, over random loss, repetition and reordering', () => {
    fc.assert(
      fc.property(stream, (numbers) => {
        expect(count(numbers)).toMatchObject({ ...model(numbers), restarts: 0 })
      }),
      { numRuns: 500, seed: 1 },
    )
  })

  it('and so where the numbers wrap', () => {
    fc.assert(
      fc.property(stream, fc.constantFrom(2 ** 16, 2 ** 32, 10_000), (numbers, modulo) => {
        const wrapped = numbers.map((n) => n % modulo)
        expect(count(wrapped, modulo)).toMatchObject({ ...model(numbers), restarts: 0 })
      }),
      { numRuns: 300, seed: 2 },
    )
  })

  it.each<[string, number[], object, number?]>([
    ['nothing is wrong', upTo(5, 90), { received: 86, gaps: 0, missing: 0, restarts: 0 }],
    ['three are missing', [1, 2, 6, 7], { gaps: 1, missing: 3, events: [['gap', 3, 5]] }],
    ['one comes late', [1, 3, 2, 4], { gaps: 1, missing: 0, reordered: 1 }],
    ['one comes twice', [4, 5, 5, 6], { duplicates: 1, missing: 0 }],
    ['one before the first comes late', [10, 9, 11], { reordered: 1, missing: 0 }],
    ['a sender begins anew at 0', [...upTo(0, 20), 0, 1, 2, 3], { restarts: 1, duplicates: 0, missing: 0, last: 3 }],
    ['a sender begins anew at 1 after long', [...upTo(1, 9000), 1, 2, 3], { restarts: 1, missing: 0, reordered: 0 }],
    [
      'a sender begins anew elsewhere',
      [...upTo(100, 300), ...upTo(150, 260)],
      { restarts: 1, duplicates: 0, last: 260 },
    ],
    ['one is very late and no restart', [...upTo(1, 9000), 2, 9001], { restarts: 0, reordered: 1, gaps: 0 }],
    ['a byte wraps', [...upTo(250, 255), ...upTo(0, 5)], { gaps: 0, last: 5 }, 256],
    ['a byte wraps over a gap', [250, 3], { gaps: 1, missing: 8, events: [['gap', 251, 2]] }, 256],
    ['a nibble of a frame on a bus', [14, 15, 0, 2], { gaps: 1, missing: 1, events: [['gap', 1, 1]] }, 16],
    ['a jump larger than the window', [1, 100_000, 99_999], { gaps: 1, missing: 99_997, reordered: 1 }],
  ])('%s', (_what, numbers, wanted, modulo = 0) => {
    expect(count(numbers, modulo)).toMatchObject(wanted)
  })

  it('does not count as missing what nobody looked at', () => {
    const counter = new GapCounter()
    for (const n of [1, 2, 3]) counter.add(n, () => undefined)
    counter.resume()
    for (const n of [500, 501, 503]) counter.add(n, () => undefined)
    expect(counter).toMatchObject({ gaps: 1, missing: 1, restarts: 0, received: 6 })
  })
})
