import { expect, it, onTestFinished, vi } from 'vitest'
import type { Fault } from '../../src-main/contract/index.js'
import { watchMemory } from '../../src-main/engine/watchdog.js'
import { boundTo, linked, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'

const MiB = 1024 * 1024
const bench = useEngine()

it('closes one session for one flood, though what was on its way still comes in and nothing is given back; and the next for the next', async () => {
  const sinks = [await bench.open('sink', 'tcp://127.0.0.1:*'), await bench.open('sink', 'tcp://127.0.0.1:*')]
  for (const sink of sinks) await linked(await bench.open('ventilator', `>${boundTo(sink)}`))
  const failed = () => bench.engine.list().filter(({ state }) => state.kind === 'failed').length

  let held = 0
  let looks = 0
  const told: Fault[] = []
  const measure = () => {
    looks++
    return 100 * MiB + held
  }
  // Time goes by with the looks, one every 100 ms, so that none is missed when the machine is busy.
  const began = performance.now()
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => began + looks * 100)
  onTestFinished(() => clock.mockRestore())
  const undo = watchMemory(bench.engine, { budget: 64 * MiB, measure, tell: (_level, fault) => told.push(fault) })
  /** So many looks at what is held: the patience after a session was closed, and then some. */
  const after = (count: number) => {
    const from = looks
    return until(() => looks >= from + count, { deadline: 15_000, what: 'looks' })
  }
  try {
    held = 40 * MiB
    await until(() => told.length === 1, { what: 'the warning' })
    held = 70 * MiB
    await until(() => told.length === 2, { what: 'the first to be closed' })
    held = 90 * MiB
    await after(15)
    held = 91 * MiB
    await after(15)
    expect(told.map(({ code }) => code)).toEqual(['MEMORY_HIGH', 'MEMORY'])
    expect(failed()).toBe(1)

    held = (90 + 63) * MiB
    await after(3)
    expect(failed()).toBe(1)
    held = (90 + 65) * MiB
    await until(() => failed() === 2, { deadline: 15_000, what: 'the next to be closed' })
  } finally {
    undo()
  }
})
