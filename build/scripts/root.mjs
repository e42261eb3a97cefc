import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The project's folder, wherever we were started from, and also where a tool has bundled this module into another file. */
export const root = above(import.meta.dirname)

/** @type {string} The version in package.json. */
export const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version

/** @param {string} folder @returns {string} */
function above(folder) {
  const up = dirname(folder)
  return up === folder || existsSync(join(folder, 'package.json')) ? folder : above(up)
}
