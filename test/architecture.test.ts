import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importsIn, readImports, type Import } from './helpers/imports.js'

const root = join(import.meta.dirname, '..')

/** What one part of the code may import. */
interface Part {
  /** Folders of ours, besides itself. One that ends in `.ts` is that file alone. */
  ours: string[]
  /** Packages; `node:` is all of Node, `*` is every package that no other rule keeps in its place. */
  packages: string[]
}

/** Seen from above: what stands lower knows nothing of what stands higher. No arrow runs back up. */
const parts: Record<string, Part> = {
  'src-main/contract': { ours: [], packages: ['valibot'] },
  'src-main/payload': { ours: ['src-main/contract'], packages: ['*'] },
  'src-main/engine': {
    ours: ['src-main/contract', 'src-main/payload'],
    packages: ['zeromq', 'koffi', 'node:', 'valibot'],
  },
  // Protobuf readers are compiled code, which neither the page nor the engine's other users are to have.
  'src-main/proto': { ours: ['src-main/contract'], packages: ['node:', 'protobufjs'] },
  'src-main/store': { ours: ['src-main/contract'], packages: ['node:', 'valibot', 'atomically'] },
  'src-main/recording': {
    ours: ['src-main/contract', 'src-main/payload', 'src-main/engine'],
    packages: ['node:', 'valibot', '@foxglove/wasm-zstd'],
  },
  'src-main/bridge': {
    ours: [
      'src-main/contract',
      'src-main/engine',
      'src-main/recording',
      'src-main/store',
      'src-main/proto',
      'src-main/notices.ts',
    ],
    packages: ['node:', '*'],
  },
  'src-main/web': { ours: ['src-main/contract', 'src-main/bridge'], packages: ['node:', '*'] },
  'src-main/desktop': { ours: ['src-main/contract', 'src-main/bridge', 'src-main/web'], packages: ['node:', '*'] },
  'src-main/cli': {
    ours: ['src-main/contract', 'src-main/engine', 'src-main/payload', 'src-main/recording'],
    packages: ['node:', '*'],
  },
  'src-renderer': { ours: ['src-main/contract', 'src-main/payload'], packages: ['*'] },
}

/** What lies directly in src-main: the entries and what they share. They alone know everything. */
const entry = /^src-main\/[^/]+$/

/** Packages that have one place. Whoever else needs what they do asks that place. */
const places: Record<string, string[]> = {
  zeromq: ['src-main/engine', 'src-main/app.ts'],
  ws: ['src-main/bridge/websocket-port.ts', 'src-main/web'],
  electron: ['src-main/main.ts', 'src-main/preload.ts', 'src-main/desktop', 'src-main/bridge/electron-port.ts'],
  atomically: ['src-main/store'],
  'electron-updater': ['src-main/desktop/update.ts'],
  protobufjs: ['src-main/proto'],
  '@foxglove/wasm-zstd': ['src-main/recording'],
  commander: ['src-main/cli', 'src-main/cli.ts'],
  koffi: ['src-main/engine/wire'],
}

/** Whether `path`, with its ending or without, is the file `place` or lies in the folder `place`. */
const within = (path: string, place: string): boolean =>
  path.startsWith(`${place}/`) || path === place || path === place.replace(/\.ts$/, '')

/** `ws` of `ws/lib/x`, `@scope/name` of `@scope/name/x`. */
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

/** What is wrong with an import, as one line, or undefined. */
function broken({ file, name, ours }: Import): string | undefined {
  const [folder, part] = Object.entries(parts).find(([place]) => within(file, place)) ?? []
  if (ours !== undefined) {
    if (part === undefined || folder === undefined) return undefined
    return [folder, ...part.ours].some((place) => within(ours, place)) ? undefined : `${file} must not import ${ours}`
  }
  const wanted = name.startsWith('node:') ? 'node:' : packageOf(name)
  const place = places[wanted]
  if (place !== undefined && !place.some((allowed) => within(file, allowed)))
    return `${file} must not import ${name}: that is for ${place.join(', ')}`
  if (part === undefined || part.packages.includes(wanted)) return undefined
  return wanted !== 'node:' && part.packages.includes('*') ? undefined : `${file} must not import ${name}`
}

const inMain = readImports(root, 'src-main')
const inRenderer = readImports(root, 'src-renderer')

