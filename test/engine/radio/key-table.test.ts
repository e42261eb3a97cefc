import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyTable } from '../../../src-main/engine/radio/key-table.js'

/** Few different keys, so that they come again, also at once; some begin as others do. */
const key = fc.uint8Array({ max: 2, maxLength: 4 })

describe('a table of keys', () => {
  it('numbers them as they are first seen, up to its limit, wherever they stand', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 300 }), fc.integer({ min: 0, max: 150 }), (keys, limit) => {
        const table = new KeyTable(limit)
        const known: string[] = []
        for (const bytes of keys) {
          const text = bytes.join()
          if (!known.includes(text) && known.length < limit) known.push(text)
          const around = Uint8Array.of(1, ...bytes, 2)
          expect(table.intern(around, 1, 1 + bytes.byteLength)).toBe(known.indexOf(text))
          expect(table.find(bytes, 0, bytes.byteLength)).toBe(known.indexOf(text))
        }
        expect(table.count).toBe(known.length)
        expect(known.map((_, n) => table.key(n).join())).toEqual(known)
      }),
      { numRuns: 300 },
    )
  })
})
