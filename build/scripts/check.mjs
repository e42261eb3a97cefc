/** `npm run check`: everything that can be said about the code without running it. */
import { join } from 'node:path'
import { prepare } from './build.mjs'
import { runNode } from './processes.mjs'
import { root } from './root.mjs'
import { say, Trouble } from './say.mjs'

/** @typedef {{ name: string, args: string[] }} Check a name, and the arguments that Node gets */

const tool = (/** @type {string} */ file) => join(root, 'node_modules', file)
const tsc = (/** @type {string} */ project) => [tool('typescript/bin/tsc'), '-p', project]

/** Longest first: two run at a time. @type {Check[]} */
const checks = [
  { name: 'lint', args: [tool('eslint/bin/eslint.js'), '.', '--max-warnings', '0'] },
  {
    name: 'types (svelte)',
    args: [
      tool('svelte-check/bin/svelte-check'),
      '--tsconfig',
      './tsconfig.web.json',
      '--fail-on-warnings',
      '--output',
      'human',
    ],
  },
  { name: 'types (main)', args: tsc('tsconfig.main.json') },
  { name: 'types (web)', args: tsc('tsconfig.web.json') },
  { name: 'types (tools)', args: tsc('tsconfig.tools.json') },
  { name: 'format', args: [tool('prettier/bin/prettier.cjs'), '--check', '.', '--log-level', 'warn'] },
]
/** Milliseconds that each may take: one that hangs is to end some time, and a busy machine takes five minutes for linting. */
const DEADLINE = 900_000
/** The page's texts are compiled into modules that the types of the renderer come from. @type {Check} */
const messages = { name: 'messages', args: ['build/scripts/messages.mjs'] }

/**
 * Runs them all, two at a time, and shows what failed.
 * @returns {Promise<{ passed: string[], failed: string[] }>}
 */
export async function runChecks() {
  /** @type {{ passed: string[], failed: string[] }} */
  const result = { passed: [], failed: [] }
  const waiting = [...checks]
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await runCheck(next, result)
  }
  await runCheck(messages, result)
  await Promise.all([worker(), worker()])
  return result
}

/** @param {Check} check @param {{ passed: string[], failed: string[] }} result */
async function runCheck({ name, args }, result) {
  const began = performance.now()
  const { code, late, output } = await runNode(args, { cwd: root, output: 'keep', deadline: DEADLINE })
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  result[code === 0 ? 'passed' : 'failed'].push(name)
  say(`${code === 0 ? 'passed' : late ? 'FAILED (too slow)' : 'FAILED'}  ${name}, ${seconds} s`)
  if (code !== 0) say(output.trimEnd().replace(/^/gm, '    '))
}

export async function check() {
  await prepare({ build: false })
  const { failed } = await runChecks()
  if (failed.length > 0) throw new Trouble(`Failed: ${failed.join(', ')}.`)
}
