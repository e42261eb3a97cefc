/**
 * npm that is killed leaves what it started running, and on most systems nobody tells the orphan. So we look.
 */
import { spawnSync } from 'node:child_process'
import { isAlive } from './processes.mjs'

/** Milliseconds between two looks. */
const PERIOD = 200

/**
 * Calls `gone` once, when the process that started us has ended, or, where a shell stands between npm and us, when npm has.
 * @param {() => void} gone
 * @returns {() => void} stops looking
 */
export function watchParent(gone) {
  const parent = process.ppid
  // Process 1 as a parent is either a container's own command or somebody who is gone already; it never goes.
  if (parent <= 1) return () => undefined
  const above = startedByNpm() ? shellsParent(parent) : undefined
  const timer = setInterval(() => {
    if (process.ppid === parent && isAlive(parent) && (above === undefined || isAlive(above))) return
    clearInterval(timer)
    gone()
  }, PERIOD)
  timer.unref()
  return () => clearInterval(timer)
}

/** Whether npm, npx or the like stands above us. */
export const startedByNpm = () => process.env['npm_execpath'] !== undefined

/** The parent of `pid` if `pid` is a shell: npm runs scripts through one, and not every shell makes way for its command. @param {number} pid */
function shellsParent(pid) {
  if (process.platform === 'win32') return undefined
  const { stdout, status } = spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], {
    encoding: 'utf8',
    timeout: 2000,
  })
  const match = status === 0 ? /^\s*(\d+)\s+(.*\/)?-?(ba|da|z|k|a)?sh\s*$/.exec(stdout) : null
  const above = Number(match?.[1])
  return above > 1 ? above : undefined
}
