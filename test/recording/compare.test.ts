import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Alignment, WINDOW } from '../../src-main/recording/align.js'
import { compare, type Side } from '../../src-main/recording/compare.js'
import { JournalPool, type Journal } from '../../src-main/engine/journal.js'
import '../helpers/seeded.js'

type Message = readonly Uint8Array[]

const text = (...frames: string[]): Message => frames.map((frame) => Buffer.from(frame))

/** Rows as a session has them. */
function side(messages: readonly Message[], way: 'in' | 'out' = 'in'): Side & { rows: Journal } {
  const rows = new JournalPool(64 * 1024 * 1024).open()
  messages.forEach((frames, n) => rows.append(way, frames, { time: 1000 + n * 0.37 }))
  return { rows }
}

async function compared(a: readonly Message[], b: readonly Message[], mostWaiting?: number) {
  return compare(side(a), side(b), mostWaiting === undefined ? {} : { mostWaiting })
}

const frame = fc.uint8Array({ maxLength: 6 })
const message = fc
  .tuple(fc.constantFrom('a', 'b', 'c'), fc.array(frame, { minLength: 1, maxLength: 3 }))
  .map(([topic, rest]): Message => [Buffer.from(topic), ...rest])
const messages = fc.array(message, { maxLength: 300 })

describe('a comparison', () => {
  test('of anything with itself finds nothing, also where topics are mixed otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(messages, async (all) => {
        const byTopic = all.toSorted((x, y) => x[0]![0]! - y[0]![0]!)
        for (const other of [all, byTopic]) {
          const found = await compared(all, other)
          expect(found).toMatchObject({ a: all.length, same: all.length, changed: 0, missing: 0, extra: 0, hurried: 0 })
          expect(found.firstDifference).toBeUndefined()
        }
      }),
      { numRuns: 60 },
    )
  })

  test('accounts for every message of both, once', async () => {
    await fc.assert(
      fc.asyncProperty(messages, messages, fc.constantFrom(undefined, 10), async (a, b, most) => {
        const found = await compared(a, b, most)
        expect(found.same + found.changed + found.missing).toBe(a.length)
        expect(found.same + found.changed + found.extra).toBe(b.length)
        expect([found.a, found.b]).toEqual([a.length, b.length])
        for (const key of ['a', 'b', 'same', 'changed', 'missing', 'extra'] as const)
          expect(found.topics.reduce((sum, topic) => sum + topic[key], 0)).toBe(found[key])
        const different = found.changed + found.missing + found.extra > 0
        expect(found.firstDifference !== undefined).toBe(different)
      }),
      { numRuns: 100 },
    )
  })

  test('finds what was taken out, put in and altered, and where', async () => {
    const numbered = Array.from({ length: 500 }, (_, n) => text(n % 2 === 0 ? 'even' : 'odd', String(n)))
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 499 }), async (at) => {
        const topic = { kind: 'text', name: at % 2 === 0 ? 'even' : 'odd' }
        const without = await compared(numbered, numbered.toSpliced(at, 1))
        expect(without).toMatchObject({ same: 499, changed: 0, missing: 1, extra: 0 })
        expect(without.firstDifference).toEqual({ kind: 'missing', topic, a: at + 1, b: 0 })
        const more = await compared(numbered.toSpliced(at, 1), numbered)
        expect(more).toMatchObject({ same: 499, changed: 0, missing: 0, extra: 1 })
        expect(more.firstDifference).toEqual({ kind: 'extra', topic, a: 0, b: at + 1 })
        const other = await compared(numbered, numbered.with(at, text(topic.name, 'x')))
        expect(other).toMatchObject({ same: 499, changed: 1, missing: 0, extra: 0 })
        expect(other.firstDifference).toEqual({ kind: 'changed', topic, a: at + 1, b: at + 1 })
      }),
      { numRuns: 40 },
    )
  })

  test('tells frames apart, not only their bytes', async () => {
    const found = await compared([text('t', 'ab', 'c')], [text('t', 'a', 'bc')])
    expect(found).toMatchObject({ same: 0, changed: 1 })
  })

  test('of ways: each with its like, or what one said with what the other heard', async () => {
    const said = side([text('t', '1'), text('t', '2')], 'out')
    const heard = side([text('t', '1'), text('t', '2')], 'in')
    expect(await compare(said, heard)).toMatchObject({ same: 0, missing: 2, extra: 2, topicCount: 2 })
    expect(await compare({ ...said, direction: 'out' }, { ...heard, direction: 'in' })).toMatchObject({
      same: 2,
      missing: 0,
      extra: 0,
      topicCount: 1,
    })
  })

  test('holds no more than it may, and says what it could not wait for', async () => {
    const only = (topic: string) => Array.from({ length: 1000 }, (_, n) => text(topic, String(n)))
    const found = await compared([...only('x'), ...only('y')], [...only('y'), ...only('x')], 500)
    expect(found.hurried).toBeGreaterThan(0)
    expect(found.same + found.changed + found.missing).toBe(2000)
    expect(await compared([...only('x'), ...only('y')], [...only('y'), ...only('x')])).toMatchObject({
      same: 2000,
      hurried: 0,
    })
  })

  test('can be called off', async () => {
    const all = Array.from({ length: 20_000 }, (_, n) => text('t', String(n)))
    const calledOff = new AbortController()
    const going = compare(side(all), side(all), {
      signal: calledOff.signal,
      progress: () => calledOff.abort(new Error('enough')),
    })
    calledOff.abort(new Error('enough'))
    await expect(going).rejects.toThrow('enough')
  })
})

test('two that never meet are settled as they come', () => {
  let changed = 0
  const alignment = new Alignment((kind) => {
    if (kind === 'changed') changed++
  })
  let most = 0
  for (let n = 1; n <= 5000; n++) {
    alignment.add(0, n, n)
    alignment.add(1, -n, n)
    alignment.settle([false, false])
    most = Math.max(most, alignment.waiting)
  }
  expect(most).toBeLessThanOrEqual(2 * WINDOW)
  alignment.force()
  expect(changed).toBe(5000)
})
