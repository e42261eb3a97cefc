import fc from 'fast-check'
import { encode as msgpack } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { atPath, parsePath, type JsonPath } from '../../src-main/payload/json-path.js'
import { asciiNumber, JsonScan } from '../../src-main/payload/json-scan.js'
import { numberAt } from '../../src-main/payload/tree-path.js'
import { readTree } from '../../src-main/payload/tree.js'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const key = fc.oneof(fc.constantFrom('a', 'b', 'pose', 'x y', 'é', '"', '\\', ''), fc.string({ maxLength: 4 }))
const { value: document } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('map'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
}))

/** Every path of a value. */
function pathsOf(value: unknown, path: JsonPath = []): JsonPath[] {
  if (typeof value !== 'object' || value === null) return [path]
  const steps = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value)
  return [path, ...steps.flatMap((step) => pathsOf((value as Record<string | number, unknown>)[step], [...path, step]))]
}

function find(text: string, path: JsonPath): unknown {
  const scan = new JsonScan(path)
  const bytes = bytesOf(`xx${text}xx`)
  return scan.find(bytes, 2, bytes.length - 2) ? scan.value() : undefined
}

describe('the JSON scan', () => {
  it('finds what JSON.parse finds, at every path of any document, however it is laid out', () => {
    fc.assert(
      fc.property(document, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        for (const path of pathsOf(value))
          expect(find(text, path)).toEqual(JSON.parse(JSON.stringify(atPath(value, path))))
        expect(find(text, ['not', 'there'])).toBeUndefined()
        expect(find(text, [7])).toBe(atPath(value, [7]))
      }),
      { numRuns: 500, seed: 1 },
    )
  })

  it.each<[string, string, unknown]>([
    ['{"a":1,"a":2}', 'a', 2],
    ['{"a":{"b":1},"a":3}', 'a.b', undefined],
    ['{"\\u0061":5}', 'a', 5],
    ['{"7":5}', '[7]', 5],
    ['{"a":"1,2}"}', 'a', '1,2}'],
    ['{"a":1', 'a', undefined],
    ['{"a":1}}', 'a', undefined],
    ['[1,[2,3]]', '[1][0]', 2],
    ['', '', undefined],
    ['  4 ', '', 4],
    ['hello', 'a', undefined],
  ])('%s at “%s” is %o', (text, path, wanted) => {
    expect(find(text, parsePath(path))).toEqual(wanted)
  })

  it('reads numbers as JSON.parse does, to the last bit', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.tuple(fc.integer(), fc.integer({ min: 0, max: 9_999_999 })).map(([a, b]) => Number(`${a}.${b}`)),
    )
    fc.assert(
      fc.property(number, (value) => {
        const bytes = bytesOf(JSON.stringify(value))
        expect(asciiNumber(bytes, 0, bytes.length)).toBe(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 2000, seed: 2 },
    )
    const numbers = (text: string) => new JsonScan([]).number(bytesOf(text), 0, text.length)
    expect(['true', 'false', 'null', '"12.5"', '""', '"x"', '{}', '[1]', '1x'].map(numbers)).toEqual([
      1,
      0,
      NaN,
      12.5,
      NaN,
      NaN,
      NaN,
      NaN,
      NaN,
    ])
  })
})

describe('a path in a tree', () => {
  it('finds the numbers of MessagePack that it finds in JSON', () => {
    fc.assert(
      fc.property(document, (value) => {
        const tree = readTree(msgpack(value), 'msgpack')
        for (const path of pathsOf(value)) {
          const text = JSON.stringify(value)
          const wanted = new JsonScan(path).number(bytesOf(text), 0, bytesOf(text).length)
          expect(numberAt(tree, path) + 0).toBe(wanted + 0)
        }
      }),
      { numRuns: 200, seed: 3 },
    )
  })

  it('reads CBOR with keys that are numbers, and past tags', () => {
    // {1: {"t": 1(1000)}, "v": [h'', 2.5]}
    const tree = readTree(Buffer.from('a201a16174c11903e861768240f94100', 'hex'), 'cbor')
    expect(numberAt(tree, parsePath('[1].t'))).toBe(1000)
    expect(numberAt(tree, parsePath('v[1]'))).toBe(2.5)
    expect(numberAt(tree, parsePath('v[0]'))).toBeNaN()
    expect(numberAt(tree, parsePath('v[2]'))).toBeNaN()
  })
})
