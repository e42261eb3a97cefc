import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AsciiPattern } from '../../src-main/payload/ascii-pattern.js'
import { compilePattern } from '../../src-main/payload/pattern.js'

const bytes = (text: string) => Buffer.from(text)
function says(pattern: string, text: string): boolean | undefined {
  const padded = bytes(`xx${text}xx`)
  return AsciiPattern.of(pattern)?.test(padded, 2, padded.length - 2)
}

describe('a pattern looked for in ASCII', () => {
  it.each<[pattern: string, text: string, found: boolean]>([
    ['[0-9]+\\.9{3}', 'x=12.999', true],
    ['[0-9]+\\.9{3}', 'x=12.99', false],
    ['^a|b$', 'ba', false],
    ['^a|b$', 'cb', true],
    ['^$', '', true],
    ['$^', '', true],
    ['', '', true],
    ['a{2,3}b', 'ab aab', true],
    ['{"n":\\d+', '{"n":7', true],
    ['(?i)REV[a-z]+e', 'reverse', true],
    ['(?i)[^a]', 'A', false],
    ['[]a]', ']', true],
    ['[a-]', '-', true],
    ['.', '\n', false],
    ['(a|b)*c', 'ababc', true],
  ])('%s in “%s”: %s', (pattern, text, found) => {
    expect(says(pattern, text)).toBe(found)
    expect(compilePattern(pattern).test(text)).toBe(found)
  })

  it.each(['\\bword\\b', '\\pL', '(?P<n>a)', '(?s).', '[[:alpha:]]', '\\x41', '(?i)é', 'a**'])(
    'leaves %s to RE2',
    (pattern) => {
      expect(AsciiPattern.of(pattern)).toBeUndefined()
    },
  )

  it('leaves text beyond ASCII to RE2, but for what stands before it', () => {
    expect(says('a', 'é')).toBeUndefined()
    expect(says('a', 'aé')).toBe(true)
  })

  it('gives up on a pattern that would make too much of it', () => {
    expect(AsciiPattern.of('(a{100}){100}')).toBeUndefined()
    // Each state tells which of the last 15 characters were an a.
    const text = Array.from({ length: 60_000 }, (_, i) => ((i * i) % 7 < 3 ? 'a' : 'b')).join('')
    expect([true, false, undefined]).toContain(says('a.{15}c', text))
  })

  it('says what RE2 says', () => {
    const characters = ['a', 'b', 'A', 'k', 's', '1', '.', ' ', '-', ']', '\n', '"', '{', '}']
    const one = fc.constantFrom(
      'a',
      'b',
      'A',
      'k',
      '1',
      ' ',
      '\\.',
      '\\d',
      '\\W',
      '\\s',
      '.',
      '"',
      '\\]',
      '\\{',
      '\\-',
      '\\n',
    )
    const members = fc.array(fc.constantFrom('a', 'b', 'A-Z', 'a-k', '0-9', '\\d', '\\S', '.', ' ', '\\]', '^'), {
      minLength: 1,
      maxLength: 4,
    })
    const charset = fc.tuple(fc.constantFrom('', '^'), members).map(([not, all]) => `[${not}${all.join('')}]`)
    const { pattern } = fc.letrec<{ pattern: string; sequence: string; repeated: string; atom: string }>((tie) => ({
      pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((all) => all.join('|')),
      sequence: fc.array(tie('repeated'), { maxLength: 4 }).map((all) => all.join('')),
      repeated: fc
        .tuple(
          tie('atom'),
          fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '{0,2}', '{2,}', '+?', '*?', '??'),
        )
        .map(([atom, times]) => atom + times),
      atom: fc.oneof(
        { depthSize: 'small' },
        one,
        charset,
        fc.constantFrom('^', '$'),
        tie('pattern').map((inner) => `(${inner})`),
        tie('pattern').map((inner) => `(?:${inner})`),
      ),
    }))
    const text = fc.array(fc.constantFrom(...characters), { maxLength: 14 }).map((all) => all.join(''))
    let said = 0
    fc.assert(
      fc.property(
        pattern,
        fc.constantFrom('', '(?i)'),
        fc.array(text, { minLength: 1, maxLength: 6 }),
        (inner, flag, texts) => {
          const whole = flag + inner
          const matcher = AsciiPattern.of(whole)
          if (matcher === undefined) return
          const re2 = compilePattern(whole)
          for (const each of texts) {
            said++
            expect(
              matcher.test(bytes(each), 0, each.length),
              `${JSON.stringify(whole)} in ${JSON.stringify(each)}`,
            ).toBe(re2.test(each))
          }
        },
      ),
      { numRuns: 600 },
    )
    expect(said).toBeGreaterThan(300)
  })
})
