import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withLock } from '../../build/scripts/lock.mjs'
import { within } from '../helpers/until.js'
import { tree } from './tree.js'

const DEADLINE = 10_000

test('one at a time, and each gets its turn', async () => {
  const file = join(tree(), 'out/.lock')
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await new Promise(setImmediate)
    inside--
  }
  await within(Promise.all(Array.from({ length: 5 }, () => withLock(file, work))), DEADLINE, 'five turns')
  expect(most).toBe(1)
  expect(existsSync(file)).toBe(false)
})

test('a lock is given back when the work fails', async () => {
  const file = join(tree(), '.lock')
  await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await withLock(file, () => Promise.resolve('yes'))).toBe('yes')
})

test('a lock whose owner was killed is cleared away', async () => {
  const file = join(tree(), '.lock')
  const owner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  writeFileSync(file, String(owner.pid))
  let told: number | undefined
  const onWait = (pid: number) => {
    told = pid
    owner.kill('SIGKILL')
  }
  const turn = withLock(file, () => Promise.resolve('mine'), { onWait })
  await within(once(owner, 'exit'), DEADLINE, 'the owner to die')
  expect(await within(turn, DEADLINE, 'the lock')).toBe('mine')
  expect(told).toBe(owner.pid)
})

test('who waits too long is told whom to end', async () => {
  const file = join(tree(), '.lock')
  writeFileSync(file, String(process.pid))
  await expect(withLock(file, () => Promise.resolve(), { patience: 0 })).rejects.toThrow(
    `Process ${process.pid} has been installing or building for too long`,
  )
})
