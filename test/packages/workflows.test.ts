import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { root } from '../../build/scripts/root.mjs'

const folder = join(root, '.github/workflows')

interface Step {
  uses?: string
  run?: string
  with?: Record<string, unknown>
}
interface Workflow {
  permissions?: unknown
  concurrency?: unknown
  jobs: Record<string, { steps: Step[]; 'timeout-minutes'?: number; permissions?: Record<string, string> }>
}

/** What GitHub's own reader of workflows, and its schema, say of one. */
async function faultsOf(name: string, content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter())
  if (value === undefined) return context.errors.getErrors().map(({ message }) => message)
  const { errors } = await convertWorkflowTemplate(context, value)
  return [...context.errors.getErrors().map(({ message }) => message), ...(errors ?? []).map(({ Message }) => Message)]
}

test('the reader of workflows finds what is wrong', async () => {
  const broken = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - runs: echo\n'
  expect((await faultsOf('broken.yml', broken)).join()).toContain("Unexpected value 'runs'")
})

test('there is one for each change and one for a release', () => {
  expect(readdirSync(folder).sort()).toEqual(['ci.yml', 'release.yml'])
})

describe.each(['ci.yml', 'release.yml'])('%s', (name) => {
  const content = readFileSync(join(folder, name), 'utf8')
  const workflow = parse(content) as Workflow
  const jobs = Object.values(workflow.jobs)
  const steps = jobs.flatMap((job) => job.steps)

  test('is a workflow that GitHub understands', async () => {
    expect(await faultsOf(name, content)).toEqual([])
  })

  test('may read, and no more but for the job that drafts a release', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    const more = Object.entries(workflow.jobs).filter(([, { permissions }]) => permissions !== undefined)
    expect(more.map(([job, { permissions }]) => [job, permissions])).toEqual(
      name === 'release.yml' ? [['draft', { contents: 'write' }]] : [],
    )
    // The token that checkout would leave behind is not needed by anything that runs afterwards.
    for (const { with: options } of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
      expect(options).toEqual({ 'persist-credentials': false })
  })

  test('names each action by the commit that was read, ends in time, and runs one at a time', () => {
    for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/)
    for (const job of jobs) expect(job['timeout-minutes']).toBeLessThanOrEqual(60)
    expect(workflow.concurrency).toBeDefined()
  })

  test('puts nothing that others wrote into a command', () => {
    for (const { run } of steps) expect(run ?? '').not.toContain('${{')
  })

  test('calls only commands of the launcher that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    const called = [...content.matchAll(/npm (?:run ([\w:]+)|(test))/g)].map(([, script, plain]) => script ?? plain!)
    expect(called.length).toBeGreaterThan(0)
    for (const script of called) expect(Object.keys(scripts)).toContain(script)
  })
})
