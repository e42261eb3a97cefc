/**
 * `npm run audit`: known faults of what we depend on. Nothing high or critical goes unexplained: what cannot be mended yet stands in build/audit.json,
 * with the reason why it does not matter here, and a day on which the excuse ends.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from './install.mjs'
import { root } from './root.mjs'
import { say, Trouble } from './say.mjs'

/** @typedef {{ advisory: string, package: string, reason: string, until: string }} Excuse `until` is a day: 2027-01-31 */
/** @typedef {{ source: number, name: string, title: string, url: string, severity: string }} Advisory */

/**
 * What is wrong, one sentence each.
 * @param {any} report what `npm audit --json` printed
 * @param {Excuse[]} excuses
 * @param {string} today
 * @returns {string[]}
 */
export function auditFaults(report, excuses, today) {
  /** @type {Map<string, Advisory>} */
  const found = new Map()
  for (const { via } of Object.values(report.vulnerabilities ?? {}))
    for (const cause of via)
      if (typeof cause === 'object' && ['high', 'critical'].includes(cause.severity)) found.set(cause.url, cause)
  const faults = []
  for (const { url, name, title, severity } of found.values()) {
    const excuse = excuses.find((one) => one.package === name && url.endsWith(`/${one.advisory}`))
    if (excuse === undefined) faults.push(`${name}: ${severity}, ${title} (${url}).`)
    else if (excuse.until < today)
      faults.push(`${name}: ${title} (${url}) was excused until ${excuse.until}: "${excuse.reason}".`)
  }
  for (const { advisory, package: name } of excuses)
    if (![...found.values()].some((one) => one.name === name && one.url.endsWith(`/${advisory}`)))
      faults.push(`build/audit.json excuses ${advisory} of ${name}, which is no longer there: take it out.`)
  return faults
}

/** @returns {Excuse[]} */
export const readExcuses = () => JSON.parse(readFileSync(join(root, 'build/audit.json'), 'utf8')).excused

/** Asks the registry. @returns {Promise<{ report: any } | { skipped: string }>} */
export async function askRegistry() {
  const { output } = await npm(['audit', '--json', '--package-lock-only'], 'keep')
  /** @type {any} */
  let report
  try {
    // What npm warns of stands before and after.
    report = JSON.parse(output.slice(output.indexOf('\n{\n') + 1, output.lastIndexOf('\n}') + 2))
  } catch {
    return { skipped: `npm audit gave no report: ${output.trim().split('\n')[0] ?? 'it said nothing'}` }
  }
  if (report.vulnerabilities === undefined)
    return {
      skipped: `the registry answered no question: ${report.message ?? report.error?.summary ?? 'it does not say why'}`,
    }
  return { report }
}

export async function audit() {
  const answer = await askRegistry()
  if ('skipped' in answer) {
    // On a machine that is there to check, an unanswered question is no pass.
    if (!['', '0', 'false'].includes(process.env['CI'] ?? '')) throw new Trouble(`npm audit: ${answer.skipped}`)
    say(`skipped  npm audit: ${answer.skipped}`)
    return
  }
  const faults = auditFaults(answer.report, readExcuses(), new Date().toISOString().slice(0, 10))
  if (faults.length > 0) throw new Trouble(faults.join('\n'))
  const { dependencies } = answer.report.metadata ?? {}
  say(`passed   npm audit: nothing high or critical in ${dependencies?.total ?? 'all'} packages`)
}
