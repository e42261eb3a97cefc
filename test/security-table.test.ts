import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const numbered = (letter: string, count: number): string[] => Array.from({ length: count }, (_, i) => letter + (i + 1))

/** Every promise there has to be, in order. */
const ids = [
  ...numbered('F', 22),
  ...numbered('A', 10),
  ...numbered('E', 5),
  ...['watchdog', 'CURVE', 'store', 'recordings', 'input', 'night'],
]

const table = readFileSync(join(root, 'SECURITY.md'), 'utf8').split('## The table')[1] ?? ''
const rows = table
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => {
    const [id = '', promise = '', code = '', test = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    return { id, promise, code: files(code), test: files(test) }
  })

function files(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file)
}

it('SECURITY.md has each promise once', () => {
  expect(rows.map(({ id }) => id)).toEqual(ids)
})

it.each(rows)('$id names its promise, its code and its tests, which are there', ({ promise, code, test }) => {
  expect(promise).toMatch(/\.$/)
  expect(code.length).toBeGreaterThan(0)
  expect(test.length).toBeGreaterThan(0)
  expect([...code, ...test].filter((file) => !existsSync(join(root, file)))).toEqual([])
  expect(code.filter((file) => file.startsWith('test/'))).toEqual([])
  expect(test.filter((file) => !file.startsWith('test/'))).toEqual([])
})

it.each(rows.filter(({ id }) => /^[AEF]\d/.test(id)))('$id is found by its name in a test it names', ({ id, test }) => {
  const named = new RegExp(`\\b${id}\\b`)
  expect(test.filter((file) => named.test(readFileSync(join(root, file), 'utf8')))).not.toEqual([])
})

it('no test of faults is left out of it', () => {
  const named = new Set(rows.flatMap(({ test }) => test))
  const there = readdirSync(join(root, 'test/faults')).filter((name) => /\.(test|e2e)\.ts$/.test(name))
  expect(there.map((name) => `test/faults/${name}`).filter((file) => !named.has(file))).toEqual([])
})
