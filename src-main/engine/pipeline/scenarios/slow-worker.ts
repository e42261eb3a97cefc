import type { Session } from '../../session.js'
import type { Ledger } from '../ledger.js'
import type { Run } from '../run.js'
import type { Script, Stage } from './stage.js'

const TASKS = 60
const SLOW = 20
const FAST = 2

/** Dealing in turns gives a slow worker as much as the others; dealing by demand gives it what it asks for. */
export const slowWorker: Script = async (stage) => {
  stage.step('open', { workers: 3, slow: SLOW, fast: FAST })
  const sink = await stage.open({ role: 'sink', name: 'sink' })
  const turns = await scene(stage, sink, 'turns')

  stage.step('turns')
  const one = await measure(stage, turns)
  stage.tell(one)

  stage.step('demand')
  const demand = await scene(stage, sink, 'demand')
  const other = await measure(stage, demand)
  stage.tell(other)

  stage.step('compare', {
    turnsMs: one.ms,
    demandMs: other.ms,
    turnsBehind: one.behind,
    demandBehind: other.behind,
  })
}

interface Scene {
  readonly ventilator: Session
  readonly slow: Session
}

async function scene(stage: Stage, sink: Session, mode: 'turns' | 'demand'): Promise<Scene> {
  const ventilator = await stage.open({
    role: 'ventilator',
    name: `ventilator, ${mode === 'turns' ? 'in turns' : 'by demand'}`,
    taskId: { kind: 'frame' },
    mode,
    waitFor: 3,
  })
  const worker = { role: 'worker', mode, from: ventilator, into: sink } as const
  await stage.open({ ...worker, name: 'fast workers', workers: 2, delay: FAST })
  const slow = await stage.open({ ...worker, name: 'slow worker', delay: SLOW })
  return { ventilator, slow }
}

async function measure(stage: Stage, { ventilator, slow }: Scene) {
  const run = stage.run(ventilator, { kind: 'generate', count: TASKS })
  await stage.until(() => run.state === 'done')
  const { shares, jain } = stage.figures(run)
  return {
    tasks: TASKS,
    slowDone: shares.find(({ session }) => session === slow.id)?.done ?? 0,
    behind: mostBehind(run, slow),
    ms: Math.round(run.ledger.lastCollected - run.ledger.firstHanded),
    jain,
  }
}

/** The most tasks that a worker had been handed and had not done, at any time. */
function mostBehind({ ledger }: Run, session: Session): number {
  const lane = ledger.lanes.find(({ hand }) => hand.session === session.id)
  const moves = lane === undefined ? [] : movesOf(ledger, lane.number)
  let behind = 0
  let most = 0
  for (const { by } of moves) most = Math.max(most, (behind += by))
  return most
}

/** When tasks came to a lane and left it, in order; of those at the same time, first those that left. */
function movesOf(ledger: Ledger, lane: number): { time: number; by: number }[] {
  const moves: { time: number; by: number }[] = []
  for (let task = 1; task <= ledger.made; task++) {
    const block = ledger.columns.block(task)
    const at = ledger.columns.at(task)
    if (block.lane[at] !== lane) continue
    moves.push({ time: block.handed[at]!, by: 1 }, { time: block.finished[at]!, by: -1 })
  }
  return moves.sort((a, b) => a.time - b.time || a.by - b.by)
}
