import { beforeEach, describe, expect, test } from 'vitest'
import { until } from '../helpers/until.js'
import { local, session } from './browser-things.js'
import { FakeCaller, info, numbers } from './fake-caller.js'
import { pageBytes } from './page-bytes.js'

const { MessageTable } = await import('../../src-renderer/desks/radio/table/table.svelte.js')
const { SessionView } = await import('../../src-renderer/state/session.svelte.js')
const { halves } = await import('../../src-renderer/desks/radio/signals/points.js')
const { mayBeTime, unitOf } = await import('../../src-renderer/desks/radio/gaps/gaps.svelte.js')

/** Every tenth row passes whatever is looked for. */
function tableOf(first: number, last: number) {
  const there = { first, last }
  const caller = new FakeCaller({
    'session.rows': () => pageBytes([]),
    'session.search': ({ from }: { from: number }) => {
      const seqs: number[] = []
      for (let seq = Math.max(from, there.first); seq <= there.last; seq++) if (seq % 10 === 0) seqs.push(seq)
      return { seqs: new Uint8Array(Float64Array.from(seqs).buffer), next: there.last + 1, done: true }
    },
  })
  const view = new SessionView(caller, info('s', 'subscriber'))
  view.count(numbers('s', { first, last }))
  const table = new MessageTable(caller, view)
  table.window.resize(260)
  table.update()
  const become = (next: { first: number; last: number }) => {
    Object.assign(there, next)
    view.count(numbers('s', next))
    table.update()
  }
  return { table, become, caller }
}

beforeEach(() => {
  session.clear()
  local.clear()
})

describe('the table of a subscriber', () => {
  test('shows all rows, or those that pass; goes on as more come, and forgets what left memory', async () => {
    const { table, become } = tableOf(1, 100)
    expect([table.filtered, table.count]).toEqual([false, 100])
    table.choose({ notSources: [1] })
    await until(() => table.searched, { what: 'the search to end' })
    expect([table.count, table.total, table.seqAt(9)]).toEqual([10, 100, 100])
    become({ first: 31, last: 120 })
    await until(() => table.seqAt(table.count - 1) === 120, { what: 'later rows to be found' })
    expect([table.count, table.seqAt(0)]).toEqual([9, 40])
    table.choose({})
    expect([table.filtered, table.count]).toEqual([false, 90])
  })

  test('counts what came since it stands still, of the rows that pass', async () => {
    const { table, become } = tableOf(1, 100)
    table.choose({ notSources: [1] })
    await until(() => table.searched, { what: 'the search to end' })
    table.fit()
    table.pause()
    become({ first: 1, last: 130 })
    await until(() => table.unseen === 3, { what: 'three to be new' })
    table.follow()
    expect(table.unseen).toBe(0)
  })

  test('the same choice is not looked for again', () => {
    const { table, caller } = tableOf(1, 100)
    table.choose({ notSources: [1] })
    table.choose({ notSources: [1] })
    expect(caller.asked('session.search')).toHaveLength(1)
  })

  test('numbers that fall are another engine’s: the selection is of a message that is gone', () => {
    const { table, become } = tableOf(1, 100)
    table.select(90)
    become({ first: 1, last: 20 })
    expect([table.selected, table.count]).toEqual([0, 20])
  })
})

describe('numbers over time', () => {
  test('points come as times and then values', () => {
    const { times, values } = halves(new Uint8Array(Float64Array.from([1, 2, 3, 10, 20, 30]).buffer))
    expect([[...times], [...values]]).toEqual([[1, 2, 3], [10, 20, 30]]) // prettier-ignore
  })

  test.each([
    [1_700_000_000, 's', true],
    [1_700_000_000_123, 'ms', true],
    [1.7e15, 'us', true],
    [1.7e18, 'ns', true],
    [42, 's', false],
  ] as const)('%d is taken for %s', (value, unit, may) => {
    expect([unitOf(value), mayBeTime(value)]).toEqual([unit, may])
  })
})
