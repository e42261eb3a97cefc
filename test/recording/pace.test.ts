import { describe, expect, test } from 'vitest'
import { Pace, TOGETHER } from '../../src-main/recording/pace.js'

/** Milliseconds in which a timer surely had its turns, unless it gets none. */
const PATIENCE = 10_000

/** Waits for `count` moments, `every` ms apart. @returns by how much each was early, at most */
async function keep(pace: Pace, count: number, every: number): Promise<number> {
  let early = 0
  const began = performance.now()
  for (let n = 0; n < count; n++) {
    const due = began + n * every
    if (!pace.came(due)) await pace.until(due)
    early = Math.max(early, due - performance.now())
  }
  return early
}

describe('a pace', () => {
  test('is ahead of its moments by no more than those are one, be they far apart or near', async () => {
    expect(await keep(new Pace(), 5, 20)).toBeLessThanOrEqual(TOGETHER)
    expect(await keep(new Pace(), 2000, 0.1)).toBeLessThanOrEqual(TOGETHER)
  })

  test('gives everything else its turns where moment follows upon moment', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const pace = new Pace()
    const began = performance.now()
    while (turns < 5 && performance.now() - began < PATIENCE) await keep(pace, 100, 0.1)
    clearInterval(timer)
    expect(turns).toBeGreaterThanOrEqual(5)
  })

  test('waits no more when it is stopped', async () => {
    const pace = new Pace()
    const waiting = pace.until(performance.now() + 3_600_000)
    pace.stop()
    await waiting
    await pace.until(performance.now() + 3_600_000)
  })
})
