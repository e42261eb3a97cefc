import { encode as encodeMsgpack, decode as decodeMsgpack, ExtData } from '@msgpack/msgpack'
import { decode as decodeCbor, encode as encodeCbor } from 'cborg'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atPath, parsePath } from '../../src-main/payload/json-path.js'
import {
  encode,
  fromHex,
  MAX_VALUES,
  readTree,
  TreeReading,
  TreeRows,
  type TreeFormat,
} from '../../src-main/payload/index.js'
import { faultOf } from './fault-of.js'

const utf8 = (text: string) => new TextEncoder().encode(text)
const notation = (hex: string, format: TreeFormat) => readTree(fromHex(hex), format).notation(0, 1000)
const repeated = (bytes: number[], times: number) =>
  Uint8Array.from({ length: bytes.length * times }, (_, i) => bytes[i % bytes.length]!)

/** Values that JSON and both binary formats hold alike. */
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.integer(),
    // Beyond 64 bits a whole number is written as digits that MessagePack has no integer for: refused, and held elsewhere.
    fc.double({ noNaN: true, min: -9e18, max: 9e18 }),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('value'), { maxLength: 6 }),
    // The oracle for MessagePack refuses the key __proto__; that our own readers keep it is held below.
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 6 },
    ),
  ),
})).value
/** As JSON has it: no -0, and members in the order in which objects are written. */
const asJson = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part)))

describe('a tree agrees with the libraries', () => {
  it('on what they wrote', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(JSON.parse(readTree(encodeMsgpack(value), 'msgpack').json(0))).toEqual(asJson(value))
        expect(JSON.parse(readTree(encodeCbor(value), 'cbor').json(0))).toEqual(asJson(value))
        expect(JSON.parse(readTree(utf8(JSON.stringify(value)), 'json').json(0))).toEqual(asJson(value))
      }),
    )
  })

  it('on what we wrote from JSON', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const text = JSON.stringify(value)
        expect(asJson(decodeMsgpack(encode(text, 'msgpack')))).toEqual(asJson(value))
        expect(asJson(decodeCbor(encode(text, 'cbor'), { rejectDuplicateMapKeys: true }))).toEqual(asJson(value))
      }),
    )
  })

  it('on which bytes are MessagePack', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
        const reading = new TreeReading(bytes, 'msgpack')
        while (!reading.advance());
        let theirs = true
        try {
          decodeMsgpack(bytes, { mapKeyConverter: (key) => String(key as number), rawStrings: true })
        } catch (error) {
          // Of our own: __proto__ is a name like any other, and so is any value as a key.
          if (/__proto__/.test(String(error))) return
          theirs = false
        }
        expect(reading.fault === undefined).toBe(theirs)
      }),
      { numRuns: 3000 },
    )
  })

  it('on which bytes are CBOR, where the library is not choosier than the standard', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
        let value: unknown
        try {
          value = decodeCbor(bytes, { useMaps: true })
        } catch {
          return
        }
        expect(readTree(bytes, 'cbor').tape.length, String(value)).toBeGreaterThan(0)
      }),
      { numRuns: 3000 },
    )
  })
})

