/** Runs a test suite in a process of its own, and reads from its report what happened. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runNode } from './processes.mjs'
import { root } from './root.mjs'

/** @typedef {{ passed: number, failed: string[], skipped: { name: string, reason: string }[] }} Report */

/**
 * @param {string[]} projects of vitest.config.ts
 * @param {object} options
 * @param {string[]} options.filter
 * @param {number} options.deadline milliseconds
 * @param {NodeJS.ProcessEnv} [options.env]
 * @returns {Promise<Report>}
 */
export function runVitest(projects, { filter, deadline, env = {} }) {
  return withReport(async (file) => {
    const args = [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...projects.flatMap((name) => ['--project', name]),
      '--reporter=default',
      `--reporter=${join(root, 'build/scripts/vitest-report.mjs')}`,
      ...(filter.length > 0 ? ['--passWithNoTests'] : []),
      ...filter,
    ]
    const outcome = await runNode(args, { cwd: root, deadline, env: { ...env, SOCKETEER_REPORT: file } })
    return judge(outcome, () => JSON.parse(readFileSync(file, 'utf8')))
  })
}

/**
 * @param {object} options
 * @param {string[]} options.filter
 * @param {number} options.deadline milliseconds
 * @param {NodeJS.ProcessEnv} [options.env]
 * @returns {Promise<Report>}
 */
export function runPlaywright({ filter, deadline, env = {} }) {
  return withReport(async (file) => {
    const args = [
      join(root, 'node_modules/@playwright/test/cli.js'),
      'test',
      '--reporter=list,json',
      ...(filter.length > 0 ? ['--pass-with-no-tests'] : []),
      ...filter,
    ]
    const outcome = await runNode(args, { cwd: root, deadline, env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file } })
    return judge(outcome, () => fromPlaywright(JSON.parse(readFileSync(file, 'utf8'))))
  })
}

/**
 * The runner's word is not enough: one that died, or that failed without naming a test, has failed.
 * @param {import('./processes.mjs').Outcome} outcome
 * @param {() => Report} read
 * @returns {Report}
 */
export function judge({ code, late }, read) {
  /** @type {Report} */
  let report
  try {
    report = read()
  } catch {
    report = { passed: 0, failed: [], skipped: [] }
    if (code === 0) report.failed.push('the runner left no report')
  }
  if (late) report.failed.push('the runner took too long and was stopped')
  else if (code !== 0 && report.failed.length === 0)
    report.failed.push(`the runner failed (exit code ${code ?? 'none'})`)
  return report
}

/**
 * @typedef {object} PlaywrightSuite
 * @property {string} title
 * @property {PlaywrightSuite[]} [suites]
 * @property {{ title: string, tests: PlaywrightTest[] }[]} [specs]
 */

/**
 * @typedef {object} PlaywrightTest
 * @property {string} status
 * @property {{ type: string, description?: string }[]} annotations
 * @property {{ errors?: { message?: string }[] }[]} [results]
 */

/** @param {{ suites: PlaywrightSuite[], errors?: { message?: string }[] }} json @returns {Report} */
export function fromPlaywright({ suites, errors = [] }) {
  /** @type {Report} */
  const report = {
    passed: 0,
    failed: errors.map(({ message }) => message ?? 'an error outside of any test'),
    skipped: [],
  }
  /** @param {PlaywrightSuite} suite @param {string} above */
  const walk = (suite, above) => {
    const path = above === '' ? suite.title : `${above} > ${suite.title}`
    for (const spec of suite.specs ?? [])
      for (const { status, annotations, results } of spec.tests) {
        const name = `${path} > ${spec.title}`
        // "flaky" is a test that failed first: there are no retries here, so it is a failure as well.
        if (status === 'expected') report.passed += 1
        else if (status === 'skipped')
          report.skipped.push({
            name,
            reason:
              annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description ?? 'no reason given',
          })
        else report.failed.push(`${name}: ${firstLines(results?.flatMap(({ errors = [] }) => errors)[0]?.message)}`)
      }
    for (const inner of suite.suites ?? []) walk(inner, path)
  }
  for (const suite of suites) walk(suite, '')
  return report
}

/** What a failure said, short enough for a summary: its first lines, without colours. @param {string | undefined} message */
export function firstLines(message = 'it does not say why') {
  // eslint-disable-next-line no-control-regex -- colours are control characters
  const plain = message.replaceAll(/\u001b\[[0-9;]*m/g, '')
  return plain
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(0, 4)
    .join(' | ')
    .slice(0, 400)
}

/** @param {(file: string) => Promise<Report>} work */
async function withReport(work) {
  const folder = mkdtempSync(join(tmpdir(), 'socketeer-report-'))
  try {
    return await work(join(folder, 'report.json'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
