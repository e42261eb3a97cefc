import { expect, test } from 'vitest'
import { JournalPool } from '../../src-main/engine/journal.js'
import type { Session } from '../../src-main/engine/session.js'
import { Source } from '../../src-main/recording/source.js'
import { TriggerWatch } from '../../src-main/recording/trigger.js'
import { frames } from '../helpers/engine.js'

const MiB = 1024 * 1024

/** A session of which only its rows are looked at: these topics, all taken in one instant, as a fast batch is. */
function source(topics: string[], time: number): Source {
  const rows = new JournalPool(4 * MiB).open()
  for (const topic of topics) rows.append('in', frames(topic, 'x'), { time, progress: 'none' })
  return new Source({ rows } as unknown as Session, 'x', 1)
}

test.each([
  [0, 2],
  [1, 1],
])('with %d seconds before, a recording begins at row %d of rows of one instant', (before, first) => {
  const watch = new TriggerWatch({
    on: { kind: 'message', filter: { topic: 'gear' } },
    before,
    after: 1,
    again: false,
  })
  const one = source(['speed', 'gear', 'speed'], 1_795_000_000_000)
  expect(watch.listen([one], performance.now() + 1000)).toEqual({ pulled: true, missing: 0 })
  expect(one.next).toBe(first)
})
