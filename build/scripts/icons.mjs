/**
 * `npm run icons`: draws the SVGs of build/ in every size that the three systems want. What it writes is committed, so that a package needs no browser;
 * it is run again by hand when a drawing has changed.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { prepare } from './build.mjs'
import { findChromium } from './find.mjs'
import { root } from './root.mjs'
import { say, Trouble } from './say.mjs'

/** Pixels. Below 48 a drawing with fewer and thicker lines stands in. */
const LINUX = [16, 24, 32, 48, 64, 128, 256, 512]
const SMALL = 48
const WINDOWS = [16, 24, 32, 48, 64, 128, 256]
/** What Apple calls each size: some twice, for screens of one and of two dots a point. @type {[type: string, pixels: number][]} */
const APPLE = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
]

/** A Windows icon: a directory of sizes, and a PNG for each. @param {{ pixels: number, png: Buffer }[]} images */
export function ico(images) {
  const head = Buffer.alloc(6 + 16 * images.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(images.length, 4)
  let at = head.length
  for (const [i, { pixels, png }] of images.entries()) {
    const entry = 6 + 16 * i
    head.writeUInt8(pixels % 256, entry) // 256 is written as 0
    head.writeUInt8(pixels % 256, entry + 1)
    head.writeUInt16LE(1, entry + 4)
    head.writeUInt16LE(32, entry + 6)
    head.writeUInt32LE(png.length, entry + 8)
    head.writeUInt32LE(at, entry + 12)
    at += png.length
  }
  return Buffer.concat([head, ...images.map(({ png }) => png)])
}

/** An Apple icon: a run of typed blocks, each with its length. @param {{ type: string, png: Buffer }[]} images */
export function icns(images) {
  const blocks = images.map(({ type, png }) => block(type, png))
  return block('icns', Buffer.concat(blocks))
}

/** @param {string} type @param {Buffer} content */
function block(type, content) {
  const head = Buffer.alloc(8, type, 'latin1')
  head.writeUInt32BE(8 + content.length, 4)
  return Buffer.concat([head, content])
}

export async function drawIcons() {
  await prepare({ build: false })
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Trouble('Icons are drawn by a Chromium, and none is here.')
  const { chromium } = await import('@playwright/test')
  const browser = await chromium.launch({ executablePath })
  try {
    const page = await browser.newPage()
    /** @param {string} file @param {number} pixels */
    const draw = async (file, pixels) => {
      const svg = readFileSync(join(root, 'build', file)).toString('base64')
      await page.setViewportSize({ width: pixels, height: pixels })
      await page.setContent(
        `<style>*{margin:0}img{display:block;width:100vw;height:100vh}</style><img src="data:image/svg+xml;base64,${svg}">`,
      )
      return page.screenshot({ omitBackground: true })
    }
    /** @type {Map<number, Buffer>} */
    const app = new Map()
    for (const pixels of new Set([...LINUX, ...WINDOWS, ...APPLE.map(([, size]) => size)]))
      app.set(pixels, await draw(pixels < SMALL ? 'icon-small.svg' : 'icon.svg', pixels))
    const of = (/** @type {number} */ pixels) => /** @type {Buffer} */ (app.get(pixels))

    mkdirSync(join(root, 'build/icons'), { recursive: true })
    for (const pixels of LINUX) write(`icons/${pixels}x${pixels}.png`, of(pixels))
    write('icon.ico', ico(WINDOWS.map((pixels) => ({ pixels, png: of(pixels) }))))
    write('icon.icns', icns(APPLE.map(([type, pixels]) => ({ type, png: of(pixels) }))))

    /** @type {Map<number, Buffer>} */
    const document = new Map()
    for (const pixels of [16, 32, 48, 128, 256, 512]) document.set(pixels, await draw('document.svg', pixels))
    const sheets = [...document].map(([pixels, png]) => ({ pixels, png }))
    write('document.ico', ico(sheets.filter(({ pixels }) => pixels <= 256)))
    const apple = APPLE.flatMap(([type, pixels]) => {
      const png = document.get(pixels)
      return png === undefined ? [] : [{ type, png }]
    })
    write('document.icns', icns(apple))
  } finally {
    await browser.close()
  }
}

/** @param {string} file @param {Buffer} bytes */
function write(file, bytes) {
  writeFileSync(join(root, 'build', file), bytes)
  say(`build/${file}: ${bytes.length} bytes`)
}
