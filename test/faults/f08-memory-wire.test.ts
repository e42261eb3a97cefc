import { expect, it } from 'vitest'
import type { Fault } from '../../src-main/contract/index.js'
import { watchMemory } from '../../src-main/engine/watchdog.js'
import { useWire } from '../../src-main/engine/wire/wire.js'
import { useEngine } from '../helpers/engine.js'
import { BUDGET, sendWithoutEnd } from './endless.js'

// What libzmq collects for the receiving thread is in another context of it, and in the same process.

const bench = useEngine()

it('F8: a message of endless frames, received by the thread: the session is closed as well', async ({ skip }) => {
  const wire = await useWire()
  if (typeof wire === 'string') skip(wire)
  const told: Fault[] = []
  const undo = watchMemory(bench.engine, { budget: BUDGET, tell: (_level, fault) => told.push(fault) })
  try {
    await sendWithoutEnd(bench, 'wire', told)
  } finally {
    undo()
  }
  expect(told).toHaveLength(2)
})
