import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, decodeTextLossy, encodeText, isPrintable } from '../../src-main/payload/text.js'
import { faultOf } from './fault-of.js'

const bytes = (...values: number[]) => Uint8Array.from(values)

describe('text', () => {
  it('gives every well-formed text back', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => decodeText(encodeText(text)) === text))
  })

  it('gives any bytes back, or says that they are not UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (input) => {
        const text = decodeText(input)
        if (text !== undefined) expect(encodeText(text)).toEqual(input)
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['an overlong slash', bytes(0xc0, 0xaf)],
    ['an overlong NUL', bytes(0xc0, 0x80)],
    ['an overlong euro sign', bytes(0xf0, 0x82, 0x82, 0xac)],
    ['a surrogate', bytes(0xed, 0xa0, 0x80)],
    ['a code point past U+10FFFF', bytes(0xf4, 0x90, 0x80, 0x80)],
    ['a cut sequence', bytes(0x61, 0xe2, 0x82)],
    ['a lone continuation byte', bytes(0x80)],
    ['0xff', bytes(0xff)],
  ])('refuses %s', (_, input) => {
    expect(decodeText(input)).toBeUndefined()
    expect(decodeTextLossy(input)).toContain('\ufffd')
  })

  it('keeps a byte order mark and NUL', () => {
    expect(decodeText(bytes(0xef, 0xbb, 0xbf, 0x61, 0x00))).toBe('\ufeffa\0')
    expect(encodeText('\ufeffa\0')).toEqual(bytes(0xef, 0xbb, 0xbf, 0x61, 0x00))
    expect(decodeTextLossy(bytes(0xef, 0xbb, 0xbf))).toBe('\ufeff')
  })

  it('names the place of half a surrogate pair instead of replacing it', () => {
    const fault = faultOf(() => encodeText('ab\ud83dc'))
    expect(fault.code).toBe('BAD_PAYLOAD')
    expect(fault.detail).toEqual({ format: 'text', position: 2 })
    expect(fault.message).toContain('Character 3 ')
    expect(encodeText('😀')).toEqual(bytes(0xf0, 0x9f, 0x98, 0x80))
  })

  it('reads shared memory, which journals are made of', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(2))
    shared.set([0x68, 0x69])
    expect(decodeText(shared)).toBe('hi')
  })

  it('calls text printable unless it holds a control character other than tab and line ends', () => {
    expect(isPrintable('héllo\t世界\r\n😀')).toBe(true)
    for (const text of ['\0', 'a\x1b[31m', '\x7f', '\x85']) expect(isPrintable(text)).toBe(false)
  })
})
