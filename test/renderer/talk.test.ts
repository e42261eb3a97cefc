import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Workbench } from '../../src-renderer/state/workbench.svelte.js'
import { until } from '../helpers/until.js'
import { local } from './browser-things.js'
import { FakeCaller, info, numbers } from './fake-caller.js'
import { pageBytes } from './page-bytes.js'

const { ProfileState } = await import('../../src-renderer/state/profile.svelte.js')
const { SessionView } = await import('../../src-renderer/state/session.svelte.js')
const { SessionPane } = await import('../../src-renderer/parts/session-pane.svelte.js')
const { Conversation } = await import('../../src-renderer/desks/chat/conversation/conversation.svelte.js')

/** A server's talk; all rows are of one client. The engine has `there` rows, of which the last pulse told of some. */
function talkOf() {
  let there = 0
  const caller = new FakeCaller({
    'session.search': ({ from }: { from: number }) => ({
      seqs: new Uint8Array(Float64Array.from({ length: there - from + 1 }, (_, i) => from + i).buffer),
      next: there + 1,
      done: true,
    }),
    'session.rows': ({ seqs }: { seqs: Uint8Array }) =>
      pageBytes([...new Float64Array(seqs.slice().buffer)].map((seq) => ({ seq, frames: [`m${seq}`] }))),
  })
  const session = new SessionView(caller, info('s', 'server'))
  const bench = { caller, profile: new ProfileState(caller) } as unknown as Workbench
  const talk = new Conversation(new SessionPane(bench, session))
  talk.window.resize(600)
  return {
    talk,
    come: (rows: number) => void (there += rows),
    pulse(last = there) {
      session.count(numbers('s', { last }))
      talk.update()
    },
  }
}

beforeEach(() => local.clear())
afterEach(() => vi.useRealTimers())

test('what a search found ahead of the pulse is shown when the pulse has told of it: no message is drawn empty', async () => {
  const { talk, come, pulse } = talkOf()
  talk.source = 1
  come(50)
  pulse(30)
  const moved = (from: number) =>
    until(() => {
      talk.update()
      return talk.ready > from
    })
  await moved(0)
  const drawn = () => Array.from({ length: talk.window.drawn.to - 1 }, (_, i) => talk.row(i)?.seq).slice(-10)
  expect([talk.count, talk.unseen]).toEqual([30, 0])
  expect(drawn()).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30])
  pulse()
  await moved(30)
  expect(drawn()).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 49, 50])
})

test('in a flood it moves on by screenfuls a few times a second; single messages come with their pulse', async () => {
  vi.useFakeTimers()
  const { talk, come, pulse } = talkOf()
  /** A second of 20 pulses with so many rows each; how often the talk moved on. */
  const second = async (rows: number): Promise<number> => {
    let [moves, before] = [0, talk.ready]
    for (let i = 0; i < 20; i++) {
      come(rows)
      pulse()
      await vi.advanceTimersByTimeAsync(50)
      if (talk.ready !== before) moves++
      before = talk.ready
    }
    return moves
  }
  expect(await second(500)).toBeLessThanOrEqual(6)
  await vi.advanceTimersByTimeAsync(1000)
  pulse()
  await vi.advanceTimersByTimeAsync(1000)
  expect(talk.ready).toBe(talk.count)
  expect(await second(1)).toBe(20)
})
