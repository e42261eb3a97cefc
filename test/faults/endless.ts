import { expect } from 'vitest'
import type { Fault } from '../../src-main/contract/index.js'
import { nativeBytes } from '../../src-main/engine/watchdog.js'
import { boundTo, frames, linked, type Bench } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { RawPeer } from '../helpers/zmtp.js'

const MiB = 1024 * 1024
export const BUDGET = 64 * MiB
/** Far more than the budget: a flood that is not stopped fails the test. */
const FLOOD = 512 * MiB
export const DEADLINE = 15_000

/** A session that has nothing to do with it: it must go on. */
export async function bystander(bench: Bench): Promise<() => Promise<void>> {
  const sink = await bench.open('sink', 'tcp://127.0.0.1:*', { name: 'bystander' })
  const source = await bench.open('ventilator', `>${boundTo(sink)}`)
  await linked(source)
  return async () => {
    const before = sink.numbers().in.messages
    await source.send(frames('still there'))
    await until(() => sink.numbers().in.messages === before + 1, { deadline: DEADLINE, what: 'the bystander' })
  }
}

/**
 * A peer sends a message that never ends to a session which receives by `driver`, under a watchdog that tells `told`. Once in a process: what has been given back after the first time,
 * the allocator keeps for itself after the second.
 */
export async function sendWithoutEnd(bench: Bench, driver: 'portable' | 'wire', told: Fault[]): Promise<void> {
  const goesOn = await bystander(bench)
  await goesOn()
  const victim = await bench.open('sink', 'tcp://127.0.0.1:*', {
    name: 'victim',
    driver,
    options: { messageLimit: MiB },
  })
  expect(victim.info().driver).toBe(driver)
  const base = nativeBytes()
  const peer = await RawPeer.connect(boundTo(victim), 'PUSH')
  const frame = RawPeer.frame(new Uint8Array(MiB).fill(1), true)
  let sent = 0
  let most = 0
  while (sent < FLOOD && (await peer.write(frame))) {
    sent += MiB
    most = Math.max(most, nativeBytes() - base)
    // A turn for the watchdog's clock: this loop is the attacker, in the same process as its victim.
    await new Promise((resolve) => setImmediate(resolve))
    // More than the budget by what two measures of the same may differ.
    if (most > 1.5 * BUDGET)
      await until(() => victim.state.kind === 'failed', { deadline: DEADLINE, what: 'the end of it' })
  }
  // Its peer is cut off first, and then it is closed.
  await until(() => victim.state.kind === 'failed', { deadline: DEADLINE, what: 'the session to be closed' })
  expect(victim.state).toMatchObject({ fault: { code: 'MEMORY' } })
  expect(most).toBeLessThan(2 * BUDGET)
  expect(told.map(({ code }) => code)).toEqual(['MEMORY_HIGH', 'MEMORY'])
  expect(told[1]?.message).toContain('“victim” was closed')
  await until(() => nativeBytes() - base < BUDGET / 2, { deadline: DEADLINE, what: 'the memory to come back' })
  await goesOn()
  await bench.engine.reopen(victim.id, victim.settings)
  expect(victim.state).toEqual({ kind: 'open' })
  peer.close()
}
