import type { Progress } from '../../src-main/contract/index.js'
import { describe, expect, test } from 'vitest'
import { listFrame, SessionRows } from '../../src-renderer/state/rows.svelte.js'
import { until } from '../helpers/until.js'
import { FakeCaller, numbers } from './fake-caller.js'
import { pageBytes, type RowBytes } from './page-bytes.js'

/** A journal of rows `first` to `last`, each with its own number as text. */
function journal(first: number, last: number, row: (seq: number) => Partial<RowBytes> = () => ({})) {
  const state = { first, last, revision: 0 }
  const caller = new FakeCaller({
    'session.page': ({ from, count }: { from: number; count: number }) => {
      const rows: RowBytes[] = []
      for (let seq = Math.max(from, state.first); seq < from + count && seq <= state.last; seq++)
        rows.push({ seq, frames: [`row ${seq}`], ...row(seq) })
      return pageBytes(rows)
    },
  })
  return { caller, state, rows: new SessionRows(caller, 's', () => numbers('s', state)) }
}

describe('rows of a session', () => {
  test('only what is looked at is asked for, once', async () => {
    const { caller, rows } = journal(1, 1_000_000)
    rows.want(500_000, 500_019)
    await until(() => rows.get(500_019))
    expect(rows.get(500_000)?.frames[0]?.text).toBe('row 500000')
    rows.want(500_000, 500_019)
    expect(caller.asked('session.page')).toEqual([{ id: 's', from: 500_000, count: 20, head: 256 }])
  })

  test('while one request is out, only the newest wish is kept', async () => {
    const { caller, rows } = journal(1, 10_000)
    rows.want(1, 20)
    for (let from = 100; from <= 5000; from += 100) rows.want(from, from + 19)
    await until(() => rows.get(5000))
    expect(caller.asked('session.page')).toHaveLength(2)
    expect(rows.get(100)).toBeUndefined()
  })

  test('a new revision fetches again what may have changed, and not what is settled', async () => {
    let told: Progress = 'handed'
    const { caller, state, rows } = journal(1, 4, (seq) => ({
      direction: 'out',
      progress: seq <= 2 ? 'answered' : told,
    }))
    rows.want(1, 4)
    await until(() => rows.get(4))
    told = 'answered'
    state.revision = 1
    rows.want(1, 4)
    await until(() => rows.get(4)?.progress === 'answered')
    expect(caller.asked('session.page').at(-1)).toMatchObject({ from: 3, count: 2 })
  })

  test('rows that fell off the end in between are asked for once and no more', async () => {
    const { caller, rows } = journal(1, 30)
    caller.answers['session.page'] = () => pageBytes([])
    rows.want(1, 30)
    await until(() => caller.asked('session.page').length === 1)
    rows.want(1, 30)
    rows.want(1, 30)
    expect(caller.asked('session.page')).toHaveLength(1)
    expect(rows.get(1)).toBeUndefined()
  })

  test('a lost line is no error; the next look asks again', async () => {
    const { caller, rows } = journal(1, 5)
    const answer = caller.answers['session.page']
    delete caller.answers['session.page']
    rows.want(1, 5)
    await until(() => caller.calls.length === 1)
    if (answer !== undefined) caller.answers['session.page'] = answer
    await until(() => {
      rows.want(1, 5)
      return rows.get(5)
    })
  })
})

describe('a frame on one line', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)

  test('text stays text, with what would not be seen made visible', () => {
    expect(listFrame(bytes('障碍物\n\u202eexe'), false)).toEqual({ text: '障碍物↵⟨U+202E⟩exe', hex: false, cut: false })
  })
  test('what is not UTF-8 is shown as hex', () => {
    expect(listFrame(new Uint8Array([0, 255, 16]), false)).toEqual({ text: '00 ff 10', hex: true, cut: false })
  })
  test('a head that ends within a character is still text', () => {
    const head = bytes('a'.repeat(255) + '障').subarray(0, 256)
    expect(listFrame(head, true)).toEqual({ text: 'a'.repeat(255), hex: false, cut: true })
  })
  test('the same bytes at the end of a whole frame are not', () => {
    expect(listFrame(bytes('障').subarray(0, 2), false).hex).toBe(true)
  })
  test('long hex is cut, and says so', () => {
    const frame = listFrame(new Uint8Array(256).fill(0xff), false)
    expect(frame.text).toHaveLength(96 * 3 - 1)
    expect(frame.cut).toBe(true)
  })
})
