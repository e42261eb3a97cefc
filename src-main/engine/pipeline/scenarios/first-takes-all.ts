import { peersOf, type Script } from './stage.js'

const TASKS = 100
const work = { kind: 'generate', count: TASKS, cost: { kind: 'fixed', ms: 2 } } as const

/** Who connects first to a PUSH with a full queue is alone there, and gets all of it. */
export const firstTakesAll: Script = async (stage) => {
  stage.step('open')
  const ventilator = await stage.open({ role: 'ventilator', name: 'ventilator', taskId: { kind: 'frame' } })
  const sink = await stage.open({ role: 'sink', name: 'sink' })
  const worker = { role: 'worker', cost: { kind: 'task' }, from: ventilator, into: sink } as const

  stage.step('batch')
  const run = stage.run(ventilator, work)
  await stage.until(() => run.ledger.made === TASKS)
  stage.tell({ tasks: run.ledger.made })

  stage.step('first')
  const first = await stage.open({ ...worker, name: 'first worker' })
  await stage.until(() => stage.counts(run).queued === 0)
  stage.tell({ handed: TASKS - stage.counts(run).queued })

  stage.step('others')
  const others = await stage.open({ ...worker, name: 'later workers', workers: 2 })
  await stage.until(() => peersOf(ventilator) === 3)
  stage.tell({ workers: 3 })

  stage.step('result')
  await stage.until(() => run.state === 'done')
  const { shares, jain } = stage.figures(run)
  const done = (session: string) => shares.reduce((sum, share) => sum + (share.session === session ? share.done : 0), 0)
  stage.tell({ first: done(first.id), others: done(others.id), jain })

  stage.step('cure', { need: 3 })
  await Promise.all([first.close(), others.close()])
  await stage.until(() => peersOf(ventilator) === 0)
  await stage.pipeline.tune(ventilator.id, { waitFor: 3 }, undefined)
  const cured = stage.run(ventilator, work)
  await stage.until(() => cured.ledger.made === TASKS)
  await Promise.all([first.open(), others.open()])
  await stage.until(() => cured.state === 'done')

  stage.step('cured')
  const figures = stage.figures(cured)
  const each = figures.shares.map((share) => share.done)
  stage.tell({ least: Math.min(...each), most: Math.max(...each), jain: figures.jain })
}
