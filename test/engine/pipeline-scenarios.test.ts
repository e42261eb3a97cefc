import { describe, expect, it, vi } from 'vitest'
import { scenarioSteps, type ScenarioInfo, type ScenarioName } from '../../src-main/contract/index.js'
import { useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { LONG } from './pipeline-chain.js'

vi.setConfig({ testTimeout: 2 * LONG, hookTimeout: LONG })
const bench = useEngine()

/** Plays a scenario to its end and gives the figures of its steps. */
async function play(name: ScenarioName): Promise<Record<string, Record<string, number>>> {
  const { scenarios } = bench.engine.pipeline
  await scenarios.begin(name)
  const over = await until(
    () => {
      const info = scenarios.info()
      return info?.state === 'running' ? undefined : info
    },
    { deadline: LONG, what: `the end of ${name}` },
  ).catch((error: Error) => {
    error.message += JSON.stringify(scenarios.info())
    throw error
  })
  expect(over, JSON.stringify(over)).toMatchObject({ state: 'done', fault: undefined })
  expect(over.steps.map(({ key, state }) => [key, state])).toEqual(scenarioSteps[name].map((key) => [key, 'done']))
  return Object.fromEntries(over.steps.map(({ key, figures }) => [key, figures]))
}

// Figures are held to what ZeroMQ's rules make certain, and never to how long anything takes.
describe('a scenario', () => {
  it('first-takes-all: the first worker gets the whole batch; waiting for three gives each its third', async () => {
    const figures = await play('first-takes-all')
    // All was handed over while one worker was connected, and what a pipe holds is not dealt again.
    expect(figures['first']).toEqual({ handed: 100 })
    expect(figures['result']).toMatchObject({ first: 100, others: 0 })
    expect(figures['result']!['jain']).toBeCloseTo(1 / 3)
    // PUSH deals in turn to those who are connected: 34, 33 and 33.
    expect(figures['cured']).toMatchObject({ least: 33, most: 34 })
  })

  it('slow-worker: turns give it its third, by demand it never has more than it asked for', async () => {
    const figures = await play('slow-worker')
    expect(figures['turns']).toMatchObject({ tasks: 60, slowDone: 20 })
    expect(figures['demand']).toMatchObject({ tasks: 60 })
    expect(figures['demand']!['behind']).toBe(1)
    expect(figures['turns']!['behind']).toBeGreaterThanOrEqual(1)
    expect(figures['compare']).toEqual({
      turnsMs: figures['turns']!['ms'],
      demandMs: figures['demand']!['ms'],
      turnsBehind: figures['turns']!['behind'],
      demandBehind: 1,
    })
  })

  it('idle-sink: what was made while it was away arrives, all of it', async () => {
    const figures = await play('idle-sink')
    expect(figures['before']).toEqual({ collected: 50 })
    expect(figures['work']).toEqual({ made: 50, collected: 0, waiting: 50 })
    expect(figures['result']).toEqual({ made: 50, collected: 50, lost: 0 })
  })

  it('killed-worker: what it had is lost, and with redo nothing is', async () => {
    const figures = await play('killed-worker')
    expect(figures['kill']!['inHand']).toBe(1)
    const { made = 0, collected = 0, lost = 0 } = figures['result']!
    expect(made).toBe(60)
    expect(collected + lost).toBe(made)
    // At least what it had in hand; at most its half.
    expect(lost).toBeGreaterThanOrEqual(1)
    expect(lost).toBeLessThanOrEqual(30)
    expect(figures['cured']).toMatchObject({ made: 60, collected: 60, lost: 0 })
    expect(figures['cured']!['redone']).toBeGreaterThanOrEqual(1)
  })

  it('killed-sink: what waited in its socket is lost, and with redo nothing is', async () => {
    const figures = await play('killed-sink')
    const { made = 0, collected = 0, lost = 0 } = figures['result']!
    expect(made).toBe(100)
    expect(collected + lost).toBe(made)
    expect(lost).toBeGreaterThanOrEqual(1)
    expect(figures['cured']).toMatchObject({ made: 100, collected: 100, lost: 0 })
    expect(figures['cured']!['redone']).toBeGreaterThanOrEqual(1)
  })

  it('high-water-mark: the ventilator blocks and nothing is dropped', async () => {
    const figures = await play('high-water-mark')
    const { made = 0, handed = 0, queued = 0 } = figures['blocked']!
    expect(made).toBe(400)
    expect(handed + queued).toBe(made)
    expect(queued).toBeGreaterThanOrEqual(1)
    // Each side's mark, at least, goes through; the system's buffers take some more.
    expect(handed).toBeGreaterThanOrEqual(5)
    expect(figures['result']).toEqual({ made: 400, collected: 400, lost: 0 })
  })

  it('can be stopped, looked at, and closed in one go; one goes on at a time', async () => {
    const { scenarios } = bench.engine.pipeline
    await scenarios.begin('killed-worker')
    await expect(scenarios.begin('idle-sink')).rejects.toMatchObject({ code: 'SCENARIO_GOES_ON' })
    await until(() => (scenarios.info()?.sessions.length ?? 0) >= 2, { deadline: LONG })
    const { sessions } = scenarios.stop() as ScenarioInfo
    expect(scenarios.info()).toMatchObject({ state: 'stopped' })
    expect(bench.engine.list().map(({ id }) => id)).toEqual(expect.arrayContaining(sessions))
    await scenarios.close()
    expect(scenarios.info()).toMatchObject({ state: 'closed' })
    await until(() => bench.engine.list().length === 0, { deadline: LONG })
  })
})