describe('a tree tells the truth', () => {
  it.each([
    ['cf ffffffffffffffff', '18446744073709551615'],
    ['d3 8000000000000000', '-9223372036854775808'],
    ['e0', '-32'],
    ['ca 3f800000', '1.0'],
    ['cb 8000000000000000', '-0.0'],
    ['cb 7ff8000000000000', 'NaN'],
    ['c4 03 00ff10', "h'00ff10'"],
    ['d4 05 2a', "ext(5, h'2a')"],
    ['d6 ff 00000000', '1970-01-01T00:00:00Z'],
    ['d7 ff 00000004 00000001', '1970-01-01T00:00:01.000000001Z'],
    ['82 01 02 a1 61 c0', '{1: 2, "a": null}'],
    ['82 a1 61 01 a1 61 02', '{"a": 1, "a": 2}'],
    ['81 92 01 02 80', '{[1, 2]: {}}'],
    ['a2 fffe', "h'fffe'"],
  ])('MessagePack %s is %s', (hex, text) => expect(notation(hex, 'msgpack')).toBe(text))

  // RFC 8949, appendix A.
  it.each([
    ['1b ffffffffffffffff', '18446744073709551615'],
    ['3b ffffffffffffffff', '-18446744073709551616'],
    ['f9 3c00', '1.0'],
    ['f9 0001', '5.960464477539063e-8'],
    ['f9 c400', '-4.0'],
    ['f9 7c00', 'Infinity'],
    ['f9 7e00', 'NaN'],
    ['fa 47c35000', '100000.0'],
    ['fb c010666666666666', '-4.1'],
    ['f7', 'undefined'],
    ['f0', 'simple(16)'],
    ['f8 ff', 'simple(255)'],
    ['c1 1a 514b67b0', '1(1363896240)'],
    ['c2 49 010000000000000000', "2(h'010000000000000000')"],
    ['a2 01 02 03 04', '{1: 2, 3: 4}'],
    ['5f 42 0102 43 030405 ff', "h'0102030405'"],
    ['7f 65 7374726561 64 6d696e67 ff', '"streaming"'],
    ['9f ff', '[]'],
    ['9f 01 82 02 03 9f 04 05 ff ff', '[1, [2, 3], [4, 5]]'],
    ['bf 61 61 01 61 62 9f 02 03 ff ff', '{"a": 1, "b": [2, 3]}'],
    ['82 61 61 bf 61 62 61 63 ff', '["a", {"b": "c"}]'],
  ])('CBOR %s is %s', (hex, text) => expect(notation(hex, 'cbor')).toBe(text))

  it('keeps the digits of JSON', () => {
    const text = '{"id":12345678901234567890,"id":1.0,"e":1E2,"s":"\\u0041"}'
    expect(readTree(utf8(text), 'json').json(0)).toBe(text)
    const rows = new TreeRows(readTree(utf8(text), 'json'))
    const all = Array.from({ length: rows.length }, (_, i) => rows.row(i))
    expect(all.slice(1).map(({ name, text: shown, duplicate }) => [name, shown, duplicate])).toEqual([
      ['id', '12345678901234567890', true],
      ['id', '1.0', true],
      ['e', '1E2', false],
      ['s', '"\\u0041"', false],
    ])
  })

  it('keeps them through MessagePack and CBOR', () => {
    const text = '{"b":12345678901234567890,"a":-9223372036854775808,"a":1.5}'
    for (const format of ['msgpack', 'cbor'] as const) expect(readTree(encode(text, format), format).json(0)).toBe(text)
    expect(readTree(encode('123456789012345678901234567890', 'cbor'), 'cbor').notation(0, 99)).toBe(
      "2(h'018ee90ff6c373e0ee4e3f0ad2')",
    )
  })
})

describe('rows of a tree', () => {
  it('open and close, and know where they are', () => {
    const rows = new TreeRows(readTree(utf8('{"pose":{"position":[1,{"x":2}]},"n":null}'), 'json'))
    expect(rows.length).toBe(7)
    const names = () => Array.from({ length: rows.length }, (_, i) => rows.row(i).name)
    expect(names()).toEqual(['', 'pose', 'position', '0', '1', 'x', 'n'])
    expect(rows.row(5)).toMatchObject({ depth: 4, text: '2', open: undefined, place: 1, siblings: 1 })
    expect(rows.parent(5)).toBe(4)
    expect(rows.document.path(rows.row(5).node)).toBe('pose.position[1].x')
    rows.close(1)
    expect(names()).toEqual(['', 'pose', 'n'])
    expect(rows.row(1)).toMatchObject({ open: false, count: 1, text: '{"position": [1, {"x": 2}]}' })
    rows.toggle(1)
    expect(names()).toEqual(['', 'pose', 'position', 'n'])
  })

  it('show tags, big numbers and keys that are no names', () => {
    const rows = new TreeRows(readTree(fromHex('a2 01 c2 42 0100 82 01 02 03'), 'cbor'))
    expect(rows.row(1)).toMatchObject({ nameKind: 'key', name: '1', kind: 'tag', text: "2(h'0100') = 256" })
    expect(rows.row(2)).toMatchObject({ nameKind: 'none', text: "h'0100'" })
    expect(rows.row(3)).toMatchObject({ nameKind: 'key', name: '[1, 2]' })
    expect(rows.document.path(rows.row(3).node)).toBe('[[1, 2]]')
  })

  it('have paths that lead back to the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const rows = new TreeRows(readTree(utf8(JSON.stringify(value)), 'json'))
        for (let i = 0; i < rows.length; i++) {
          const { node } = rows.row(i)
          const there = atPath(asJson(value), parsePath(rows.document.path(node)))
          expect(there).toEqual(JSON.parse(rows.document.json(node)))
        }
      }),
    )
  })
})

