import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { installNeeded } from '../../build/scripts/install.mjs'
import { put, tree } from './tree.js'

const ws = { version: '8.0.0', integrity: 'sha512-ws' }
const foreign = { version: '1.0.0', integrity: 'sha512-foreign', optional: true, os: ['aix'] }
const lock = (packages: object) => ({ packages: { '': { name: 'socketeer' }, ...packages } })

/** A project with one package installed as locked, and one that is another system's. */
const installed = () =>
  tree({
    'package-lock.json': lock({ 'node_modules/ws': ws, 'node_modules/foreign': foreign }),
    'node_modules/.package-lock.json': { packages: { 'node_modules/ws': ws } },
    'node_modules/ws/package.json': {},
  })

describe('an install is needed', () => {
  test('not when all is there; an optional package of another system does not count', () => {
    expect(installNeeded(installed())).toBeUndefined()
  })

  test('when there is no node_modules, or npm did not finish it', () => {
    expect(installNeeded(tree({ 'package-lock.json': lock({}) }))).toMatch(/nothing is installed/)
    const folder = installed()
    rmSync(join(folder, 'node_modules/.package-lock.json'))
    expect(installNeeded(folder)).toMatch(/nothing is installed/)
  })

  test('when the lock file names another version, or other contents of the same', () => {
    const folder = installed()
    put(folder, 'package-lock.json', lock({ 'node_modules/ws': { ...ws, version: '8.0.1' } }))
    expect(installNeeded(folder)).toBe('node_modules/ws is 8.0.0, wanted 8.0.1')
    put(folder, 'package-lock.json', lock({ 'node_modules/ws': { ...ws, integrity: 'sha512-other' } }))
    expect(installNeeded(folder)).toMatch(/node_modules\/ws/)
  })

  test('when a package is new, or no longer wanted', () => {
    const folder = installed()
    put(folder, 'package-lock.json', lock({ 'node_modules/ws': ws, 'node_modules/new': { version: '1.0.0' } }))
    expect(installNeeded(folder)).toBe('node_modules/new is missing')
    put(folder, 'package-lock.json', lock({}))
    expect(installNeeded(folder)).toBe('node_modules/ws is no longer wanted')
  })

  test('when a folder was deleted by hand', () => {
    const folder = installed()
    rmSync(join(folder, 'node_modules/ws'), { recursive: true })
    expect(installNeeded(folder)).toBe('node_modules/ws has been deleted')
  })

  test('not when there is no lock file to compare with', () => {
    const folder = installed()
    rmSync(join(folder, 'package-lock.json'))
    expect(installNeeded(folder)).toBeUndefined()
  })
})
