import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64, fromHex, imageInfo, isDrawable } from '../../src-main/payload/index.js'

const png = (width: number, height: number) => {
  const bytes = fromHex('89504e470d0a1a0a 0000000d 49484452 00000000 00000000 08 06 00 00 00 00000000')
  const view = new DataView(bytes.buffer)
  view.setUint32(16, width)
  view.setUint32(20, height)
  return bytes
}
const jpeg = fromHex(
  'ffd8 ffe0 0010 4a46494600010100000100010000 ffff fe 0004 0000 ffc2 0011 08 00f0 0140 03 011100021100031100',
)

describe('imageInfo', () => {
  it('reads the size of a PNG', () => {
    expect(imageInfo(png(640, 480))).toEqual({ type: 'image/png', width: 640, height: 480 })
  })
  it('reads the size of a JPEG behind its other segments', () => {
    expect(imageInfo(jpeg)).toEqual({ type: 'image/jpeg', width: 320, height: 240 })
  })
  it.each([
    // What cwebp writes for one pixel, lossy and lossless, and an extended header.
    ['UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAgA0JaQAA3AA/vuUAAA=', 1, 1],
    ['UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 1, 1],
    ['UklGRhYAAABXRUJQVlA4WAoAAAAQAAAA/wEA/wAA', 512, 256],
  ])('reads the size of a WebP', (base64, width, height) => {
    expect(imageInfo(fromBase64(base64))).toEqual({ type: 'image/webp', width, height })
  })
  it('takes nothing else for an image, and never reads beyond the end', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => imageInfo(bytes) === undefined))
    for (const whole of [png(1, 1), jpeg])
      for (let length = 0; length < whole.length; length++) imageInfo(whole.subarray(0, length))
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.constantFrom(png(9, 9), jpeg),
        fc.nat(30),
        (noise, whole, cut) => {
          imageInfo(Uint8Array.from([...whole.subarray(0, cut), ...noise]))
        },
      ),
    )
  })
})

describe('isDrawable', () => {
  it.each([
    [640, 480, true],
    [7680, 4320, true],
    [50_000, 50_000, false],
    [0xffffffff, 1, false],
    [16_384, 16_384, false],
  ])('%i × %i: %s', (width, height, drawable) => {
    expect(isDrawable(imageInfo(png(width, height))!)).toBe(drawable)
  })
})
