import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fault, Undo } from '../../src-main/contract/index.js'
import { nativeBytes, watchMemory } from '../../src-main/engine/watchdog.js'
import { boundTo, frames, linked, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { RawPeer } from '../helpers/zmtp.js'

const MiB = 1024 * 1024
const BUDGET = 64 * MiB
/** Far more than the budget: a flood that is not stopped fails the test. */
const FLOOD = 512 * MiB
const DEADLINE = 15_000

describe('F8: memory that peers fill outside of the journal', () => {
  const bench = useEngine()
  const told: Fault[] = []
  let undo: Undo
  beforeEach(() => {
    told.length = 0
    undo = watchMemory(bench.engine, { budget: BUDGET, tell: (_level, fault) => told.push(fault) })
  })
  afterEach(() => {
    undo()
  })

  /** A session that has nothing to do with it: it must go on. */
  async function bystander() {
    const sink = await bench.open('sink', 'tcp://127.0.0.1:*', { name: 'bystander' })
    const source = await bench.open('ventilator', `>${boundTo(sink)}`)
    await linked(source)
    return async () => {
      const before = sink.numbers().in.messages
      await source.send(frames('still there'))
      await until(() => sink.numbers().in.messages === before + 1, { deadline: DEADLINE, what: 'the bystander' })
    }
  }

  it('a message of endless frames: the session is closed below twice the budget, with the reason, and the others go on', async () => {
    const goesOn = await bystander()
    await goesOn()
    const victim = await bench.open('sink', 'tcp://127.0.0.1:*', { name: 'victim', options: { messageLimit: MiB } })
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
      if (most > BUDGET)
        await until(() => victim.state.kind === 'failed', { deadline: DEADLINE, what: 'the end of it' })
    }
    expect(victim.state).toMatchObject({ kind: 'failed', fault: { code: 'MEMORY' } })
    expect(most).toBeLessThan(2 * BUDGET)
    expect(told.map(({ code }) => code)).toEqual(['MEMORY_HIGH', 'MEMORY'])
    expect(told[1]?.message).toContain('“victim” was closed')
    await until(() => nativeBytes() - base < BUDGET / 2, { deadline: DEADLINE, what: 'the memory to come back' })
    await goesOn()
    await bench.engine.reopen(victim.id, victim.settings)
    expect(victim.state).toEqual({ kind: 'open' })
    peer.close()
  })

  it('subscriptions without end: the publisher that they fill is closed, though others are as open', async () => {
    const goesOn = await bystander()
    const victim = await bench.open('publisher', 'tcp://127.0.0.1:*', { name: 'victim' })
    const peer = await RawPeer.connect(boundTo(victim), 'SUB')
    const topic = new Uint8Array(301).fill(0x61)
    topic[0] = 1
    const batch = 100
    for (let n = 0; n < 100_000; n += batch) {
      const parts = Array.from({ length: batch }, (_, i) => {
        // Told apart by their first bytes: each takes a branch of the trie to itself.
        Buffer.from(topic.buffer).writeUInt32BE(n + i, 1)
        return RawPeer.frame(Uint8Array.from(topic))
      })
      if (!(await peer.write(Buffer.concat(parts)))) break
      await new Promise((resolve) => setImmediate(resolve))
      if (victim.state.kind !== 'open') break
    }
    await until(() => victim.state.kind === 'failed', { deadline: DEADLINE, what: 'the publisher to be closed' })
    expect(victim.state).toMatchObject({ fault: { code: 'MEMORY' } })
    await goesOn()
    peer.close()
  })

  it('a queue that was drained is no reason to close anything', async () => {
    const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
    const source = await bench.open('ventilator', `>${boundTo(sink)}`)
    await linked(source)
    const large = [new Uint8Array(MiB)]
    for (let n = 0; n < 100; n++) {
      await source.send(large)
      await until(() => sink.numbers().in.messages > n, { deadline: DEADLINE, what: 'it to be taken' })
    }
    expect(told.map(({ code }) => code)).not.toContain('MEMORY')
  })
})
