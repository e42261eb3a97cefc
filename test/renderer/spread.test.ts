import { expect, test } from 'vitest'
import { Spread } from '../../src-renderer/lib/spread.js'

function spread(most: number) {
  const frames: (() => void)[] = []
  const done: number[] = []
  const all = new Spread(
    (i) => done.push(i),
    most,
    (then) => frames.push(then),
  )
  /** One frame; what was done in it. */
  const frame = (): number[] => {
    frames.shift()?.()
    return done.splice(0)
  }
  return { all, frame, frames }
}

test('each once, some in each frame, and then no more frames', () => {
  const { all, frame, frames } = spread(2)
  all.begin(5)
  expect([frame(), frame(), frame()]).toEqual([[0, 1], [2, 3], [4]])
  expect(frames).toHaveLength(0)
})

test('begun anew in between it goes on from where it is, once round, in one frame at a time', () => {
  const { all, frame, frames } = spread(2)
  all.begin(5)
  expect(frame()).toEqual([0, 1])
  all.begin(5)
  expect(frames).toHaveLength(1)
  expect([frame(), frame(), frame()]).toEqual([[2, 3], [4, 0], [1]])
  expect(frames).toHaveLength(0)
})

test('fewer than before, none, and all at once', () => {
  const { all, frame, frames } = spread(4)
  all.begin(8)
  frame()
  all.begin(3)
  expect(frame()).toEqual([1, 2, 0])
  all.begin(0)
  expect(frames).toHaveLength(0)
  all.begin(6)
  all.atOnce(2)
  expect(frame()).toEqual([0, 1])
  expect(frames).toHaveLength(0)
})
