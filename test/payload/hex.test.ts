import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, hexDump, hexRows, toHex } from '../../src-main/payload/hex.js'
import { faultOf } from './fault-of.js'

describe('hex', () => {
  it('gives any bytes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 10_000 }), (bytes) => void expect(fromHex(toHex(bytes))).toEqual(bytes)),
    )
  })

  it('agrees with Node', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i)
    expect(toHex(all)).toBe(Buffer.from(all).toString('hex'))
  })

  it.each([
    'deadbeef',
    'DE AD be ef',
    'de:ad:be:ef',
    '0xde, 0xad, 0xbe, 0xef',
    '0xdeadbeef',
    '\\xde\\xad\\xbe\\xef',
    ' de-ad\nbe;ef\n',
  ])('reads %j', (text) => expect(toHex(fromHex(text))).toBe('deadbeef'))

  it('reads nothing as no bytes', () => expect(fromHex(' \n')).toEqual(new Uint8Array(0)))

  it.each([
    ['12 g4', 3, '"g" at character 4 is not a hex digit'],
    ['1', 0, '"1" at character 1 stands alone'],
    ['12 3 45', 3, '"3" at character 4 stands alone'],
    ['123', 2, '"3" at character 3 stands alone'],
    ['1z', 1, '"z" at character 2 is not a hex digit'],
    ['0x', 2, 'the end at character 3 is not a hex digit'],
    ['ab\u200bcd', 2, 'at character 3 is not a hex digit'],
  ])('says where %j goes wrong', (text, position, sentence) => {
    const fault = faultOf(() => fromHex(text))
    expect(fault.detail).toEqual({ format: 'hex', position })
    expect(fault.message).toContain(sentence)
  })

  it('dumps a frame with offsets and printable characters', () => {
    expect(hexDump(Uint8Array.from([0x68, 0x69, 0x00, 0xff, 0x7e]), 4)).toBe(
      ['00000000  68 69 00 ff  hi..', '00000004  7e           ~'].join('\n'),
    )
    expect(hexDump(new Uint8Array(0))).toBe('')
  })

  it('makes only the lines that were asked for', () => {
    const rows = hexRows(new Uint8Array(5_000_000), 300_000, 40)
    expect(rows).toHaveLength(40)
    expect(rows[0]).toMatchObject({ offset: 4_800_000 })
    expect(hexRows(new Uint8Array(20), 1, 40).map((row) => row.hex.trim())).toEqual(['00 00 00 00'])
    expect(hexRows(new Uint8Array(20), 2, 40)).toEqual([])
  })
})
