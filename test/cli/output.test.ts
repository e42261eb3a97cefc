import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Output, writeLine } from '../../src-main/cli/output.js'

const message = (...frames: (string | number[])[]) => ({
  seq: 1,
  time: 0,
  direction: 'in' as const,
  frames: frames.map((frame) => (typeof frame === 'string' ? new TextEncoder().encode(frame) : Uint8Array.from(frame))),
})

describe('a message on a line', () => {
  it.each([
    ['text', message('topic', 'value'), 'topic\tvalue'],
    ['hex', message('hi', [0, 255]), '6869\t00ff'],
    ['base64', message('hi', []), 'aGk=\t'],
    ['json', message('topic', '{\n "n": 12345678901234567890\n}'), 'topic\t{"n":12345678901234567890}'],
    ['json', message([0xff]), "$'\\xff'"],
  ] as const)('in %s', (format, given, line) => expect(writeLine(given, { format })).toBe(line))
})

describe('standard output', () => {
  it('is written in pieces, and waited for while it is slow', async () => {
    const written: string[] = []
    let proceed = () => {}
    const slow = new Writable({
      highWaterMark: 10,
      write(chunk: Buffer, _encoding, done) {
        written.push(chunk.toString())
        proceed = done
      },
    })
    const output = new Output(
      slow,
      () => undefined,
      () => undefined,
    )
    expect(output.line('a')).toBe(true)
    expect(output.line('b'.repeat(20_000))).toBe(false)
    expect(written).toEqual([`a\n${'b'.repeat(20_000)}\n`])
    let ready = false
    const waiting = output.ready().then(() => (ready = true))
    await Promise.resolve()
    expect(ready).toBe(false)
    proceed()
    await waiting
    expect(output.line('c')).toBe(true)
    const finished = output.finished()
    proceed()
    proceed()
    await finished
    expect(written.slice(1).join('')).toBe('c\n')
  })

  it('says when its reader is gone, and takes everything after that for nothing', async () => {
    const gone = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      },
    })
    const broken = new Promise<void>((resolve, reject) => {
      const output = new Output(gone, resolve, reject)
      output.line('x'.repeat(20_000))
    })
    await broken
  })

  it('says when it cannot be written for another reason', async () => {
    const full = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }))
      },
    })
    const failed = new Promise<Error>((resolve, reject) => {
      new Output(full, () => reject(new Error('taken for a broken pipe')), resolve).line('x'.repeat(20_000))
    })
    expect((await failed).message).toContain('no space')
  })
})
