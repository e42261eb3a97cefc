/** Writes down, at each build, whose work went into it, and the notices that must go along with a package. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BUNDLED, noticesText, packageOf, shippedWorks } from './licences.mjs'
import { root } from './root.mjs'

/**
 * Notes which packages a program of ours was bundled from.
 * @param {'main' | 'preload' | 'renderer'} name
 * @returns {import('vite').Plugin}
 */
export function bundledPackages(name) {
  return {
    name: 'socketeer-bundled-packages',
    apply: 'build',
    generateBundle() {
      const folders = [...this.getModuleIds()].map(packageOf).filter((folder) => folder !== undefined)
      mkdirSync(join(root, BUNDLED), { recursive: true })
      writeFileSync(join(root, BUNDLED, `${name}.json`), JSON.stringify([...new Set(folders)].sort(), undefined, 1))
    },
  }
}

/** To be called behind a build: what lies here and is no JSON ships. */
export function writeNotices() {
  writeFileSync(join(root, BUNDLED, 'THIRD-PARTY-NOTICES.txt'), noticesText(shippedWorks()))
  copyFileSync(join(root, 'LICENSE'), join(root, BUNDLED, 'LICENSE'))
}
