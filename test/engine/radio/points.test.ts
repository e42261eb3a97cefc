import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimate, Points } from '../../../src-main/engine/radio/points.js'

const LIMIT = 2048

/** Points with their times rising by chance, and now and then not at all. */
const signal = fc.array(
  fc.tuple(fc.constantFrom(0, 0.25, 1, 1, 1, 2, 50), fc.double({ noNaN: true, noDefaultInfinity: true })),
  { minLength: 1, maxLength: 5000, size: 'max' },
)

function filled(steps: readonly (readonly [number, number])[], limit = LIMIT) {
  const points = new Points(limit)
  const all: { time: number; value: number }[] = []
  let time = 1000
  for (const [step, value] of steps) {
    time += step
    points.add(time, value)
    all.push({ time, value })
  }
  return { points, all }
}

const pairs = (drawn: Float64Array) =>
  Array.from({ length: drawn.length / 2 }, (_, i) => ({ time: drawn[i]!, value: drawn[drawn.length / 2 + i]! }))

describe('a signal’s points', () => {
  it('are kept exactly, the newest of them', () => {
    fc.assert(
      fc.property(signal, (steps) => {
        const { points, all } = filled(steps)
        expect(points.end).toBe(all.length)
        expect(points.end - points.first).toBeGreaterThan(Math.min(all.length, LIMIT) - 32)
        for (let n = points.first; n < points.end; n += 7)
          expect({ time: points.time(n), value: points.value(n) }).toEqual(all[n])
      }),
      { numRuns: 30, seed: 1 },
    )
  })

  it('have their least and greatest found in any stretch', () => {
    fc.assert(
      fc.property(signal, fc.nat(), fc.nat(), (steps, a, b) => {
        const { points } = filled(steps)
        const kept = points.end - points.first
        const from = points.first + (a % kept)
        const to = from + 1 + (b % (points.end - from))
        const values = Array.from({ length: to - from }, (_, i) => points.value(from + i))
        const [least, greatest] = points.extremes(from, to)
        expect(points.value(least)).toBe(Math.min(...values))
        expect(points.value(greatest)).toBe(Math.max(...values))
      }),
      { numRuns: 100, seed: 2 },
    )
  })

  it('are drawn with at most two a pixel, first, last, and the least and greatest of every pixel among them', () => {
    fc.assert(
      fc.property(
        signal,
        fc.integer({ min: 2, max: 120 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (steps, width, cut) => {
          const { points } = filled(steps)
          const whole = Array.from({ length: points.end - points.first }, (_, i) => ({
            time: points.time(points.first + i),
            value: points.value(points.first + i),
          }))
          const span = whole.at(-1)!.time - whole[0]!.time
          const from = whole[0]!.time + span * cut * 0.5
          const to = whole.at(-1)!.time - span * (1 - cut) * 0.5
          const inside = whole.filter(({ time }) => time >= from && time <= to)
          const drawn = pairs(decimate(points, from, to, width))
          expect(drawn.length).toBeLessThanOrEqual(width * 2)
          expect(drawn.map(({ time }) => time)).toEqual(drawn.map(({ time }) => time).toSorted((a, b) => a - b))
          const real = new Set(whole.map(({ time, value }) => `${time} ${value}`))
          expect(drawn.filter(({ time, value }) => !real.has(`${time} ${value}`))).toEqual([])
          // The neighbours just outside come along, and with them nothing inside is lost.
          const before = whole.findLast(({ time }) => time < from) ?? whole[0]!
          const after = whole.find(({ time }) => time > to) ?? whole.at(-1)!
          expect(drawn[0]).toEqual(before)
          expect(drawn.at(-1)).toEqual(after)
          if (inside.length === 0) return
          const values = inside.map(({ value }) => value)
          const shown = new Set(drawn.map(({ value }) => value))
          expect(shown).toContain(Math.min(...values))
          expect(shown).toContain(Math.max(...values))
          const step = (after.time - before.time) / (width - 1)
          for (let pixel = 0; pixel < width - 1; pixel++) {
            const left = before.time + step * pixel
            const within = inside.filter(({ time }) => time >= left && time < before.time + step * (pixel + 1))
            if (within.length === 0) continue
            const there = within.map(({ value }) => value)
            expect(shown.has(Math.min(...there)) && shown.has(Math.max(...there))).toBe(true)
          }
        },
      ),
      { numRuns: 60, seed: 3 },
    )
  })

  it('show a single spike in a million, whatever the zoom', () => {
    const points = new Points()
    for (let n = 0; n < 1_000_000; n++) points.add(n / 10, n === 777_777 ? 99 : Math.sin(n / 1000))
    for (const width of [2, 10, 1000, 1999]) {
      const drawn = pairs(decimate(points, 0, 100_000, width))
      expect(drawn.length).toBeLessThanOrEqual(width * 2)
      expect(drawn).toContainEqual({ time: 77_777.7, value: 99 })
    }
    const close = pairs(decimate(points, 77_700, 77_800, 300))
    expect(close).toContainEqual({ time: 77_777.7, value: 99 })
  })
})
