import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, test } from './fixture.js'

const page = fileURLToPath(new URL('../../out/renderer/index.html', import.meta.url))

/** Bytes of script, gzipped, that may come with the page before anything of it is shown. */
const LIMIT = 250_000

/** The scripts that a file names and cannot do without: those of a page, or what a script imports at its beginning. */
function needed(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const names = file.endsWith('.html')
    ? [...text.matchAll(/<(?:script|link)[^>]+(?:src|href)="([^"]+\.js)"/g)]
    : [...text.matchAll(/(?:^|[;}])import(?:[^"'()]*?from)?["']([^"']+\.js)["']/g)]
  return names.map(([, name = '']) => join(dirname(file), name))
}

/** All of a page's scripts, by their name. */
function initial(): Map<string, number> {
  const sizes = new Map<string, number>()
  const waiting = needed(page)
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const name = relative(dirname(page), file)
    if (sizes.has(name)) continue
    sizes.set(name, gzipSync(readFileSync(file), { level: 9 }).length)
    waiting.push(...needed(file))
  }
  return sizes
}

test('the page begins with at most 250 kB of script; desks, map, help and their libraries come when they are wanted', () => {
  const scripts = initial()
  const total = [...scripts.values()].reduce((sum, size) => sum + size, 0)
  expect(scripts.size, 'scripts found').toBeGreaterThan(1)
  expect(
    total,
    `${total} bytes: ${[...scripts].map(([name, size]) => `${name} ${size}`).join(', ')}`,
  ).toBeLessThanOrEqual(LIMIT)
  const text = [...scripts.keys()].map((name) => readFileSync(join(dirname(page), name), 'utf8')).join('\n')
  // Names that Svelte Flow and uPlot leave in what is built of them.
  expect(text).not.toContain('svelte-flow__node')
  expect(text).not.toContain('u-hz')
})
