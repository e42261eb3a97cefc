import type { Progress } from '../../src-main/contract/index.js'
import { describe, expect, test } from 'vitest'
import { seqBytes } from '../../src-renderer/lib/seq-bytes.js'
import { listFrame, listRows, RowCache } from '../../src-renderer/state/rows.svelte.js'
import { until } from '../helpers/until.js'
import { FakeCaller, numbers } from './fake-caller.js'
import { pageBytes, type RowBytes } from './page-bytes.js'

const seqsOf = (bytes: Uint8Array): number[] => [...new Float64Array(bytes.slice().buffer)]
const span = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** A journal of rows `first` to `last`, each with its own number as text. */
function journal(first: number, last: number, row: (seq: number) => Partial<RowBytes> = () => ({})) {
  const state = { first, last, revision: 0 }
  const caller = new FakeCaller({
    'session.rows': ({ seqs }: { seqs: Uint8Array }) =>
      pageBytes(
        seqsOf(seqs)
          .filter((seq) => seq >= state.first && seq <= state.last)
          .map((seq) => ({ seq, frames: [`row ${seq}`], ...row(seq) })),
      ),
  })
  return { caller, state, rows: new RowCache(caller, 's', () => numbers('s', state), listRows()) }
}

describe('rows of a session', () => {
  test('only what is looked at is asked for, once', async () => {
    const { caller, rows } = journal(1, 1_000_000)
    rows.want(span(500_000, 500_019))
    await until(() => rows.get(500_019))
    expect(rows.get(500_000)?.frames[0]?.text).toBe('row 500000')
    rows.want(span(500_000, 500_019))
    expect(caller.asked('session.rows')).toEqual([{ id: 's', seqs: seqBytes(span(500_000, 500_019)), head: 256 }])
  })

  test('while one request is out, only the newest wish is kept', async () => {
    const { caller, rows } = journal(1, 10_000)
    rows.want(span(1, 20))
    for (let from = 100; from <= 5000; from += 100) rows.want(span(from, from + 19))
    await until(() => rows.get(5000))
    expect(caller.asked('session.rows')).toHaveLength(2)
    expect(rows.get(100)).toBeUndefined()
  })

  test('a new revision fetches again what may have changed, and not what is settled', async () => {
    let told: Progress = 'handed'
    const { caller, state, rows } = journal(1, 4, (seq) => ({
      direction: 'out',
      progress: seq <= 2 ? 'answered' : told,
    }))
    rows.want(span(1, 4))
    await until(() => rows.get(4))
    told = 'answered'
    state.revision = 1
    rows.want(span(1, 4))
    await until(() => rows.get(4)?.progress === 'answered')
    expect(caller.asked('session.rows').at(-1)).toMatchObject({ seqs: seqBytes([3, 4]) })
  })

  test('rows that fell off the end in between are asked for once and no more', async () => {
    const { caller, rows } = journal(1, 30)
    caller.answers['session.rows'] = () => pageBytes([])
    rows.want(span(1, 30))
    await until(() => caller.asked('session.rows').length === 1)
    rows.want(span(1, 30))
    rows.want(span(1, 30))
    expect(caller.asked('session.rows')).toHaveLength(1)
    expect(rows.get(1)).toBeUndefined()
  })

  test('a page that ends early is asked on', async () => {
    const { caller, rows } = journal(1, 30)
    caller.answers['session.rows'] = ({ seqs }: { seqs: Uint8Array }) =>
      pageBytes(
        seqsOf(seqs)
          .slice(0, 8)
          .map((seq) => ({ seq, frames: [`row ${seq}`] })),
      )
    rows.want(span(1, 30))
    await until(() => rows.get(30))
    expect(caller.asked('session.rows')).toHaveLength(4)
  })

  test('a lost line is no error; the next look asks again', async () => {
    const { caller, rows } = journal(1, 5)
    const answer = caller.answers['session.rows']
    delete caller.answers['session.rows']
    rows.want(span(1, 5))
    await until(() => caller.calls.length === 1)
    if (answer !== undefined) caller.answers['session.rows'] = answer
    await until(() => {
      rows.want(span(1, 5))
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
