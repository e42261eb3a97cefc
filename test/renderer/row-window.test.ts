import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldLines } from '../../src-renderer/parts/fold-lines.js'
import { RowWindow } from '../../src-renderer/parts/row-window.svelte.js'

function windowOf(count: number, viewport: number): RowWindow {
  const window = new RowWindow(26)
  window.resize(viewport)
  window.setCount(count)
  return window
}

describe('a window on many rows', () => {
  test('a million rows: the scroll bar reaches the first and the last, and the stage stays below what browsers take', () => {
    const window = windowOf(1_000_000, 500)
    expect(window.stage).toBeLessThanOrEqual(15_000_000)
    window.scrolled(0)
    expect(window.first).toBe(0)
    window.scrolled(window.stage - 500)
    expect(window.first + window.shown).toBe(1_000_000)
    expect(window.atEnd).toBe(true)
  })

  test('any position of the bar and back is the same position, at any size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50_000_000 }),
        fc.integer({ min: 0, max: 2000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (count, viewport, part) => {
          const window = windowOf(count, viewport)
          const bar = part * (window.stage - viewport)
          window.scrolled(bar)
          expect(window.scrollTop).toBeCloseTo(bar, 3)
          expect(window.first).toBeGreaterThanOrEqual(0)
          expect(window.first + window.shown).toBeLessThanOrEqual(count)
          expect(window.shown * 26).toBeLessThanOrEqual(viewport + 2 * 26)
        },
      ),
    )
  })

  test('rows that go away at the beginning leave what is in view where it is', () => {
    const window = windowOf(1000, 260)
    window.scrollTo(500 * 26 + 7)
    window.setCount(1000, 100)
    expect(window.first).toBe(400)
    expect(window.offset).toBe(7)
  })

  test('a list at its end stays there when the window grows', () => {
    const window = windowOf(1000, 260)
    window.toEnd()
    window.resize(520)
    expect(window.first + window.shown).toBe(1000)
  })

  test('a row is revealed with the least movement', () => {
    const window = windowOf(1000, 260)
    window.scrollTo(26 * 100)
    window.reveal(105)
    expect(window.top).toBe(2600)
    window.reveal(110)
    expect(window.top).toBe(2626)
    window.reveal(3)
    expect(window.top).toBe(78)
  })
})

describe('folded lines', () => {
  const fold = (text: string, columns: number): string[] => {
    const starts = foldLines(text, columns)
    return Array.from(starts, (start, i) => text.slice(start, starts[i + 1] ?? text.length))
  }

  test('nothing of the text is lost, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 16, max: 100 }), (text, columns) => {
        const lines = fold(text, columns)
        expect(lines.join('')).toBe(text)
        for (const line of lines) expect(line.slice(0, -1)).not.toContain('\n')
      }),
    )
  })
  test('a surrogate pair stays together', () => {
    for (const line of fold('x' + '🙂'.repeat(50), 16)) expect(line).not.toMatch(/^[\udc00-\udfff]/)
  })
  test('wide characters take two columns', () => {
    expect(fold('障碍物障碍物障碍物', 6)).toEqual(['障碍物', '障碍物', '障碍物'])
  })
  test('a line feed at the end begins no line', () => {
    expect(fold('one\ntwo\n', 80)).toEqual(['one\n', 'two\n'])
  })
})
