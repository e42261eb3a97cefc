/** One process at a time installs and builds: two starts at once in one tree would write over each other. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive } from './processes.mjs'
import { Trouble } from './say.mjs'

/** Milliseconds: longer than the slowest install. */
const PATIENCE = 15 * 60_000
/** Milliseconds after which the mark of somebody who was clearing away a dead lock is itself dead. */
const CLEARING = 10_000

/**
 * Runs `work` while this process alone holds the lock file. A lock whose owner has died is cleared away.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {object} [options]
 * @param {(owner: number) => void} [options.onWait] told once, if somebody else holds it
 * @param {number} [options.patience] milliseconds
 * @returns {Promise<T>}
 */
export async function withLock(file, work, { onWait, patience = PATIENCE } = {}) {
  mkdirSync(dirname(file), { recursive: true })
  const end = Date.now() + patience
  let told = false
  while (!create(file)) {
    const owner = ownerOf(file)
    if (owner !== undefined && !isAlive(owner)) clear(file, owner)
    else if (Date.now() > end)
      throw new Trouble(
        `Process ${owner ?? '?'} has been installing or building for too long; end it, or delete ${file}.`,
      )
    else {
      if (owner !== undefined && !told) onWait?.(owner)
      told ||= owner !== undefined
      await pause(50)
    }
  }
  const release = () => rmSync(file, { force: true })
  process.on('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

/** @param {string} file */
function create(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false
    throw error
  }
}

/** The process that holds it; undefined while that is being written, or when it has just gone. @param {string} file */
function ownerOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

/** Removes a dead owner's lock, but never a new one's: who clears holds a mark, and looks again. @param {string} file @param {number} owner */
function clear(file, owner) {
  const mark = `${file}.clearing`
  if (!create(mark)) {
    if (Date.now() - (statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > CLEARING)
      rmSync(mark, { force: true })
    return
  }
  if (ownerOf(file) === owner) rmSync(file, { force: true })
  rmSync(mark, { force: true })
}
