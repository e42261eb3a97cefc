import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layoutText, parseLayout } from '../../src-main/payload/struct.js'

/** Writers of Node for each code: the other implementation that ours is held against. */
const writers: Record<
  string,
  {
    size: number
    values: fc.Arbitrary<number | bigint>
    write: (b: Buffer, v: never, at: number, little: boolean) => void
  }
> = {
  b: { size: 1, values: fc.integer({ min: -128, max: 127 }), write: (b, v, at) => b.writeInt8(v, at) },
  B: { size: 1, values: fc.integer({ min: 0, max: 255 }), write: (b, v, at) => b.writeUInt8(v, at) },
  h: {
    size: 2,
    values: fc.integer({ min: -32768, max: 32767 }),
    write: (b, v, at, le) => (le ? b.writeInt16LE(v, at) : b.writeInt16BE(v, at)),
  },
  u16: {
    size: 2,
    values: fc.integer({ min: 0, max: 65535 }),
    write: (b, v, at, le) => (le ? b.writeUInt16LE(v, at) : b.writeUInt16BE(v, at)),
  },
  i: { size: 4, values: fc.integer(), write: (b, v, at, le) => (le ? b.writeInt32LE(v, at) : b.writeInt32BE(v, at)) },
  L: {
    size: 4,
    values: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    write: (b, v, at, le) => (le ? b.writeUInt32LE(v, at) : b.writeUInt32BE(v, at)),
  },
  q: {
    size: 8,
    values: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    write: (b, v, at, le) => (le ? b.writeBigInt64LE(v, at) : b.writeBigInt64BE(v, at)),
  },
  u64: {
    size: 8,
    values: fc.bigInt(0n, 2n ** 64n - 1n),
    write: (b, v, at, le) => (le ? b.writeBigUInt64LE(v, at) : b.writeBigUInt64BE(v, at)),
  },
  f: { size: 4, values: fc.float(), write: (b, v, at, le) => (le ? b.writeFloatLE(v, at) : b.writeFloatBE(v, at)) },
  f64: {
    size: 8,
    values: fc.double(),
    write: (b, v, at, le) => (le ? b.writeDoubleLE(v, at) : b.writeDoubleBE(v, at)),
  },
}

const field = fc.constantFrom(...Object.keys(writers)).chain((code) =>
  fc.record({
    code: fc.constant(code),
    list: fc.boolean(),
    pad: fc.integer({ min: 0, max: 3 }),
    values: fc.array(writers[code]!.values, { minLength: 1, maxLength: 5 }),
  }),
)

describe('a layout', () => {
  it('reads what Node writes, in both orders, packed and aligned', () => {
    fc.assert(
      fc.property(
        fc.array(field, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('<', '>', '!', '', '@'),
        (fields, order) => {
          const little = order !== '>' && order !== '!'
          const buffer = Buffer.alloc(1000)
          let at = 0
          const wanted: unknown[] = []
          const parts = fields.map(({ code, list, pad, values }, n) => {
            const { size, write } = writers[code]!
            at += pad
            if (order === '@') at = Math.ceil(at / size) * size
            const written = list ? values : values.slice(0, 1)
            for (const value of written) {
              write(buffer, value as never, at, little)
              at += size
            }
            wanted.push(list ? written : written[0])
            return `${pad > 0 ? `${pad}x ` : ''}${list ? values.length : ''}${code}:n${n}`
          })
          const layout = parseLayout(order + parts.join(' '))
          const frame = buffer.subarray(0, layout.size)
          expect(layout.size).toBeGreaterThanOrEqual(at)
          expect(layout.read(frame).map(({ value }) => value)).toEqual(wanted)
          fields.forEach(({ list, values }, n) => {
            const path = list ? `n${n}[${values.length - 1}]` : `n${n}`
            expect(layout.number(path)(frame)).toEqual(Number(list ? values.at(-1) : values[0]))
          })
        },
      ),
      { numRuns: 500, seed: 1 },
    )
  })

  it.runIf(hasPython())('agrees with Python’s struct on sizes, halves, texts and truths', () => {
    const script =
      "import struct,sys;sys.stdout.buffer.write(struct.pack('<d2x3f?5seHq',1.5,1,2,3,True,b'ab',0.333,65535,-2**63))"
    const bytes = execFileSync('python3', ['-c', script])
    const layout = parseLayout('<d:time 2x 3f:acc ?:on 5s:name e:half H:flags q:big')
    expect(layout.size).toBe(bytes.length)
    expect(Object.fromEntries(layout.read(bytes).map(({ field: { name }, value }) => [name, value]))).toEqual({
      time: 1.5,
      acc: [1, 2, 3],
      on: true,
      name: 'ab',
      half: 0.333_007_812_5,
      flags: 65535,
      big: -(2n ** 63n),
    })
  })

  it('lays structs out as C compilers do when told so', () => {
    const layout = parseLayout('@ b:a d:b h:c')
    expect(layout.fields.map(({ offset }) => offset)).toEqual([0, 8, 16])
    expect(layout.size).toBe(24)
  })

  it('names fields that have no name, and takes commas', () => {
    expect(parseLayout('d, f,2u8').fields.map(({ name, list }) => [name, list])).toEqual([
      ['field1', false],
      ['field2', false],
      ['field3', true],
    ])
  })

  it.each([
    ['', 0, /no field/],
    ['<', 1, /no field/],
    ['<d:time z:what', 8, /no type z/],
    ['<d:time 3float:x', 9, /no type float/],
    ['<d:x f:x', 7, /two fields x/],
    ['<d:1x', 3, /“1x”/],
    ['<d: f', 3, /a name is letters/],
    ['<d:x ;; %', 8, /found “%”/],
    ['<0d:x', 1, /begins at 1/],
    ['<d:x 999999f:y', 5, /at most 100000 values/],
    ['2x:y', 2, /no name/],
    ['d:a <f:b', 4, /found “<”/],
  ])('“%s” is refused at %i', (text, position, why) => {
    expect(() => parseLayout(text)).toThrow(
      expect.objectContaining({
        code: 'BAD_LAYOUT',
        detail: expect.objectContaining({ position }) as object,
        message: expect.stringMatching(why) as string,
      }) as Error,
    )
  })

  it('says which field a short frame does not hold, and of which field there is no number', () => {
    const layout = parseLayout('<d:time 3f:acc 4s:name')
    expect(() => layout.read(new Uint8Array(11))).toThrow(
      'The layout needs 24 bytes and field acc begins at byte 8, but the frame has only 11.',
    )
    expect(layout.number('acc[1]')(new Uint8Array(16))).toBe(0)
    expect(layout.number('acc[2]')(new Uint8Array(16))).toBeUndefined()
    for (const path of ['speed', 'acc[3]', 'name', 'time[1]'])
      expect(() => layout.number(path)).toThrow(expect.objectContaining({ code: 'BAD_PATH' }) as Error)
  })

  it('shows its values as text, and what follows', () => {
    const bytes = Buffer.from('0102000300ff61620000', 'hex')
    expect(layoutText(parseLayout('<B:a 2H:b 3s:c'), bytes)).toBe('a = 1\nb = [2, 3]\nc = "\ufffdab"\n+ 2 bytes: 0000')
  })
})

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'])
    return true
  } catch {
    return false
  }
}
