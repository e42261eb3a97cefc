/** Child processes that cannot outlive the launcher, nor their time. */
import { spawn } from 'node:child_process'

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()
const posix = process.platform !== 'win32'

/**
 * @typedef {object} Outcome
 * @property {number | null} code null when a signal ended it
 * @property {boolean} late it was stopped because its time was up
 * @property {string} output what it printed, where that was kept
 */

/**
 * Runs a program to its end and never throws: what could not be started has code 127 and says why in `output`.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {object} [options]
 * @param {'keep' | 'stderr'} [options.output] keep what it prints, or show it on our standard error
 * @param {number} [options.deadline] milliseconds
 * @param {NodeJS.ProcessEnv} [options.env] added to ours
 * @param {string} [options.cwd]
 * @returns {Promise<Outcome>}
 */
export function run(command, args, { output = 'stderr', deadline = 600_000, env = {}, cwd } = {}) {
  const out = output === 'keep' ? 'pipe' : 2
  // A group of its own (and so a process tree that can be ended whole) where there are groups.
  const child = spawn(command, args, {
    stdio: ['ignore', out, out],
    env: { ...process.env, ...env },
    detached: posix,
    windowsHide: true,
    ...(cwd === undefined ? {} : { cwd }),
  })
  running.add(child)
  let kept = ''
  let late = false
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => (kept += text))
  const timer = setTimeout(() => {
    late = true
    end(child, 'SIGKILL')
  }, deadline)
  return new Promise((resolve) => {
    /** @param {number | null} code */
    const done = (code) => {
      clearTimeout(timer)
      running.delete(child)
      resolve({ code, late, output: kept })
    }
    child.on('error', (error) => {
      kept += error.message
      done(127)
    })
    child.on('close', done)
  })
}

/** Runs one of the project's own tools in Node. @param {readonly string[]} args @param {Parameters<typeof run>[2]} [options] */
export const runNode = (args, options) => run(process.execPath, args, options)

/** Ends everything that `run` still has running, with all its own children. @param {NodeJS.Signals} [signal] */
export function endAll(signal = 'SIGTERM') {
  for (const child of running) end(child, signal)
}

/** Makes a signal, and our own end, end what is running. Programs that we load take signals too, and then decide when to exit. */
export function endWithUs() {
  process.on('exit', () => endAll('SIGKILL'))
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.once(signal, () => {
      endAll()
      if (process.listenerCount(signal) === 0) process.exit(1)
    })
}

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal */
function end(child, signal) {
  if (child.pid === undefined) return
  try {
    if (posix) process.kill(-child.pid, signal)
    else spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true })
  } catch {
    child.kill(signal)
  }
}

/** Whether a process of this number exists. @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there, but somebody else's.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
