import { describe, expect, test } from 'vitest'
import { fromPlaywright, judge } from '../../build/scripts/suites.mjs'

const outcome = { code: 0, late: false, output: '' }
const good = () => ({ passed: 2, failed: [], skipped: [] })
const missing = () => {
  throw new Error('ENOENT')
}

describe('a runner is believed', () => {
  test('when it ends well and its report says so', () => {
    expect(judge(outcome, good)).toEqual(good())
  })

  test.each([
    ['leaves no report', { ...outcome }, missing, /no report/],
    ['fails without naming a test', { ...outcome, code: 1 }, good, /exit code 1/],
    ['is killed', { ...outcome, code: null }, missing, /exit code none/],
    ['takes too long', { ...outcome, code: null, late: true }, missing, /too long/],
  ])('not when it %s', (_what, how, read, sentence) => {
    const { failed } = judge(how, read)
    expect(failed).toHaveLength(1)
    expect(failed[0]).toMatch(sentence)
  })
})

test("Playwright's report is counted by tests, a flaky one as failed, a skipped one with its reason", () => {
  const spec = (title: string, status: string, annotations: { type: string; description?: string }[] = []) => ({
    title,
    tests: [{ status, annotations, results: [{ errors: [{ message: '\u001b[31mnot\u001b[0m so\n\n  at all' }] }] }],
  })
  const inner = { title: 'inner', specs: [spec('d', 'skipped', [{ type: 'skip', description: 'no font' }])] }
  const suites = [
    { title: 'a.e2e.ts', specs: [spec('a', 'expected'), spec('b', 'unexpected'), spec('c', 'flaky')], suites: [inner] },
  ]
  expect(fromPlaywright({ suites, errors: [{ message: 'cannot load x' }] })).toEqual({
    passed: 1,
    failed: ['cannot load x', 'a.e2e.ts > b: not so | at all', 'a.e2e.ts > c: not so | at all'],
    skipped: [{ name: 'a.e2e.ts > inner > d', reason: 'no font' }],
  })
})
