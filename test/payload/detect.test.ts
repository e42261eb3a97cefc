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
})
