import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import vm from 'node:vm'
import { describe, expect, it } from 'vitest'
import { bundle, preload } from '../electron/launch.js'

describe('the built preload script', () => {
  it('is one CommonJS file', async () => {
    expect(await readdir(dirname(preload))).toEqual(['preload.cjs'])
    // `import` and `export` do not parse in a script.
    expect(() => new vm.Script(readFileSync(preload, 'utf8'))).not.toThrow()
  })

  it('requires electron and nothing else, by what it says and by what it does', async () => {
    const source = await readFile(preload, 'utf8')
    const named = [...source.matchAll(/\brequire\s*\(\s*([^)]*)\)/g)].map(([, name]) => name)
    expect(named.length).toBeGreaterThan(0)
    expect(named.every((name) => /^(["'`])electron\1$/.test(name ?? ''))).toBe(true)

    const required: string[] = []
    const exposed: unknown[] = []
    const electron = {
      contextBridge: { exposeInMainWorld: (...values: unknown[]) => exposed.push(values) },
      ipcRenderer: {},
    }
    const require = (name: string): unknown => {
      required.push(name)
      return electron
    }
    // A sandboxed preload has no process, no Buffer of Node's own, no module paths: none is there to be reached for.
    vm.runInNewContext(source, { require, module: { exports: {} }, exports: {} })
    expect(new Set(required)).toEqual(new Set(['electron']))
    expect(exposed).toEqual([
      ['socketeer', { send: expect.any(Function) as unknown, onMessage: expect.any(Function) as unknown }],
    ])
  })
})

describe('the built main process', () => {
  it('is ESM, down to its chunks, and requires nothing', async () => {
    const folder = dirname(bundle)
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.js'))
    expect(files).toContain('main.js')
    for (const file of files) {
      const source = await readFile(join(folder, file), 'utf8')
      expect(() => new vm.Script(source), file).toThrow(/import|export|module/)
      expect(source, file).not.toMatch(/[^.\w]require\s*\(/)
    }
  })
})
