import { renameSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildNeeded, inputsHash, removeStamp, writeStamp } from '../../build/scripts/stamp.mjs'
import { put, tree } from './tree.js'

function built(): string {
  const folder = tree({
    'src-main/main.ts': 'main',
    'src-main/engine/engine.ts': 'engine',
    'src-renderer/App.svelte': 'app',
    'messages/en.json': '{}',
    'package.json': '{}',
    'out/main/main.js': 'built',
  })
  writeStamp(folder, inputsHash(folder))
  return folder
}

describe('a build is needed', () => {
  test('not when nothing has changed, whatever the clocks of the files say', () => {
    const folder = built()
    utimesSync(join(folder, 'src-main/main.ts'), new Date(), new Date())
    expect(buildNeeded(folder)).toBeUndefined()
  })

  test('when a source is edited, added, deleted or renamed', () => {
    const changes: ((folder: string) => void)[] = [
      (folder) => put(folder, 'src-main/main.ts', 'MAIN'),
      (folder) => put(folder, 'src-renderer/parts/New.svelte', ''),
      (folder) => rmSync(join(folder, 'src-main/engine/engine.ts')),
      (folder) => renameSync(join(folder, 'src-main/main.ts'), join(folder, 'src-main/other.ts')),
      (folder) => put(folder, 'messages/en.json', '{"a":"b"}'),
      (folder) => put(folder, 'package.json', '{"version":"2"}'),
    ]
    for (const change of changes) {
      const folder = built()
      change(folder)
      expect(buildNeeded(folder)).toBe('the sources have changed')
    }
  })

  test('not when what the build itself writes among the sources changes', () => {
    const folder = built()
    put(folder, 'src-renderer/paraglide/messages.js', 'compiled')
    expect(buildNeeded(folder)).toBeUndefined()
  })

  test('when something built is gone or cut short', () => {
    const folder = built()
    put(folder, 'out/main/main.js', 'bui')
    expect(buildNeeded(folder)).toMatch(/in out\//)
    rmSync(join(folder, 'out/main'), { recursive: true })
    expect(buildNeeded(folder)).toMatch(/in out\//)
  })

  test('when the last build did not come to its end', () => {
    const folder = built()
    removeStamp(folder)
    expect(buildNeeded(folder)).toBe('nothing is built yet')
  })

  test('when a source was edited while it was being built', () => {
    const folder = built()
    const before = inputsHash(folder)
    put(folder, 'src-main/main.ts', 'edited meanwhile')
    writeStamp(folder, before)
    expect(buildNeeded(folder)).toBe('the sources have changed')
  })
})