describe('hostile input ends in a sentence', () => {
  it.each([
    ['c1', 'msgpack', 'byte 0 is 0xc1'],
    ['dd ffffffff', 'msgpack', 'the array at byte 0 says that it has 4294967295 values, and only 0 bytes follow'],
    ['df ffffffff 01', 'msgpack', 'the map at byte 0 says'],
    ['c6 ffffffff 00', 'msgpack', 'the bytes at byte 0 says that it has 4294967295 bytes'],
    ['93 01 02', 'msgpack', 'and only 2 bytes follow'],
    ['92 01 92', 'msgpack', 'the array at byte 2'],
    ['01 02', 'msgpack', 'a value ends at byte 1, and 1 more follow'],
    ['', 'msgpack', 'it ends at byte 0'],
    ['cd 01', 'msgpack', 'only 1 follow'],
    ['d9', 'msgpack', 'within the length'],
    ['9b ffffffffffffffff', 'cbor', 'the array at byte 0 says'],
    ['bb 7fffffffffffffff 00', 'cbor', 'the map at byte 0 says'],
    ['5b ffffffffffffffff', 'cbor', 'the bytes at byte 0 says'],
    ['5f 61 61 ff', 'cbor', 'begins something else'],
    ['5f 5f ff ff', 'cbor', 'begins something else'],
    ['bf 01 ff', 'cbor', 'is a break'],
    ['82 01 ff', 'cbor', 'is a break'],
    ['c1 ff', 'cbor', 'is a break'],
    ['ff', 'cbor', 'is a break'],
    ['1c', 'cbor', 'never uses'],
    ['1f', 'cbor', 'never uses'],
    ['f8 10', 'cbor', 'two bytes'],
    ['19 01', 'cbor', 'ends within'],
    ['9f', 'cbor', 'it ends at byte 1'],
    ['00 00', 'cbor', 'an item ends at byte 1'],
  ] as const)('%s as %s: %s', (hex, format, part) => {
    const fault = faultOf(() => readTree(fromHex(hex), format))
    expect(fault.code).toBe('BAD_PAYLOAD')
    expect(fault.message).toContain(part)
  })

  it.each([
    ['json', utf8('['.repeat(100_000) + ']'.repeat(100_000))],
    ['json', utf8('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000))],
    ['msgpack', Uint8Array.from([...repeated([0x91], 100_000), 0xc0])],
    ['msgpack', Uint8Array.from([...repeated([0x81, 0xa1, 0x61], 100_000), 0xc0])],
    ['cbor', Uint8Array.from([...repeated([0x81], 100_000), 0xf6])],
    ['cbor', Uint8Array.from([...repeated([0x9f], 100_000), ...repeated([0xff], 100_000)])],
    ['cbor', Uint8Array.from([...repeated([0xc1], 100_000), 0xf6])],
  ] as const)('100,000 levels of %s are read, shown and copied without a stack', (format, bytes) => {
    const document = readTree(bytes, format)
    const rows = new TreeRows(document)
    for (let i = 0; i < 200; i++) rows.open(rows.length - 1)
    expect(rows.length).toBeGreaterThan(200)
    for (let i = 0; i < 100; i++) rows.row(i)
    expect(document.json(0).length).toBeGreaterThan(100_000)
    // The deepest value knows its way up.
    expect(document.path(document.tape.length - 1).length).toBeGreaterThanOrEqual(format === 'cbor' ? 0 : 199_999)
    rows.close(0)
    expect(rows.length).toBe(1)
  })

  it('maps in keys of maps do not grow with their depth', () => {
    // Each level's key is the next level: written as JSON strings in JSON strings it would double each time.
    const bytes = Uint8Array.from([...repeated([0x81], 1000), 0xc0, ...repeated([0x01], 1000)])
    const document = readTree(bytes, 'msgpack')
    expect(document.json(0).length).toBeLessThan(1000)
    expect(document.notation(0, 100).length).toBeLessThanOrEqual(101)
  })

  it.each([
    ['json', utf8(`[${'0,'.repeat(MAX_VALUES)}0]`)],
    ['msgpack', Uint8Array.from([0xdd, 0, 0x4c, 0x4b, 0x40, ...repeated([0], 5_000_000)])],
    ['cbor', Uint8Array.from([0x9a, 0, 0x4c, 0x4b, 0x40, ...repeated([0], 5_000_000)])],
  ] as const)('too many values of %s are refused', (format, bytes) => {
    expect(faultOf(() => readTree(bytes, format)).message).toMatch(/more than 2,000,000 values/)
  })

  it('a large value is read in slices', () => {
    const reading = new TreeReading(utf8(`[${'{"a":1},'.repeat(500_000)}0]`), 'json')
    let slices = 1
    while (!reading.advance()) slices++
    expect(slices).toBeGreaterThan(100)
    expect(new TreeRows(reading.document!).length).toBe(500_002)
  })

  it.each([
    ['{"a":18446744073709551616}', 'msgpack', 5, 'does not fit in the 64 bits'],
    ['[1e999]', 'cbor', 1, 'larger than any 64-bit float'],
    [`[${'9'.repeat(1_000_000)}]`, 'cbor', 1, 'more than 400 digits'],
    ['["\\ud800"]', 'msgpack', 1, 'surrogate'],
    ['{', 'msgpack', 1, 'not JSON'],
  ] as const)('typed %.40s as %s', (text, format, position, part) => {
    const fault = faultOf(() => encode(text, format))
    expect(fault.message).toContain(part)
    expect(fault.detail?.['position']).toBe(position)
  })

  it('an extension without content has its type all the same', () => {
    expect(readTree(encodeMsgpack(new ExtData(-7, new Uint8Array())), 'msgpack').notation(0, 99)).toBe("ext(-7, h'')")
  })
})
