import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Views } from '../../src-main/bridge/views.js'

let closed: string[]
let views: Views
let heard: unknown[]
const COME_BACK = 1000

beforeEach(() => {
  vi.useFakeTimers()
  closed = []
  heard = []
  views = new Views({ close: (session) => closed.push(session), comeBack: COME_BACK })
  views.listen({ windows: (sessions) => heard.push(sessions), taken: (session) => heard.push(`taken ${session}`) })
})
afterEach(() => {
  views.close()
  vi.useRealTimers()
})

test('a window that says goodbye and does not come back takes its session with it', () => {
  views.show('a', 's1')
  views.leave('a')
  views.gone('a')
  expect(heard).toEqual([['s1'], []])
  vi.advanceTimersByTime(COME_BACK)
  expect(closed).toEqual(['s1'])
})

test('a reload comes back in time; a second window of the session holds it as well', () => {
  views.show('a', 's1')
  views.leave('a')
  views.gone('a')
  views.show('b', 's1')
  vi.advanceTimersByTime(COME_BACK * 2)
  expect(closed).toEqual([])
  views.show('c', 's1')
  views.leave('b')
  views.gone('b')
  vi.advanceTimersByTime(COME_BACK * 2)
  expect([closed, views.windows]).toEqual([[], ['s1']])
})

test('a window whose line was lost or whose page died has said nothing: its session goes on', () => {
  views.show('a', 's1')
  views.gone('a')
  vi.advanceTimersByTime(COME_BACK * 2)
  expect(closed).toEqual([])
})

test('a session that is taken back stays when its window then leaves', () => {
  views.show('a', 's1')
  views.takeBack('s1')
  views.leave('a')
  views.gone('a')
  vi.advanceTimersByTime(COME_BACK * 2)
  expect(closed).toEqual([])
  expect(heard).toEqual([['s1'], 'taken s1', []])
  expect(() => views.takeBack('s1')).toThrow('no window of its own')
})
