import { beforeEach, describe, expect, test } from 'vitest'
import { until } from '../helpers/until.js'
import { local, session } from './browser-things.js'
import { FakeCaller, info, numbers } from './fake-caller.js'
import { pageBytes } from './page-bytes.js'

const { MessageList, ROW_HEIGHT } = await import('../../src-renderer/parts/message-list.svelte.js')
const { SessionView } = await import('../../src-renderer/state/session.svelte.js')

function listOf(first: number, last: number) {
  const view = new SessionView(new FakeCaller({ 'session.rows': () => pageBytes([]) }), info('s', 'sink'))
  view.count(numbers('s', { first, last }))
  const list = new MessageList(view)
  list.window.resize(10 * ROW_HEIGHT)
  list.update()
  const become = (next: { first: number; last: number }) => {
    view.count(numbers('s', next))
    list.update()
  }
  const inView = (): [number, number] => [
    list.seqAt(list.window.first),
    list.seqAt(list.window.first + list.window.shown - 1),
  ]
  return { list, become, inView }
}

beforeEach(() => {
  session.clear()
  local.clear()
})

describe('a list of messages', () => {
  test('follows the newest until it is moved, and says how many came since', async () => {
    const { list, become, inView } = listOf(1, 100)
    expect(inView()).toEqual([91, 100])
    become({ first: 1, last: 150 })
    await until(() => inView()[1] === 150)

    list.window.scrollTo(0)
    list.moved()
    become({ first: 1, last: 175 })
    expect(list.following).toBe(false)
    expect(list.unseen).toBe(25)
    expect(inView()[0]).toBe(1)

    list.window.toEnd()
    list.moved()
    expect(list.following).toBe(true)
    expect(list.unseen).toBe(0)
  })

  test('while it follows, it moves on when the rows are here, to the newest of then', async () => {
    let come = (): void => undefined
    const caller = new FakeCaller({
      'session.rows': async () => {
        await new Promise<void>((resolve) => (come = resolve))
        return pageBytes([])
      },
    })
    const view = new SessionView(caller, info('s', 'sink'))
    view.count(numbers('s', { first: 1, last: 100 }))
    const list = new MessageList(view)
    list.window.resize(10 * ROW_HEIGHT)
    for (const last of [150, 200, 250]) {
      view.count(numbers('s', { first: 1, last }))
      list.update()
    }
    expect([list.window.count, list.count]).toEqual([100, 250])
    come()
    await until(() => list.window.count === 150)
    await until(() => caller.calls.length === 2)
    come()
    await until(() => list.window.count === 250)
    expect(list.unseen).toBe(0)
  })

  test('what is looked at stays in place while older rows fall off the end', () => {
    const { list, become, inView } = listOf(1, 1000)
    list.window.scrollTo(500 * ROW_HEIGHT)
    list.moved()
    become({ first: 301, last: 1300 })
    expect(inView()[0]).toBe(501)
    become({ first: 2001, last: 3000 })
    expect(inView()[0]).toBe(2001)
  })

  test('selecting a row ends following; the arrows go from row to row and bring it into view', () => {
    const { list, inView } = listOf(1, 100)
    list.select(95)
    expect(list.following).toBe(false)
    list.step(-20)
    expect(list.selected).toBe(75)
    expect(inView()[0]).toBe(75)
    list.step(-Infinity)
    expect([list.selected, inView()[0]]).toEqual([1, 1])
    list.step(Infinity)
    expect([list.selected, inView()[1]]).toEqual([100, 100])
  })

  test('a row that is looked at stays in view when the list gets smaller', () => {
    const { list, inView } = listOf(1, 100)
    list.select(99)
    list.window.resize(4 * ROW_HEIGHT)
    list.resized()
    expect(inView()[0]).toBeLessThanOrEqual(99)
    expect(inView()[1]).toBeGreaterThanOrEqual(99)
  })

  test('a cleared list is empty, and begins anew', () => {
    const { list, become, inView } = listOf(1, 100)
    list.select(50)
    become({ first: 101, last: 100 })
    expect(list.total).toBe(0)
    become({ first: 101, last: 103 })
    list.follow()
    expect(inView()).toEqual([101, 103])
  })
})
