/** `npm start`: the desktop app where Electron runs, and browser mode where it does not. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { prepare } from './build.mjs'
import { findElectron, noDesktop } from './electron.mjs'
import { watchParent } from './parent.mjs'
import { root } from './root.mjs'
import { say } from './say.mjs'

/** Milliseconds that a program has to close its sockets before it is ended the hard way. */
const GRACE = 2000

/** @param {string[]} args what stood after `npm start --` */
export async function start(args) {
  const browser = args.includes('--browser')
  const rest = args.filter((arg) => arg !== '--browser')
  const orphaned = watchParent(() => process.exit(1))
  await prepare()
  const found = browser ? undefined : await desktop()
  orphaned()
  if (found !== undefined && 'path' in found) return openDesktop(found.path, rest)
  if (found !== undefined) say(`The desktop app cannot open because ${found.reason}; serving browser mode instead.`)
  await runHere('serve', rest)
}

/** @returns {Promise<import('./electron.mjs').Found>} */
async function desktop() {
  const reason = noDesktop()
  return reason === undefined ? findElectron() : { reason }
}

/** @param {string} binary @param {string[]} args */
function openDesktop(binary, args) {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env
  const app = spawn(binary, [root, ...args], { stdio: 'inherit', env })
  /** @param {NodeJS.Signals} signal */
  const stop = (signal) => {
    app.kill(signal)
    setTimeout(() => app.kill('SIGKILL'), GRACE).unref()
  }
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, stop)
  watchParent(() => stop('SIGTERM'))
  app.on('error', (error) => {
    say(`Electron does not start: ${error.message}. "npm start -- --browser" serves browser mode.`)
    process.exitCode = 1
  })
  app.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)
  })
}

/**
 * Runs one of the built programs in this very process, as if it had been started by itself: signals, standard input and the
 * exit code are its own, and there is no second process that could outlive the first.
 * @param {'serve' | 'cli'} name
 * @param {string[]} args
 * @param {object} [options]
 * @param {boolean} [options.orphan] false: end when the process that started us has ended
 */
export async function runHere(name, args, { orphan = false } = {}) {
  const file = join(root, `out/main/${name}.js`)
  process.argv.splice(1, process.argv.length, file, ...args)
  if (!orphan)
    watchParent(() => {
      setTimeout(() => process.exit(1), GRACE).unref()
      // Nobody listens: nothing to close.
      if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(1)
    })
  await import(pathToFileURL(file).href)
}
