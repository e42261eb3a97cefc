import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as v from 'valibot'
import { ChannelsSchema, MAX_GENERATED } from '../../../src-main/contract/index.js'
import { Generator } from '../../../src-main/engine/radio/generator.js'

/** A generator on a clock of its own, and how many messages each tick of it made. */
function generatorOf(channels: { rate: number }[], queued = () => 0) {
  const ticks = new Map<number, number>()
  const checked = v.parse(
    ChannelsSchema,
    channels.map(({ rate }, i) => ({ topic: `t${i}`, shape: { kind: 'sine' }, rate })),
  )
  const generator = new Generator(checked, {
    send() {
      ticks.set(performance.now(), (ticks.get(performance.now()) ?? 0) + 1)
      return Promise.resolve()
    },
    queued,
    changed: () => undefined,
  })
  return { generator, ticks }
}

describe('the signal generator on an even clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each([
    [1, [MAX_GENERATED]],
    [3, [20_000, 29_000, 1000]],
    [500, Array.from({ length: 500 }, () => 100)],
  ])(`says ${MAX_GENERATED} a second on %i channels, no tick holding more than a millisecond’s worth`, (_, rates) => {
    const { generator, ticks } = generatorOf(rates.map((rate) => ({ rate })))
    vi.advanceTimersByTime(2000)
    generator.stop()
    const { sent, skipped } = generator.info()
    // The first of each channel is due at once.
    expect([sent, skipped]).toEqual([2 * MAX_GENERATED + rates.length, 0])
    const first = Math.min(...ticks.keys())
    const most = Math.max(...[...ticks].filter(([at]) => at > first).map(([, n]) => n))
    expect(most).toBeLessThanOrEqual(rates.length > 100 ? rates.length : MAX_GENERATED / 1000 + rates.length)
  })

  it('makes no more while its messages wait to be sent, and counts what it left out', () => {
    let waiting = 0
    const { generator } = generatorOf([{ rate: 10_000 }], () => waiting)
    vi.advanceTimersByTime(1000)
    expect(generator.info().sent).toBe(10_001)
    waiting = 10_000
    vi.advanceTimersByTime(1000)
    waiting = 0
    vi.advanceTimersByTime(1000)
    const { sent, skipped } = generator.info()
    generator.stop()
    expect(sent + skipped).toBe(30_001)
    expect(skipped).toBeGreaterThan(7000)
  })

  it('more than that in all is refused before it begins', () => {
    const channels = [{ rate: 30_000 }, { rate: 20_001 }].map(({ rate }) => ({ shape: { kind: 'sine' }, rate }))
    expect(v.is(ChannelsSchema, channels)).toBe(false)
  })
})
