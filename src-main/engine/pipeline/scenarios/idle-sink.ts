import { addressOf, peersOf, type Script } from './stage.js'

const TASKS = 50
const work = { kind: 'generate', count: TASKS } as const

/** A sink that has read all it was sent goes away: results wait, and reach it when it is back. */
export const idleSink: Script = async (stage) => {
  stage.step('open')
  const ventilator = await stage.open({
    role: 'ventilator',
    name: 'ventilator',
    taskId: { kind: 'frame' },
    waitFor: 2,
  })
  const sink = await stage.open({ role: 'sink', name: 'sink' })
  const workers = await stage.open({
    role: 'worker',
    name: 'workers',
    workers: 2,
    delay: 1,
    from: ventilator,
    into: sink,
  })
  const address = addressOf(sink)

  stage.step('before')
  const first = stage.run(ventilator, work)
  await stage.until(() => first.state === 'done')
  stage.tell({ collected: stage.counts(first).collected })

  stage.step('away')
  await sink.close()
  // Of the two endpoints of each worker only that of its tasks has a peer.
  await stage.until(() => peersOf(workers) === 2)

  stage.step('work')
  const second = stage.run(ventilator, work)
  await stage.until(
    () => stage.counts(second).made === TASKS && stage.hands(workers).every(({ inHand }) => inHand === 1),
  )
  const { made, collected } = stage.counts(second)
  stage.tell({ made, collected, waiting: made - collected })

  stage.step('back')
  await stage.comeBack(sink, address)
  await stage.until(() => stage.counts(second).collected === TASKS)

  stage.step('result')
  const counts = stage.counts(second)
  stage.tell({ made: counts.made, collected: counts.collected, lost: counts.lost })
}
