import { describe, expect, test } from 'vitest'
import './browser-things.js'

const { TalkWindow } = await import('../../src-renderer/desks/chat/conversation/talk-window.svelte.js')

const VIEW = 400

/** A window over `count` items, each as high as `heightOf` says once it has been drawn, as a browser would measure it. */
function windowOf(count: number, heightOf: (key: number) => number) {
  const window = new TalkWindow((index) => index)
  window.resize(VIEW)
  window.setCount(count)
  const draw = () => {
    for (let round = 0; round < 6; round++) {
      const { from, to } = window.drawn
      window.measure(Array.from({ length: to - from }, (_, i) => [from + i, heightOf(from + i)] as const))
    }
  }
  /** Where an item is in the view, in pixels from its top. */
  const at = (index: number): number => {
    const { from, to, top } = window.drawn
    let y = top ?? VIEW - Array.from({ length: to - from }, (_, i) => heightOf(from + i)).reduce((a, b) => a + b, 0)
    for (let i = from; i < index; i++) y += heightOf(i)
    return y
  }
  draw()
  return { window, draw, at }
}
const uneven = (key: number): number => 40 + ((key * 37) % 90)

describe('a talk with items of different heights', () => {
  test('follows the end, draws a screenful and a bit, however many there are', () => {
    const { window, at } = windowOf(1_000_000, uneven)
    expect(window.following).toBe(true)
    expect(at(999_999) + uneven(999_999)).toBe(VIEW)
    expect(window.drawn.to - window.drawn.from).toBeLessThan(40)
    expect(window.seen.last).toBe(999_999)
  })

  test('moves by exactly the pixels that it is told to, up and down', () => {
    const { window, draw, at } = windowOf(100_000, uneven)
    window.moveBy(-1)
    draw()
    for (const pixels of [-30, -250, 17, -399, 80, -1, -640, 333]) {
      const { first } = window.seen
      const before = at(first)
      window.moveBy(pixels)
      draw()
      expect(at(first)).toBeCloseTo(before - pixels, 6)
    }
    expect(window.following).toBe(false)
  })

  test('what is read stays in place when an item above it turns out taller', () => {
    const heights = new Map<number, number>()
    const { window, draw, at } = windowOf(1000, (key) => heights.get(key) ?? 50)
    window.reveal(500, true)
    draw()
    const before = at(500)
    heights.set(499, 300)
    draw()
    expect(at(500)).toBe(before)
  })

  test('stands still while more come, and follows again when it is moved to the end', () => {
    const { window, draw, at } = windowOf(1000, uneven)
    window.moveBy(-2000)
    draw()
    const { first } = window.seen
    const before = at(first)
    window.setCount(1500)
    draw()
    expect(at(first)).toBe(before)
    window.moveBy(1e7)
    draw()
    expect(window.following).toBe(true)
    expect(window.seen.last).toBe(1499)
  })

  test('reaches both ends by the scroll bar, and lands where the bar says in between', () => {
    const { window, draw } = windowOf(200_000, uneven)
    window.jump(0)
    draw()
    expect(window.atStart).toBe(true)
    expect(window.seen.first).toBe(0)
    window.jump((window.stage - VIEW) / 2)
    draw()
    expect(window.seen.first).toBeGreaterThan(95_000)
    expect(window.seen.first).toBeLessThan(105_000)
    expect(window.scrollTop / (window.stage - VIEW)).toBeCloseTo(0.5, 1)
    window.jump(window.stage - VIEW)
    expect(window.following).toBe(true)
  })

  test('leaves no room above the first item nor below the last', () => {
    const { window, draw, at } = windowOf(50, uneven)
    window.moveBy(-1e6)
    draw()
    expect(at(0)).toBeCloseTo(0)
    window.reveal(49, true)
    draw()
    expect(at(49) + uneven(49)).toBe(VIEW)
  })

  test('a few items stand at the bottom, and cannot be moved away', () => {
    const { window, draw, at } = windowOf(3, () => 50)
    window.pause()
    window.moveBy(-100)
    draw()
    expect(at(2) + 50).toBe(VIEW)
    expect(window.stage).toBe(VIEW)
  })

  test('items that go away at the front take nothing with them that is in view', () => {
    const { window } = windowOf(1000, () => 50)
    window.reveal(600, true)
    const { first } = window.seen
    window.setCount(1000, 200)
    expect(window.seen.first).toBe(first - 200)
  })

  test('a neighbour comes in at the edge, something farther away in the upper part', () => {
    const { window, draw, at } = windowOf(1000, () => 50)
    window.reveal(500, true)
    draw()
    const { last } = window.seen
    window.reveal(last + 1)
    draw()
    expect(at(last + 1) + 50).toBe(VIEW)
    window.reveal(100)
    draw()
    expect(at(100)).toBeGreaterThan(0)
    expect(at(100)).toBeLessThan(VIEW / 2)
  })
})
