/**
 * A reporter for Vitest that writes down what counts: how many tests passed, which failed, and which were skipped and why (the
 * JSON reporter that comes with it leaves the reason out). The file's name is in SOCKETEER_REPORT.
 */
import { writeFileSync } from 'node:fs'
import { firstLines } from './suites.mjs'

export default class Report {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly { message?: string }[]} unhandled
   */
  onTestRunEnd(modules, unhandled) {
    /** @type {import('./suites.mjs').Report} */
    const report = { passed: 0, failed: [], skipped: [] }
    for (const module of modules) {
      const file = module.relativeModuleId
      for (const { message } of module.errors()) report.failed.push(`${file}: ${message}`)
      for (const suite of module.children.allSuites())
        for (const { message } of suite.errors()) report.failed.push(`${file} > ${suite.fullName}: ${message}`)
      for (const test of module.children.allTests()) {
        const name = `${file} > ${test.fullName}`
        const result = test.result()
        if (result.state === 'passed') report.passed += 1
        else if (result.state === 'skipped')
          report.skipped.push({ name, reason: result.note ?? `marked "${test.options.mode}"` })
        else report.failed.push(`${name}: ${firstLines(result.errors?.[0]?.message)}`)
      }
    }
    for (const { message } of unhandled) report.failed.push(`outside of any test: ${message}`)
    writeFileSync(process.env['SOCKETEER_REPORT'] ?? 'report.json', JSON.stringify(report))
  }
}
