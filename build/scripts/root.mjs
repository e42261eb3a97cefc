import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The project's folder, wherever we were started from. */
export const root = dirname(dirname(import.meta.dirname))

/** @type {string} The version in package.json. */
export const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
