import type { Session } from '../../session.js'
import type { Run } from '../run.js'
import { peersOf, type Script, type Stage } from './stage.js'

const TASKS = 60
/** Milliseconds: of a task at the worker that is killed and at the other; without a sign, until a task is lost; until it is handed over again. */
const SLOW = 10
const FAST = 2
const QUIET = 1000
const REDO = 500
/** Tasks that it has taken when it is killed. */
const TAKEN = 3

/** A worker that is killed takes with it what it had in hand and what had been handed to it: PUSH has forgotten it. */
export const killedWorker: Script = async (stage) => {
  stage.step('open', { workers: 2 })
  const ventilator = await stage.open({
    role: 'ventilator',
    name: 'ventilator',
    taskId: { kind: 'frame' },
    waitFor: 2,
    quiet: QUIET,
  })
  const sink = await stage.open({ role: 'sink', name: 'sink' })
  const worker = { role: 'worker', from: ventilator, into: sink } as const
  const victim = await stage.open({ ...worker, name: 'worker to be killed', delay: SLOW })
  await stage.open({ ...worker, name: 'other worker', delay: FAST })

  stage.step('work')
  const run = stage.run(ventilator, { kind: 'generate', count: TASKS })
  await halfDone(stage, run, victim)
  stage.tell({ tasks: TASKS })

  stage.step('kill', await kill(stage, victim))
  await stage.until(() => run.state === 'done')

  stage.step('result')
  const { made, collected, lost } = stage.counts(run)
  stage.tell({ made, collected, lost })

  stage.step('cure', { redo: REDO })
  await stage.until(() => peersOf(ventilator) === 1)
  await stage.pipeline.tune(ventilator.id, { redo: REDO }, undefined)
  await stage.pipeline.act(victim.id, 'open')
  const again = stage.run(ventilator, { kind: 'generate', count: TASKS })
  await halfDone(stage, again, victim)
  await kill(stage, victim)
  await stage.until(() => stage.counts(again).collected === TASKS)

  stage.step('cured')
  const cured = stage.counts(again)
  stage.tell({
    made: cured.made,
    collected: cured.collected,
    lost: cured.lost,
    redone: cured.redone,
    doubled: cured.doubled,
  })
}

/** All is handed over, and the worker has one task in hand and others in its pipe. */
async function halfDone(stage: Stage, run: Run, victim: Session): Promise<void> {
  const [hand] = stage.hands(victim)
  const before = hand?.taken.count ?? 0
  await stage.until(
    () =>
      stage.counts(run).made === TASKS &&
      stage.counts(run).queued === 0 &&
      hand?.inHand === 1 &&
      hand.taken.count - before >= TAKEN,
  )
}

async function kill(stage: Stage, victim: Session): Promise<{ inHand: number; started: number }> {
  const [hand] = stage.hands(victim)
  const figures = { inHand: hand?.inHand ?? 0, started: hand?.taken.count ?? 0 }
  await stage.pipeline.act(victim.id, 'kill')
  return figures
}
