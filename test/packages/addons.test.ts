import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '../../build/scripts/root.mjs'

/*
 * npm installs koffi's addon for the machine alone, so that packing here shows nothing of the others. What the patterns of electron-builder.yml would leave
 * of a folder with every addon that there is can be said without packing, by the matcher that electron-builder itself uses.
 */

const require = createRequire(import.meta.url)
const builder = createRequire(require.resolve('app-builder-lib/package.json'))
const { Minimatch } = builder('minimatch') as {
  Minimatch: new (pattern: string, options: { dot: boolean }) => { match: (file: string) => boolean }
}

const { files } = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as { files: (string | object)[] }
const exclusions = files.filter((each): each is string => typeof each === 'string' && each.startsWith('!'))

const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'node_modules/koffi/package.json'), 'utf8')) as {
  optionalDependencies: Record<string, string>
}
/** Every addon that koffi is published with: a folder a C library. */
const koffi = Object.keys(optionalDependencies).flatMap((name) => {
  const [, system = '', arch = ''] = /koffi-(\w+)-(\w+)$/.exec(name) ?? []
  return [`${system}_${arch}`, `musl_${arch}`].map((folder) => `node_modules/${name}/${folder}/koffi.node`)
})
/** Every addon that zeromq brings. */
const zeromq = readdirSync(join(root, 'node_modules/zeromq/build'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.node'))
  .map((file) => `node_modules/zeromq/build/${file.split(sep).join('/')}`)

function packed(all: string[], system: string, arch: string): string[] {
  const matchers = exclusions.map((pattern) => {
    const expanded = pattern.slice(1).replaceAll('${env.SOCKETEER_TARGET}', system).replaceAll('${arch}', arch)
    return new Minimatch(expanded, { dot: true })
  })
  return all.filter((file) => !matchers.some((matcher) => matcher.match(file)))
}

describe.each([
  ['linux', 'x64', ['x64']],
  ['linux', 'arm64', ['arm64']],
  ['win32', 'x64', ['x64']],
  ['win32', 'arm64', ['arm64']],
  // The halves of a universal app, which have to be alike.
  ['darwin', 'x64', ['x64', 'arm64']],
  ['darwin', 'arm64', ['x64', 'arm64']],
])('a package for %s %s', (system, arch, wanted) => {
  it("has koffi's addon of the target, and none of another", () => {
    expect(koffi.length).toBeGreaterThan(20)
    expect(packed(koffi, system, arch).sort()).toEqual(
      wanted.map((one) => `node_modules/@koromix/koffi-${system}-${one}/${system}_${one}/koffi.node`).sort(),
    )
  })

  it("has zeromq's addons of the target, in none of the loaders' old ways", () => {
    const left = packed(zeromq, system, arch)
    expect(new Set(left.map((file) => file.split('/').slice(3, 5).join(' ')))).toEqual(
      new Set(wanted.map((one) => `${system} ${one}`)),
    )
    expect(left.filter((file) => /musl|\/node\/\d+\//.test(file))).toEqual([])
    expect(left.length).toBeLessThan(zeromq.length)
  })
})
