import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { auditFaults } from '../../build/scripts/audit.mjs'
import { BUNDLED, licenceFault, packageOf, productionTree, shippedWorks } from '../../build/scripts/licences.mjs'
import { root } from '../../build/scripts/root.mjs'

describe('licences', () => {
  const works = shippedWorks()

  test('everything that ships is under one that lets it', () => {
    expect(works.map(licenceFault).filter(Boolean)).toEqual([])
  })

  test('what is in the page, in the engine and within the addons is among it, each with its text in the notices', () => {
    const names = works.map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining([
        '@fontsource-variable/inter',
        'bits-ui',
        'libsodium',
        'libzmq',
        'svelte',
        'zeromq',
        'zstd',
      ]),
    )
    for (const folder of productionTree())
      expect(names).toContain(packageOf(`/${folder}/`)!.replace(/^.*node_modules\//, ''))
    const notices = readFileSync(join(root, BUNDLED, 'THIRD-PARTY-NOTICES.txt'), 'utf8')
    for (const { name, version, texts } of works) {
      expect(texts.join(''), `${name} has no text`).not.toBe('')
      expect(notices).toContain(`${name} ${version}\n`)
      for (const text of texts) expect(notices).toContain(text)
    }
  })

  test.each([
    ['MIT', 'a'],
    ['(MIT OR GPL-3.0-only)', 'a'],
    ['MIT AND MPL-2.0', 'zeromq'],
    ['OFL-1.1', '@fontsource/x'],
  ])('%s of %s may ship', (licence, name) => expect(licenceFault({ name, licence })).toBeUndefined())

  test.each([
    ['GPL-3.0-only', 'a'],
    ['MIT AND GPL-2.0', 'a'],
    ['MPL-2.0', 'a'],
    ['OFL-1.1', 'a'],
    ['UNLICENSED', 'a'],
    ['SEE LICENSE IN x', 'a'],
    ['', 'a'],
  ])('%s of %s may not, and the package is named', (licence, name) => {
    expect(licenceFault({ name, licence })).toMatch(new RegExp(`^${name} (is under|names no)`))
  })

  test('a module is known by its package, however deep it lies', () => {
    expect(packageOf('/a/node_modules/@x/y/z.js')).toBe('node_modules/@x/y')
    expect(packageOf('/a/node_modules/p/node_modules/q/i.js?url')).toBe('node_modules/p/node_modules/q')
    expect(packageOf('C:\\a\\node_modules\\p\\i.js')).toBe('node_modules/p')
    expect(packageOf('/a/src/i.ts')).toBeUndefined()
  })
})

describe('known faults of dependencies', () => {
  const url = 'https://github.com/advisories/GHSA-aaaa'
  const of = (severity: string) => ({
    vulnerabilities: { p: { via: [{ source: 1, name: 'p', title: 'It breaks', url, severity }] }, q: { via: ['p'] } },
  })
  const excuse = { advisory: 'GHSA-aaaa', package: 'p', reason: 'We never call it.', until: '2030-01-01' }

  test('one that is high or critical has to be excused, for as long as the excuse says', () => {
    expect(auditFaults(of('moderate'), [], '2029-01-01')).toEqual([])
    expect(auditFaults(of('high'), [], '2029-01-01')).toEqual([`p: high, It breaks (${url}).`])
    expect(auditFaults(of('critical'), [excuse], '2029-01-01')).toEqual([])
    expect(auditFaults(of('high'), [excuse], '2030-01-02')).toEqual([
      `p: It breaks (${url}) was excused until 2030-01-01: "We never call it.".`,
    ])
  })

  test('an excuse for nothing has to go', () => {
    expect(auditFaults({ vulnerabilities: {} }, [excuse], '2029-01-01')).toEqual([
      'build/audit.json excuses GHSA-aaaa of p, which is no longer there: take it out.',
    ])
  })
})
