/** Whether node_modules is what package-lock.json says, and npm's help where it is not. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './processes.mjs'
import { root } from './root.mjs'
import { say, Trouble } from './say.mjs'

/** @typedef {{ version?: string, integrity?: string, resolved?: string, optional?: boolean, devOptional?: boolean, link?: boolean, extraneous?: boolean }} Locked */
/** @typedef {Record<string, Locked>} Packages by folder: `node_modules/ws` */

/**
 * Why an install is needed, or undefined. Compares the lock file with the record that npm keeps of what it installed, and looks
 * whether each folder is still there. An optional package that is not installed is no reason: it is another system's.
 * @param {string} [folder] the project
 * @returns {string | undefined}
 */
export function installNeeded(folder = root) {
  const installed = packagesOf(join(folder, 'node_modules/.package-lock.json'))
  if (installed === undefined) return 'nothing is installed yet'
  const locked = packagesOf(join(folder, 'package-lock.json'))
  const difference = locked === undefined ? undefined : differenceOf(locked, installed)
  if (difference !== undefined) return difference
  const gone = Object.keys(installed).find((name) => !existsSync(join(folder, name, 'package.json')))
  return gone === undefined ? undefined : `${gone} has been deleted`
}

/**
 * @param {Packages} locked
 * @param {Packages} installed
 * @returns {string | undefined}
 */
function differenceOf(locked, installed) {
  for (const [name, wanted] of Object.entries(locked)) {
    if (name === '' || wanted.link) continue
    const got = installed[name]
    if (got === undefined) {
      if (!wanted.optional && !wanted.devOptional) return `${name} is missing`
    } else if (got.version !== wanted.version || got.integrity !== wanted.integrity)
      return `${name} is ${got.version ?? '?'}, wanted ${wanted.version ?? '?'}`
  }
  const stray = Object.entries(installed).find(([name, { extraneous }]) => !(name in locked) && !extraneous)
  return stray && `${stray[0]} is no longer wanted`
}

/** @param {string} file @returns {Packages | undefined} undefined where it cannot be read */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? undefined
  } catch {
    return undefined
  }
}

/** Installs what is missing; does nothing, in some milliseconds, when all is there. */
export async function install() {
  const reason = installNeeded()
  if (reason === undefined) return
  const command = existsSync(join(root, 'package-lock.json')) ? 'ci' : 'install'
  say(`Installing (${reason}) …`)
  const { code, late } = await npm([command, '--no-audit', '--no-fund'])
  if (late) throw new Trouble(`npm ${command} took more than 10 minutes and was stopped.`)
  if (code !== 0) throw new Trouble(`npm ${command} failed (exit code ${code}); what it said is above.`)
}

/**
 * Runs npm, the one that started us if one did.
 * @param {string[]} args
 * @param {'keep' | 'stderr'} [output]
 */
export function npm(args, output = 'stderr') {
  const script = process.env['npm_execpath']
  const options = { cwd: root, deadline: 600_000, output }
  if (script !== undefined && /npm-cli\.c?js$/.test(script)) return run(process.execPath, [script, ...args], options)
  // Windows has npm as a command file, which only its shell can run.
  return process.platform === 'win32'
    ? run('cmd', ['/d', '/s', '/c', 'npm', ...args], options)
    : run('npm', args, options)
}
