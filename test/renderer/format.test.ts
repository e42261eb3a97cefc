import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import './browser-things.js'

const { locale } = await import('../../src-renderer/lib/i18n.svelte.js')
const { clock, rate, size, span } = await import('../../src-renderer/lib/format.js')
const { visible, visibleLine } = await import('../../src-renderer/lib/visible.js')

beforeEach(() => {
  locale.set('en')
})

describe('figures', () => {
  test('rates need at most seven characters, whatever they are', () => {
    expect([0, 0.4, 9.96, 12_408, 99_999, 123_456, 12_345_678].map(rate)).toEqual([
      '0',
      '0.4',
      '10',
      '12,408',
      '99,999',
      '123k',
      '12.3M',
    ])
    fc.assert(fc.property(fc.double({ min: 0, max: 9e8, noNaN: true }), (n) => rate(n).length <= 7))
  })
  test('sizes', () => {
    expect([0, 38, 999, 1000, 61_234, 5_000_000, 536_870_912].map(size)).toEqual([
      '0 B',
      '38 B',
      '999 B',
      '1.0 kB',
      '61.2 kB',
      '5.0 MB',
      '537 MB',
    ])
  })
  test('stretches of time', () => {
    expect([0.418, 31.2, 3200, 120_000, 7_200_000].map(span)).toEqual(['0.42 ms', '31 ms', '3.2 s', '2 min', '2 h'])
  })
  test('a time of day has its microseconds apart', () => {
    const at = new Date(2026, 0, 1, 14, 2, 21, 118).getTime() + 0.402
    expect(clock(at)).toEqual({ time: '14:02:21.118', micros: '402' })
  })
})

describe('hostile text', () => {
  test('marks that turn the direction round, and characters of no width, are shown', () => {
    expect(visible('a\u202eb\u2066c\u200bd\ufeff')).toBe('a⟨U+202E⟩b⟨U+2066⟩c⟨U+200B⟩d⟨U+FEFF⟩')
  })
  test('control characters are written out', () => {
    expect(visibleLine('a\u0000\u001b[31m\n\t\u007f')).toBe('a⟨U+0000⟩⟨U+001B⟩[31m↵⇥⟨U+007F⟩')
  })
  test('several lines stay several lines', () => {
    expect(visible('a\n\tb')).toBe('a\n\tb')
  })
  test('the joiner within an emoji is left alone, elsewhere it is shown', () => {
    expect(visible('👩‍🚀')).toBe('👩‍🚀')
    expect(visible('a\u200db')).toBe('a⟨U+200D⟩b')
  })
  test('nothing of what is dangerous is left, wherever it stands', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => !/[\u202a-\u202e\u2066-\u2069\u200b]/.test(visible(text))),
    )
  })
})
