import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { Hand } from '../../src-main/engine/pipeline/hand.js'
import { Ledger } from '../../src-main/engine/pipeline/ledger.js'
import { useEngine } from '../helpers/engine.js'
import { begin, chain, LONG, through } from './pipeline-chain.js'

vi.setConfig({ testTimeout: 2 * LONG, hookTimeout: LONG })

describe('the ledger', () => {
  it('takes back that a task was lost in the lane in which it was, whoever has it then', () => {
    const ledger = new Ledger('tag', { kind: 'frame' })
    const [one, two] = [new Hand('workers', 1), new Hand('workers', 2)]
    const lost = () => ledger.lanes.map((lane) => lane.lost)
    const task = ledger.make(1)
    ledger.handed(task, 2, one)
    ledger.sweep(true)
    expect(lost()).toEqual([1])
    ledger.handed(task, 3, two)
    expect(lost()).toEqual([0, 0])
    ledger.sweep(true)
    expect(lost()).toEqual([0, 1])
    ledger.started(task, ledger.lane(one), 4, 0)
    expect(lost()).toEqual([0, 0])
    expect(ledger.figures()).toMatchObject({ made: 1, lost: 0, inHand: 1 })
  })
})

describe('the quiet time', () => {
  const bench = useEngine()

  it('is not over because this program was held up: what came meanwhile is heard first', async () => {
    const { ventilator } = await chain(bench, { quiet: 100 }, { delay: 5 })
    for (let i = 0; i < 5; i++) {
      const run = begin(bench, ventilator, { kind: 'generate', count: 1 })
      while (run.ledger.figures().finished === 0 && run.state !== 'done') await turn()
      const end = performance.now() + 400
      while (performance.now() < end);
      expect(await through(run)).toMatchObject({ collected: 1, lost: 0, late: 0 })
    }
  })
})
