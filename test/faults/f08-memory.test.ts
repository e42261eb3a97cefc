import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fault, Undo } from '../../src-main/contract/index.js'
import { watchMemory } from '../../src-main/engine/watchdog.js'
import { boundTo, linked, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { RawPeer } from '../helpers/zmtp.js'
import { BUDGET, bystander, DEADLINE, sendWithoutEnd } from './endless.js'

const MiB = 1024 * 1024

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

  it('a message of endless frames: the session is closed below twice the budget, with the reason, and the others go on', () =>
    sendWithoutEnd(bench, 'portable', told))

  it('subscriptions without end: the publisher that they fill is closed, though others are as open', async () => {
    const goesOn = await bystander(bench)
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
