import { peersOf, type Script } from './stage.js'

const TASKS = 400
/** Messages; the system's buffers on the way hold some more. */
const MARK = 5
const BYTES = 64 * 1024
/** Looks of 10 ms without a move, after which the ventilator is taken for blocked. */
const STILL = 30

/** Nobody takes: pipes and buffers fill up to their marks, and then the ventilator waits. Nothing is dropped. */
export const highWaterMark: Script = async (stage) => {
  stage.step('open', { sendMark: MARK, receiveMark: MARK, bytes: BYTES })
  const ventilator = await stage.open({
    role: 'ventilator',
    name: 'ventilator',
    taskId: { kind: 'frame' },
    options: { sendHighWaterMark: MARK },
  })
  const sink = await stage.open({ role: 'sink', name: 'sink' })
  const worker = await stage.open({
    role: 'worker',
    name: 'worker',
    options: { receiveHighWaterMark: MARK },
    from: ventilator,
    into: sink,
  })
  await stage.until(() => peersOf(ventilator) === 1 && peersOf(worker) === 2)

  stage.step('stall')
  await stage.pipeline.act(worker.id, 'pause')

  stage.step('fill', { of: TASKS })
  const run = stage.run(ventilator, { kind: 'generate', count: TASKS, size: BYTES })
  const handed = () => run.ledger.made - stage.counts(run).queued
  await stage.until(() => run.ledger.made === TASKS)
  await stage.still(handed, STILL)

  stage.step('blocked')
  const { made, queued } = stage.counts(run)
  stage.tell({ made, handed: made - queued, queued })

  stage.step('release')
  await stage.pipeline.act(worker.id, 'resume')
  await stage.until(() => run.state === 'done')

  stage.step('result')
  const counts = stage.counts(run)
  stage.tell({ made: counts.made, collected: counts.collected, lost: counts.lost })
}
