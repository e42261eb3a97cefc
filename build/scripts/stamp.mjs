/** Whether out/ is what the sources would give: by content, so that a checkout or a touched file builds nothing for nothing. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a build reads: folders and files in the project. */
const INPUTS = [
  'src-main',
  'src-renderer',
  'messages',
  'project.inlang/settings.json',
  'electron.vite.config.ts',
  'build/scripts/bundle.mjs',
  'build/scripts/licences.mjs',
  'build/scripts/messages.mjs',
  'build/scripts/notices.mjs',
  'build/scripts/root.mjs',
  'build/scripts/thread.mjs',
  'package.json',
  'package-lock.json',
]
/** Written by the build itself, or never read by it. */
const NOT_INPUTS = new Set(['src-renderer/paraglide'])
/** What a build leaves in out/. Other things there (benchmarks, the lock) are not its own. */
const OUTPUTS = ['main', 'preload', 'renderer', 'licences']

const stampFile = (/** @type {string} */ folder) => join(folder, 'out/.stamp.json')

/** A hash over the names and contents of all inputs: a file more, less or renamed changes it too. @param {string} folder */
export function inputsHash(folder) {
  const hash = createHash('sha256')
  for (const file of INPUTS.flatMap((name) => filesIn(folder, name))) {
    const bytes = readFileSync(join(folder, file))
    hash.update(`${file}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

/** Why a build is needed, or undefined. @param {string} folder */
export function buildNeeded(folder) {
  let stamp
  try {
    stamp = JSON.parse(readFileSync(stampFile(folder), 'utf8'))
  } catch {
    return 'nothing is built yet'
  }
  if (stamp.inputs !== inputsHash(folder)) return 'the sources have changed'
  return stamp.outputs === outputsList(folder) ? undefined : 'something in out/ has been changed or deleted'
}

/** To be called before a build: until `writeStamp`, out/ counts as unfinished. @param {string} folder */
export const removeStamp = (folder) => rmSync(stampFile(folder), { force: true })

/** @param {string} folder @param {string} inputs what `inputsHash` gave before the build began */
export function writeStamp(folder, inputs) {
  writeFileSync(stampFile(folder), JSON.stringify({ inputs, outputs: outputsList(folder) }))
}

/** Names and sizes of all that was built. @param {string} folder */
function outputsList(folder) {
  const files = OUTPUTS.flatMap((name) => filesIn(join(folder, 'out'), name))
  return files.map((file) => `${file} ${statSync(join(folder, 'out', file)).size}`).join('\n')
}

/** Every file at or below `name`, with forward slashes, in a fixed order. @param {string} folder @param {string} name @returns {string[]} */
function filesIn(folder, name) {
  const path = join(folder, name)
  if (NOT_INPUTS.has(name) || !existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [name]
  return readdirSync(path)
    .sort()
    .flatMap((entry) => filesIn(folder, `${name}/${entry}`))
}
