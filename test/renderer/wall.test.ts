import { expect, test } from 'vitest'
import { until } from '../helpers/until.js'
import './browser-things.js'
import { FakeCaller, info, numbers } from './fake-caller.js'
import { pageBytes, type RowBytes } from './page-bytes.js'

const { MOST_FLYING, Wall, hueOf } = await import('../../src-renderer/desks/chat/wall/wall.svelte.js')
const { SessionView } = await import('../../src-renderer/state/session.svelte.js')

/** A server that is asked by clients; `come(n)` is n more questions, each answered at once. */
function wallOf(room = 5) {
  const rows: RowBytes[] = []
  const caller = new FakeCaller({
    'session.page': ({ from, count }: { from: number; count: number }) =>
      pageBytes(rows.slice(from - 1, from - 1 + count)),
    'session.rows': ({ seqs }: { seqs: Uint8Array }) =>
      pageBytes([...new Float64Array(seqs.slice().buffer)].flatMap((seq) => rows[seq - 1] ?? [])),
  })
  const view = new SessionView(caller, info('s1', 'server'))
  const wall = new Wall(caller, view)
  let questions = 0
  let revision = 0
  wall.room = () => room
  const pulse = () => {
    view.count(
      numbers('s1', { last: rows.length, revision, in: { messages: questions, bytes: 0, rate1: 0, rate10: 0 } }),
    )
    wall.look()
  }
  return {
    wall,
    caller,
    come(n: number, answered = true) {
      for (let i = 0; i < n; i++) {
        questions++
        const seq = rows.length + 1
        rows.push({ seq, frames: [`q${questions}`], progress: answered ? 'answered' : 'none' })
        if (answered) rows.push({ seq: seq + 1, direction: 'out', ref: seq, frames: ['ok'] })
      }
      pulse()
    },
    answer(seq: number) {
      rows[seq - 1] = { ...(rows[seq - 1] as RowBytes), progress: 'answered' }
      revision++
      pulse()
    },
  }
}

test('what came before it is on the wall stays off it; questions fly, answers do not', async () => {
  const { wall, come } = wallOf()
  come(3)
  wall.start()
  come(2)
  await until(() => wall.flying.length === 2)
  expect(wall.flying.map(({ text }) => text)).toEqual(['q4', 'q5'])
  expect([wall.came, wall.shown, wall.missed]).toEqual([2, 2, 0])
  wall.stop()
})

test('of thousands it shows a sample and counts the rest, asking for a bounded page', async () => {
  const { wall, caller, come } = wallOf(8)
  wall.start()
  come(10_000)
  await until(() => wall.flying.length === 8)
  for (const args of caller.asked('session.page')) expect(args).toMatchObject({ head: 240 })
  const counts = caller.asked('session.page').map((args) => (args as { count: number }).count)
  expect(Math.max(...counts)).toBeLessThanOrEqual(120)
  expect(wall.came).toBe(10_000)
  // Shown, about to be, or counted as not shown: none is unaccounted for.
  expect(wall.shown + wall.missed).toBe(10_000)
  expect(wall.flying.length).toBeLessThanOrEqual(MOST_FLYING)
  wall.stop()
})

test('held, it only counts', async () => {
  const { wall, come } = wallOf()
  wall.start()
  wall.paused = true
  come(7)
  await until(() => wall.came === 7)
  expect([wall.flying.length, wall.missed]).toEqual([0, 7])
  wall.paused = false
  come(1)
  await until(() => wall.flying.length === 1)
  expect(wall.flying[0]?.text).toBe('q8')
  wall.stop()
})

test('an answer that comes later is shown on what still flies', async () => {
  const { wall, come, answer } = wallOf()
  wall.start()
  come(1, false)
  await until(() => wall.flying.length === 1)
  expect(wall.flying[0]?.progress).toBe('none')
  answer(1)
  await until(() => wall.flying[0]?.progress === 'answered')
  wall.gone(new Set([1]))
  expect(wall.flying).toEqual([])
  wall.stop()
})

test('calm, it is a list of the newest, newest first', async () => {
  const { wall, come } = wallOf()
  wall.start()
  wall.calm = true
  come(100)
  await until(() => wall.lines.length > 0)
  expect(wall.lines[0]?.text).toBe('q100')
  expect([wall.lines.length, wall.shown, wall.missed, wall.flying.length]).toEqual([40, 40, 60, 0])
  wall.stop()
})

test('neighbours are far apart in colour', () => {
  for (let i = 1; i < 200; i++) {
    const apart = Math.abs(hueOf(i) - hueOf(i + 1))
    expect(Math.min(apart, 360 - apart)).toBeGreaterThan(100)
  }
})
