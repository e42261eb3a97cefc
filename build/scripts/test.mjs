/** `npm test`: lint, types and every test. Its last line is `N passed, N failed, N skipped`. */
import { prepare } from './build.mjs'
import { runChecks } from './check.mjs'
import { findChromium, findPython } from './find.mjs'
import { watchParent } from './parent.mjs'
import { installPeers } from './peers.mjs'
import { messageOf, say } from './say.mjs'
import { runPlaywright, runVitest } from './suites.mjs'

/** Milliseconds after which a suite is taken to hang: far more than any takes on a machine that is busy with something else. */
const SUITE = 1_200_000

/** @typedef {import('./suites.mjs').Report} Report */

/** @param {string[]} args patterns that test files must match; with one, only tests run */
export async function test(args) {
  watchParent(() => process.exit(1))
  const filter = args.filter((arg) => !arg.startsWith('-'))
  /** @type {Report} */
  const total = { passed: 0, failed: [], skipped: [] }
  try {
    await prepare({ build: false })
    await installPeers()
    if (filter.length === 0) await checks(total)
    await building(total)
    await suites(filter, total)
  } catch (error) {
    total.failed.push(messageOf(error))
  }
  if (filter.length > 0 && total.passed + total.failed.length === 0)
    total.failed.push(`no test was run: no file matches ${filter.join(' ')}`)
  finish(total)
}

/** @param {Report} total */
async function checks(total) {
  say('\n── lint and types')
  const { passed, failed } = await runChecks()
  total.passed += passed.length
  total.failed.push(...failed)
}

/** The tests of the built programs need them; a build that works is no test, one that fails is a failure. @param {Report} total */
async function building(total) {
  try {
    await prepare()
  } catch (error) {
    total.failed.push(`build: ${messageOf(error)}`)
  }
}

/** @param {string[]} filter @param {Report} total */
async function suites(filter, total) {
  const python = findPython()
  const chromium = findChromium()
  const env = {
    ...(python === undefined ? {} : { SOCKETEER_PYTHON: python }),
    ...(chromium === undefined ? {} : { SOCKETEER_CHROMIUM: chromium }),
  }
  const options = { filter, env, deadline: SUITE }
  await suite('unit and real sockets', filter, total, undefined, () =>
    runVitest(['unit', 'portable', 'renderer'], options),
  )
  await suite('packages', filter, total, undefined, () => runVitest(['packages'], options))
  const noPython = python === undefined ? 'there is no Python with pyzmq (Debian: python3-zmq)' : undefined
  await suite('pyzmq interop', filter, total, noPython, () => runVitest(['interop'], options))
  const noChromium = chromium === undefined ? 'there is no Chromium' : undefined
  await suite('browser end to end', filter, total, noChromium ?? noPython, () => runPlaywright(options))
}

/**
 * @param {string} name
 * @param {string[]} filter
 * @param {Report} total
 * @param {string | undefined} lacking why it cannot run here
 * @param {() => Promise<Report>} runIt
 */
async function suite(name, filter, total, lacking, runIt) {
  say(`\n── ${name}`)
  if (lacking !== undefined) {
    // A machine that is there to test has to have what the tests need.
    if (isCI()) total.failed.push(`${name}: ${lacking}`)
    else total.skipped.push({ name, reason: lacking })
    return
  }
  const report = await runIt()
  total.passed += report.passed
  total.failed.push(...report.failed)
  total.skipped.push(...report.skipped)
  if (filter.length === 0 && report.passed + report.failed.length === 0) total.failed.push(`${name}: no test was run`)
}

const isCI = () => !['', '0', 'false'].includes(process.env['CI'] ?? '')

/** @param {Report} total */
function finish({ passed, failed, skipped }) {
  console.log('')
  for (const { name, reason } of skipped) console.log(`skipped  ${name}: ${reason}`)
  for (const name of failed) console.log(`FAILED   ${name}`)
  console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`)
  process.exitCode = failed.length > 0 ? 1 : 0
}

/** `npm run package:check`: the suite of the packages alone. */
export async function checkPackages() {
  watchParent(() => process.exit(1))
  /** @type {Report} */
  const total = { passed: 0, failed: [], skipped: [] }
  await prepare()
  const python = findPython()
  const env = python === undefined ? {} : { SOCKETEER_PYTHON: python }
  await suite('packages', [], total, undefined, () => runVitest(['packages'], { filter: [], env, deadline: SUITE }))
  finish(total)
}
