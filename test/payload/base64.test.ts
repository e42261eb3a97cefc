import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64, toBase64 } from '../../src-main/payload/base64.js'
import { faultOf } from './fault-of.js'

describe('base64', () => {
  it('gives any bytes back and agrees with Node', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        const text = toBase64(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64'))
        expect(fromBase64(text)).toEqual(bytes)
        expect(fromBase64(Buffer.from(bytes).toString('base64url'))).toEqual(bytes)
      }),
    )
  })

  it('joins the pieces of a large frame without a seam', () => {
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * 7) & 0xff)
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
    expect(Buffer.compare(fromBase64(toBase64(bytes)), bytes)).toBe(0)
  })

  it('skips blanks and line ends', () =>
    expect(fromBase64(' aGVs\r\nbG8= \n')).toEqual(new TextEncoder().encode('hello')))

  it.each([
    ['aGVs*G8=', 4, '"*" at character 5 is not base64'],
    ['aGVsbG8=x', 8, '"x" at character 9 comes after the end'],
    ['aGVsbG8==', 8, '"=" at character 9 comes after the end'],
    ['====', 0, '"=" at character 1 comes after the end'],
    ['aGVsb', 4, 'ends too early, after character 5'],
    ['aGVsbG=', 5, 'ends too early, after character 6'],
  ])('says where %j goes wrong', (text, position, sentence) => {
    const fault = faultOf(() => fromBase64(text))
    expect(fault.detail).toEqual({ format: 'base64', position })
    expect(fault.message).toContain(sentence)
  })
})
