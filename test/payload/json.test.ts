import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkJson, compactJson, isJson, prettyJson } from '../../src-main/payload/json.js'
import { faultOf } from './fault-of.js'

const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('json', () => {
  it('takes and lays out what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent)
        expect(compactJson(text)).toBe(JSON.stringify(value))
        expect(prettyJson(text)).toBe(JSON.stringify(value, undefined, 2))
      }),
    )
  })

  it('judges like JSON.parse, also what is nearly JSON', () => {
    const scraps = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '"a"',
        '1',
        '-',
        '0',
        '01',
        '.5',
        '1.',
        'e3',
        'true',
        'nul',
        ' ',
        '\n',
        '\\',
        '\\u00',
        'é',
      ),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(scraps, (parts) => isJson(parts.join('')) === parses(parts.join(''))),
      { numRuns: 5000 },
    )
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 1 }), (text, place, char) => {
        const at = place % (text.length + 1)
        const changed = text.slice(0, at) + char + text.slice(at + 1)
        return isJson(changed) === parses(changed)
      }),
      { numRuns: 2000 },
    )
  })

  it('touches no number, no escape and no double name', () => {
    const text = '{ "n": 12345678901234567890, "x": 1.0, "x": 1e400, "s": "\\u0041\\/" }'
    expect(compactJson(text)).toBe('{"n":12345678901234567890,"x":1.0,"x":1e400,"s":"\\u0041\\/"}')
  })

  it('lays out a hundred thousand brackets without overflowing the stack or growing quadratically', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(compactJson(deep)).toBe(deep)
    expect(prettyJson(deep).length).toBeLessThan(200_000 * 210)
  })

  it.each([
    ['', 0, 'at character 1 there is the end where a value should be'],
    ['{"a":}', 5, 'at character 6 there is "}" where a value should be'],
    ['{"a":1,}', 7, 'where a name in double quotes should be'],
    ["{'a':1}", 1, 'where a name in double quotes or "}" should be'],
    ['[1 2]', 3, 'there is "2" where "," or "]" should be'],
    ['[1}', 2, 'there is "}" where "," or "]" should be'],
    ['{"a" 1}', 5, 'where ":" should be'],
    ['{"a":1}\n\n x', 10, 'at line 3, column 2 there is "x" where nothing more should be'],
    ['"a\nb"', 2, 'there is U+000A where an escape such as \\n'],
    ['"a\\q"', 3, 'after the backslash'],
    ['"\\u12x4"', 3, 'four hex digits'],
    ['"abc', 4, 'the closing quote'],
    ['NaN', 0, 'a value'],
    ['-', 0, 'a number'],
    ['\ufeff{}', 0, 'a value'],
  ])('says where %j goes wrong', (text, position, sentence) => {
    const fault = faultOf(() => checkJson(text))
    expect(fault.detail).toEqual({ format: 'json', position })
    expect(fault.message).toContain(sentence)
  })
})
