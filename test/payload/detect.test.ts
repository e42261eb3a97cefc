import { encode as encodeMsgpack } from '@msgpack/msgpack'
import { encode as encodeCbor } from 'cborg'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detect } from '../../src-main/payload/detect.js'

describe('detect', () => {
  it.each([
    ['', 'text'],
    ['hello\n', 'text'],
    ['42', 'text'],
    ['true', 'text'],
    ['"quoted"', 'text'],
    ['{"a":1}', 'json'],
    ['\n [1, 2]\n', 'json'],
    ['{"a":1', 'text'],
    ['[INFO] started', 'text'],
    ['\ufeff{"a":1}', 'text'],
    ['a\0b', 'hex'],
    ['\x1b[2J', 'hex'],
  ])('shows %j as %s', (text, shown) => {
    expect(detect(new TextEncoder().encode(text))).toBe(shown)
  })

  it('shows what is not UTF-8 as hex', () => expect(detect(Uint8Array.from([0xff, 0xfe]))).toBe('hex'))

  it.each([[{ id: 7, name: 'x' }], [[1, 2, 3]], [{ pose: { p: [1.5, 2.5], raw: Uint8Array.of(1, 255) } }]])(
    'knows %j as MessagePack and as CBOR',
    (value) => {
      expect(detect(encodeMsgpack(value))).toBe('msgpack')
      expect(detect(encodeCbor(value))).toBe('cbor')
    },
  )

  it('knows large ones by their beginning', () => {
    const many = { points: Array.from({ length: 200_000 }, (_, i) => i / 3) }
    expect(detect(encodeMsgpack(many))).toBe('msgpack')
    expect(detect(encodeCbor(many))).toBe('cbor')
    expect(detect(new TextEncoder().encode(JSON.stringify(many)))).toBe('json')
  })

  it('rarely takes a random struct for either', () => {
    let wrong = 0
    let all = 0
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 48 }), (bytes) => {
        all++
        if (['msgpack', 'cbor', 'image'].includes(detect(bytes))) wrong++
      }),
      { numRuns: 2000, seed: 5 },
    )
    expect(wrong / all).toBeLessThan(0.02)
  })
})
