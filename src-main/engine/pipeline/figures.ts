import type { Reason, RunFigures, Share } from '../../contract/index.js'
import { now } from '../clock.js'
import type { Hand } from './hand.js'
import type { Run } from './run.js'

/** What only the whole pipeline knows of a run's surroundings. */
export interface Surroundings {
  /** Workers of ours that may get its tasks. */
  readonly hands: readonly Hand[]
  /** Peers at its ventilator that are none of ours. */
  readonly foreign: number
  /** Whether a sink of ours is open. */
  readonly sink: boolean
  nameOf(session: string): string
}

/** All that is to be said of a run but its single tasks. */
export function figuresOf(run: Run, around: Surroundings): RunFigures {
  const { ledger } = run
  for (const hand of around.hands) if (hand.alive) ledger.lane(hand) // one that got nothing counts too
  const summary = run.summary()
  const total = ledger.lanes.reduce((sum, { done }) => sum + done, 0)
  const shares = ledger.lanes.map((lane): Share => ({
    lane: lane.number,
    node: lane.hand.node,
    session: lane.hand.session,
    worker: lane.hand.number,
    name: around.nameOf(lane.hand.session),
    taken: lane.length,
    done: lane.done,
    share: total === 0 ? 0 : lane.done / total,
    service: lane.service,
    wait: lane.wait,
    lost: lane.lost,
    crashes: lane.hand.crashes - lane.crashesBefore,
  }))
  const { firstHanded, lastCollected } = ledger
  const took = lastCollected - firstHanded
  return {
    ...summary,
    rate: ledger.collecting.rate(now()),
    throughput: firstHanded > 0 && took > 0 ? (summary.counts.collected / took) * 1000 : undefined,
    endToEnd: ledger.endToEnd(),
    onTheWay: ledger.onTheWay(),
    jain: jain(shares.map(({ done }) => done)),
    shares,
    foreign: ledger.foreign,
    reasons: reasons(run, around, total),
  }
}

/** Jain's index of fairness: 1 where all are equal, 1/n where one has all; undefined where there is nothing to compare. */
export function jain(values: readonly number[]): number | undefined {
  const sum = values.reduce((a, b) => a + b, 0)
  const squares = values.reduce((a, b) => a + b * b, 0)
  return squares === 0 ? undefined : (sum * sum) / (values.length * squares)
}

function reasons({ ledger }: Run, { foreign, sink }: Surroundings, done: number): Reason[] {
  const collected = ledger.collecting.count
  const found: [Reason['code'], number][] = [
    ['no-sink', !sink && collected === 0 ? 1 : 0],
    ['no-worker', done === 0 && ledger.lanes.length === 0 ? 1 : 0],
    ['foreign', ledger.foreign],
    ['foreign-peers', foreign],
    ['by-content', ledger.id.kind === 'none' ? 1 : 0],
    ['same-content', ledger.contents?.same ?? 0],
    ['nothing-collected', sink && collected === 0 ? 1 : 0],
    ['evicted', ledger.evicted],
  ]
  return found.flatMap(([code, count]) => (count > 0 ? [{ code, count }] : []))
}
