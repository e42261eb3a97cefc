import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode, formats } from '../../src-main/payload/index.js'
import { faultOf } from './fault-of.js'

describe('encode and decode', () => {
  it.each(['hex', 'base64'] as const)('bring any bytes back through %s', (format) => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => void expect(encode(decode(bytes, format), format)).toEqual(bytes)),
    )
  })

  it('bring any well-formed text back through text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => decode(encode(text, 'text'), 'text') === text))
  })

  it('send JSON exactly as it was typed, and lay it out for reading', () => {
    const typed = '{"id": 12345678901234567890}'
    expect(new TextDecoder().decode(encode(typed, 'json'))).toBe(typed)
    expect(decode(encode(typed, 'json'), 'json')).toBe('{\n  "id": 12345678901234567890\n}')
    expect(decode(encode('not json', 'text'), 'json')).toBe('not json')
  })

  it('never throw on reading, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.constantFrom(...formats),
        (bytes, format) => typeof decode(bytes, format) === 'string',
      ),
    )
  })

  it('refuse bad input with a fault that names the place', () => {
    expect(faultOf(() => encode('{', 'json'))).toMatchObject({
      code: 'BAD_PAYLOAD',
      detail: { format: 'json', position: 1 },
    })
    expect(faultOf(() => encode('xy', 'hex'))).toMatchObject({
      code: 'BAD_PAYLOAD',
      detail: { format: 'hex', position: 0 },
    })
    expect(faultOf(() => encode('*', 'base64'))).toMatchObject({ detail: { format: 'base64', position: 0 } })
    expect(faultOf(() => encode('\udc00', 'text'))).toMatchObject({ detail: { format: 'text', position: 0 } })
  })
})
