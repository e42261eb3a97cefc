import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMessage, writeMessage } from '../../src-main/cli/notation.js'

const text = (value: string) => new TextEncoder().encode(value)
const back = (line: string) => readMessage(text(line)).map((frame) => Uint8Array.from(frame))

describe('messages as lines of text', () => {
  it('come back as they were, whatever their bytes', () => {
    const frame = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.string({ unit: 'binary', maxLength: 20 }).map(text),
      fc.constantFrom("$'", "$'x'", '\t', '\n', '\\n', "'", '\\').map(text),
    )
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 4 }), (frames) => {
        const line = writeMessage(frames)
        expect(line).not.toMatch(/[\n\r]/)
        expect(back(line)).toEqual(frames)
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    [['{"a":"say \\"hi\\"\\n"}'], '{"a":"say \\"hi\\"\\n"}'],
    [['weather', 'sunny'], 'weather\tsunny'],
    [['C:\\new\\table'], 'C:\\new\\table'],
    [[''], ''],
    [['', ''], '\t'],
    [['two\nlines'], "$'two\\nlines'"],
    [['a\tb'], "$'a\\tb'"],
    [["$'x'"], "$'$\\'x\\''"],
    [['\x1b[2J'], "$'\\x1b[2J'"],
    [['\x85'], "$'\\xc2\\x85'"],
  ])('%j is written as %j', (frames, line) => {
    expect(writeMessage(frames.map(text))).toBe(line)
  })

  it('write what is not UTF-8 with its bytes, and keep the readable rest', () => {
    expect(writeMessage([Uint8Array.from([0x61, 0xff, 0xe2, 0x82, 0xac, 0xc0])])).toBe("$'a\\xff€\\xc0'")
  })

  it('take what a person wrote otherwise as it is', () => {
    expect(back("$'open")).toEqual([text("$'open")])
    expect(back("$'\\q\\x4'")).toEqual([text('\\q\\x4')])
  })
})
