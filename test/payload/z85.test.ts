import { curveKeyPair } from 'zeromq'
import { expect, it } from 'vitest'
import { toZ85 } from '../../src-main/payload/z85.js'

it('writes Z85 as RFC 32 has it', () => {
  expect(toZ85(Uint8Array.of(0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b))).toBe('HelloWorld')
  expect(toZ85(new Uint8Array(0))).toBe('')
  expect(toZ85(new Uint8Array(4).fill(255))).toBe('%nSc0')
  expect(() => toZ85(new Uint8Array(3))).toThrow(RangeError)
  expect(curveKeyPair().publicKey).toHaveLength(toZ85(new Uint8Array(32)).length)
})
