import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../build/scripts/root.mjs'

const read = (file: string) => readFileSync(join(root, 'build', file))
/** Width and height, as a PNG says in its head. */
const size = (png: Buffer) => {
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  return [png.readUInt32BE(16), png.readUInt32BE(20)]
}

test('Linux: a picture of each size, under its name', () => {
  const names = readdirSync(join(root, 'build/icons')).sort((a, b) => parseInt(a) - parseInt(b))
  expect(names.map(parseFloat)).toEqual([16, 24, 32, 48, 64, 128, 256, 512])
  for (const name of names) expect(`${size(read(`icons/${name}`)).join('x')}.png`).toBe(name)
})

test.each([
  ['icon.ico', [16, 24, 32, 48, 64, 128, 256]],
  ['document.ico', [16, 32, 48, 128, 256]],
])('Windows: what %s says of its pictures is what they are', (file, sizes) => {
  const bytes = read(file)
  const pictures = Array.from({ length: bytes.readUInt16LE(4) }, (_, i) => {
    const entry = bytes.subarray(6 + 16 * i)
    const at = entry.readUInt32LE(12)
    const [width, height] = size(bytes.subarray(at, at + entry.readUInt32LE(8)))
    expect([entry[0], entry[1]]).toEqual([width! % 256, height! % 256])
    return width
  })
  expect(pictures).toEqual(sizes)
})

test.each(['icon.icns', 'document.icns'])('macOS: %s is a run of pictures that ends where it says', (file) => {
  const bytes = read(file)
  const wanted: Record<string, number> = {
    icp4: 16,
    icp5: 32,
    ic11: 32,
    ic12: 64,
    ic07: 128,
    ic08: 256,
    ic13: 256,
    ic09: 512,
    ic14: 512,
    ic10: 1024,
  }
  expect(bytes.subarray(0, 4).toString()).toBe('icns')
  expect(bytes.readUInt32BE(4)).toBe(bytes.length)
  const types: string[] = []
  for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at + 4)) {
    const type = bytes.subarray(at, at + 4).toString()
    expect(size(bytes.subarray(at + 8))).toEqual([wanted[type], wanted[type]])
    types.push(type)
  }
  expect(types).toEqual(expect.arrayContaining(['icp4', 'icp5', 'ic11', 'ic07', 'ic08', 'ic13', 'ic09', 'ic14']))
})
