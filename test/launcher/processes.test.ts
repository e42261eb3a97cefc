import { expect, test } from 'vitest'
import { endAll, isAlive, run, runNode } from '../../build/scripts/processes.mjs'
import { until, within } from '../helpers/until.js'

const DEADLINE = 10_000
/** Says the number of a child of its own, and both live for ever. */
const family = `
  const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  console.log(child.pid); setInterval(() => {}, 1000)`

test('what a program says is kept, with its exit code', async () => {
  const outcome = await runNode(['-e', `console.log('out'); console.error('err'); process.exitCode = 3`], {
    output: 'keep',
  })
  expect(outcome).toMatchObject({ code: 3, late: false })
  expect(outcome.output).toMatch(/out/)
  expect(outcome.output).toMatch(/err/)
})

test('a program that is not there is a failure, not an exception', async () => {
  const outcome = await run('/no/such/program', [], { output: 'keep' })
  expect(outcome.code).toBe(127)
  expect(outcome.output).toMatch(/ENOENT/)
})

test('what takes too long is ended with its children', async () => {
  const outcome = await within(runNode(['-e', family], { output: 'keep', deadline: 3000 }), DEADLINE, 'the end')
  expect(outcome.late).toBe(true)
  const grandchild = Number(outcome.output)
  expect(grandchild).toBeGreaterThan(0)
  await until(() => !isAlive(grandchild), { deadline: DEADLINE, what: 'its child to end too' })
})

test('what runs ends with us', async () => {
  const running = runNode(['-e', 'setInterval(() => {}, 1000)'], { output: 'keep' })
  endAll()
  expect(await within(running, DEADLINE, 'the end')).toMatchObject({ code: null, late: false })
})
