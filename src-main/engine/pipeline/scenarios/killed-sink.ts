import type { Session } from '../../session.js'
import type { Run } from '../run.js'
import { addressOf, type Script, type Stage } from './stage.js'

const TASKS = 100
/** Milliseconds: without a sign, until a task is lost; until it is handed over again. */
const QUIET = 1000
const REDO = 500

/** A sink that is killed while results wait in its socket takes them with it: to their senders they were sent. */
export const killedSink: Script = async (stage) => {
  stage.step('open')
  const ventilator = await stage.open({
    role: 'ventilator',
    name: 'ventilator',
    taskId: { kind: 'frame' },
    waitFor: 2,
    quiet: QUIET,
  })
  const sink = await stage.open({ role: 'sink', name: 'sink' })
  await stage.open({ role: 'worker', name: 'workers', workers: 2, from: ventilator, into: sink })
  const address = addressOf(sink)

  stage.step('busy')
  await stage.pipeline.act(sink.id, 'pause')

  stage.step('work')
  const run = stage.run(ventilator, { kind: 'generate', count: TASKS })
  await allPassedOn(stage, run)
  stage.tell({ tasks: TASKS, finished: stage.counts(run).finished })

  stage.step('kill')
  await killAndReturn(stage, sink, address)
  await stage.until(() => run.state === 'done')

  stage.step('result')
  const { made, collected, lost } = stage.counts(run)
  stage.tell({ made, collected, lost })

  stage.step('cure', { redo: REDO })
  await stage.pipeline.tune(ventilator.id, { redo: REDO }, undefined)
  await stage.pipeline.act(sink.id, 'pause')
  const again = stage.run(ventilator, { kind: 'generate', count: TASKS })
  await allPassedOn(stage, again)
  await killAndReturn(stage, sink, address)
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

/** The workers are rid of all: what the sink has not taken waits in its socket or on the way there. */
async function allPassedOn(stage: Stage, run: Run): Promise<void> {
  await stage.until(() => {
    const { finished, collected } = stage.counts(run)
    return finished + collected === TASKS
  })
}

async function killAndReturn(stage: Stage, sink: Session, address: string): Promise<void> {
  await stage.pipeline.act(sink.id, 'kill')
  await stage.comeBack(sink, address)
}
