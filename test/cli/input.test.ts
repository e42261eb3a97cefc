import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messagesFrom, messagesOf, readLines, type InputStyle } from '../../src-main/cli/input.js'
import { faultOf } from '../payload/fault-of.js'

const style = (more: Partial<InputStyle> = {}): InputStyle => ({ format: 'text', json: false, frames: false, ...more })

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part as string)
}

async function linesOf(...parts: (string | Uint8Array)[]): Promise<string[]> {
  const lines: string[] = []
  for await (const line of readLines(chunks(...parts))) lines.push(Buffer.from(line).toString('latin1'))
  return lines
}

async function read(input: string | Uint8Array, more: Partial<InputStyle> = {}): Promise<string[][]> {
  const messages: string[][] = []
  for await (const frames of messagesFrom(chunks(input), style(more)))
    messages.push(frames.map((frame) => Buffer.from(frame).toString('latin1')))
  return messages
}

describe('lines', () => {
  it('are the same however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', '', 'long line', 'é'), { maxLength: 8 }),
        fc.integer({ min: 1, max: 7 }),
        async (lines, size) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
          const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
            bytes.subarray(i * size, (i + 1) * size),
          )
          expect(await linesOf(...parts)).toEqual(lines.map((line) => Buffer.from(line).toString('latin1')))
        },
      ),
    )
  })

  it('may end in CR LF, and the last one in nothing', async () => {
    expect(await linesOf('a\r', '\nb\n\nc')).toEqual(['a', 'b', '', 'c'])
    expect(await linesOf('')).toEqual([])
  })

  it('are refused when one never ends', async () => {
    const endless = async () => {
      for await (const _ of readLines(chunks('123', '456'), 5));
    }
    await expect(endless()).rejects.toMatchObject({ code: 'LINE_TOO_LONG' })
  })
})

describe('standard input', () => {
  it('is a message a line until a line is q', async () => {
    expect(await read('one\ntwo words\n\nq\nmore\n')).toEqual([['one'], ['two words'], ['']])
    expect(await read('question\nqq\n q\n')).toEqual([['question'], ['qq'], [' q']])
  })

  it('passes bytes that are not UTF-8 on as they are', async () => {
    expect(await read(Uint8Array.from([0xff, 0x09, 0xfe, 0x0a]))).toEqual([['\xff\t\xfe']])
  })

  it('has frames apart by tabs with --frames', async () => {
    expect(await read("a\tb\n$'x\\ny'\t\n", { frames: true })).toEqual([
      ['a', 'b'],
      ['x\ny', ''],
    ])
    expect(await read('61\t62 63\n', { frames: true, format: 'hex' })).toEqual([['a', 'bc']])
  })

  it('has the topic in front of each message', async () => {
    expect(await read('a\n', { topic: 'weather' })).toEqual([['weather', 'a']])
  })

  it('is one JSON object a line with --json', async () => {
    expect(await read('{"seq":9,"frames":[{"text":"a"},{"base64":"/w=="}]}\nq\n', { json: true })).toEqual([
      ['a', '\xff'],
    ])
  })

  it.each([
    ['ok\n', { format: 'hex' }, 'Line 1 of standard input: "o" at character 1'],
    ['{}\n{\n', { format: 'json' }, 'Line 2 of standard input: This is not JSON'],
    ['{"frames":[{"text":"a"}]}\n{}\n', { json: true }, 'Line 2 of standard input: It is not a message'],
  ] as const)('names the line that is wrong: %j', async (input, more, sentence) => {
    await expect(read(input, more)).rejects.toThrow(sentence)
  })
})

describe('TEXTs', () => {
  it('are a message each, or the frames of one', () => {
    expect(messagesOf(['a', 'b'], style())).toHaveLength(2)
    expect(messagesOf(['a', 'b'], style({ frames: true, topic: 't' }))[0]).toHaveLength(3)
  })

  it('name the one that is wrong', () => {
    expect(faultOf(() => messagesOf(['00', 'zz'], style({ format: 'hex' }))).message).toContain(
      'TEXT 2: "z" at character 1',
    )
  })
})
