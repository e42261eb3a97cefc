import { expect, test } from 'vitest'
import { ScrollBar } from '../../src-renderer/parts/scroll-bar.js'

/** As a browser has it: the bar stays within what there is. */
class Scroller {
  readonly clientHeight = 100
  #height = 1000
  #top = 0
  get scrollHeight(): number {
    return this.#height
  }
  set content(pixels: number) {
    this.#height = pixels
    this.scrollTop = this.#top
  }
  get scrollTop(): number {
    return this.#top
  }
  set scrollTop(pixels: number) {
    this.#top = Math.min(Math.max(0, pixels), Math.max(0, this.#height - this.clientHeight))
  }
}

test('what we put is nobody’s move, wherever the browser lets it stand', () => {
  const [bar, scroller] = [new ScrollBar(), new Scroller()]
  bar.put(scroller, 2000)
  expect([bar.at, bar.moved(scroller)]).toEqual([900, 0])
})

test('a person’s move is seen before the browser tells of it, until it is taken', () => {
  const [bar, scroller] = [new ScrollBar(), new Scroller()]
  bar.put(scroller, 900)
  scroller.scrollTop = 250
  expect(bar.moved(scroller)).toBe(-650)
  bar.take(scroller)
  expect([bar.at, bar.moved(scroller)]).toEqual([250, 0])
  scroller.scrollTop = 250.4
  expect(bar.moved(scroller)).toBe(0)
})

test('content that becomes shorter or longer moves the bar for nobody; a move beside it counts by itself', () => {
  const [bar, scroller] = [new ScrollBar(), new Scroller()]
  bar.put(scroller, 900)
  scroller.content = 600
  expect([scroller.scrollTop, bar.moved(scroller)]).toEqual([500, 0])
  scroller.content = 1200
  bar.put(scroller, 1100)
  scroller.content = 800
  scroller.scrollTop -= 30
  expect(bar.moved(scroller)).toBe(-30)
})