describe('the seams of the code', () => {
  test('no part imports what stands above it', () => {
    expect(inMain.map(broken).filter(Boolean)).toEqual([])
  })

  test('the page knows the contract and the payloads, and nothing else of the main process', () => {
    expect(inRenderer.map(broken).filter(Boolean)).toEqual([])
  })

  test('every import of ours leads to a place that the rules know', () => {
    const known = Object.keys(parts)
    const unknown = [...inMain, ...inRenderer].filter(
      ({ ours }) => ours && !entry.test(ours) && !known.some((place) => within(ours, place)),
    )
    expect(unknown).toEqual([])
  })

  test('the preload script is one port and nothing else', () => {
    const names = inMain.filter(({ file }) => file === 'src-main/preload.ts').map(({ name }) => name)
    expect(names).toContain('electron')
    expect(names.filter((name) => name !== 'electron' && !name.startsWith('./bridge/'))).toEqual([])
  })
})

describe('the reader of imports', () => {
  test('sees every kind of import, and none in comments or strings', () => {
    const text = `
      import a from 'a'
      import type { B } from 'b'
      import 'c'
      export * from './d.js'
      export { type E } from './e.js'
      const f = await import('f')
      import g = require('g')
      type H = import('h').H
      // import x from 'not1'
      const s = "import y from 'not2'"
    `
    expect(importsIn(text).sort()).toEqual(['./d.js', './e.js', 'a', 'b', 'c', 'f', 'g', 'h'])
  })

  test('reads both scripts of a component', () => {
    const text = `<script lang="ts" module>import a from 'a'</script><p>import b from 'b'</p><script lang="ts">import c from 'c'</script>`
    expect(importsIn(text, true)).toEqual(['a', 'c'])
  })

  test('found the sources', () => {
    expect(inMain.length).toBeGreaterThan(10)
    expect(inRenderer.length).toBeGreaterThan(10)
    expect(inMain).toContainEqual({
      file: 'src-main/contract/index.ts',
      name: './faults.js',
      ours: 'src-main/contract/faults',
    })
  })
})

describe('the rules', () => {
  test.each([
    ['src-main/contract/x.ts', '../engine/engine.js', 'src-main/engine/engine'],
    ['src-main/payload/x.ts', '../engine/engine.js', 'src-main/engine/engine'],
    ['src-main/payload/x.ts', 'node:fs', undefined],
    ['src-main/engine/x.ts', '../bridge/dispatch.js', 'src-main/bridge/dispatch'],
    ['src-main/engine/x.ts', 'electron', undefined],
    ['src-main/engine/x.ts', 'ws', undefined],
    ['src-main/engine/x.ts', 'commander', undefined],
    ['src-main/engine/x.ts', 'protobufjs', undefined],
    ['src-main/engine/x.ts', 'koffi', undefined],
    ['src-main/engine/x.ts', '../recording/recording.js', 'src-main/recording/recording'],
    ['src-main/bridge/x.ts', '@foxglove/wasm-zstd', undefined],
    ['src-main/payload/x.ts', 'protobufjs', undefined],
    ['src-main/bridge/x.ts', '../desktop/windows.js', 'src-main/desktop/windows'],
    ['src-main/bridge/x.ts', 'electron', undefined],
    ['src-main/bridge/electron-port.ts', 'ws', undefined],
    ['src-main/serve.ts', 'electron', undefined],
    ['src-main/app.ts', 'ws/lib/sender.js', undefined],
    ['src-main/web/x.ts', 'zeromq', undefined],
    ['src-renderer/x.ts', '../src-main/engine/engine.js', 'src-main/engine/engine'],
    ['src-renderer/x.svelte', 'node:fs', undefined],
    ['src-renderer/x.svelte', 'zeromq', undefined],
  ])('refuse that %s imports %s', (file, name, ours) => {
    expect(broken({ file, name, ours })).toMatch(/must not import/)
  })

  test.each([
    ['src-main/bridge/electron-port.ts', 'electron', undefined],
    ['src-main/bridge/websocket-port.ts', 'ws', undefined],
    ['src-main/main.ts', './desktop/windows.js', 'src-main/desktop/windows'],
    ['src-main/engine/x.ts', 'zeromq/draft', undefined],
    ['src-main/engine/wire/x.ts', 'koffi', undefined],
    ['src-main/engine/roles/x.ts', '../../contract/index.js', 'src-main/contract/index'],
    ['src-renderer/parts/X.svelte', '../../src-main/contract/index.js', 'src-main/contract/index'],
  ])('allow that %s imports %s', (file, name, ours) => {
    expect(broken({ file, name, ours })).toBeUndefined()
  })
})
