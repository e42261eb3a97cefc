import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { isAlive } from '../../build/scripts/processes.mjs'
import { until, within } from '../helpers/until.js'

const DEADLINE = 10_000
const watched = join(import.meta.dirname, 'watched.mjs')
const node = JSON.stringify(process.execPath)

/** Starts `script` as npm would be, and gives it and the process at the end of the chain, which says its number when it watches. */
async function chain(script: string, env: NodeJS.ProcessEnv = {}) {
  const npm = spawn(process.execPath, ['-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  onTestFinished(() => void npm.kill('SIGKILL'))
  const [line] = (await within(once(createInterface({ input: npm.stdout }), 'line'), DEADLINE, 'the watcher')) as [
    string,
  ]
  const pid = Number(line)
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  })
  return { npm, pid }
}

const options = `{ stdio: 'inherit' }`

test('a launcher whose npm is killed stops', async () => {
  const { npm, pid } = await chain(`require('child_process').spawn(${node}, [${JSON.stringify(watched)}], ${options})`)
  expect(isAlive(pid)).toBe(true)
  npm.kill('SIGKILL')
  await until(() => !isAlive(pid), { deadline: DEADLINE, what: 'the orphan to stop' })
})

test.skipIf(process.platform === 'win32')('also when a shell stands between them and stays', async () => {
  // The second command keeps the shell from making way for the first.
  const command = `${node} ${JSON.stringify(watched)}; true`
  const { npm, pid } = await chain(
    `require('child_process').spawn('/bin/sh', ['-c', ${JSON.stringify(command)}], ${options})`,
    { npm_execpath: '/usr/lib/npm-cli.js' },
  )
  npm.kill('SIGKILL')
  await until(() => !isAlive(pid), { deadline: DEADLINE, what: 'the orphan behind a shell to stop' })
})

test.skipIf(process.platform === 'win32')('a launcher whose npm lives goes on until it is told to stop', async () => {
  const { npm, pid } = await chain(
    `const c = require('child_process').spawn(${node}, [${JSON.stringify(watched)}], ${options});
     process.on('SIGTERM', () => c.kill('SIGUSR2')); c.on('exit', (code) => process.exit(code))`,
  )
  expect(isAlive(pid)).toBe(true)
  npm.kill('SIGTERM')
  const [code] = (await within(once(npm, 'exit'), DEADLINE, 'the end')) as [number]
  expect(code).toBe(42)
})
