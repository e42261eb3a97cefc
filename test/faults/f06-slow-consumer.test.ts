import { expect, it } from 'vitest'
import type { Fault } from '../../src-main/contract/index.js'
import { QUEUE_BYTES } from '../../src-main/engine/roles/fitting-mark.js'
import { watchMemory } from '../../src-main/engine/watchdog.js'
import { boundTo, linked } from '../helpers/engine.js'
import { DEADLINE } from '../helpers/peer.js'
import { Proxy } from '../helpers/proxy.js'
import { until } from '../helpers/until.js'
import { atEnd } from '../helpers/ending.js'
import { collect } from '../helpers/memory.js'
import { useOracle } from './oracle.js'

// F6: a subscriber stalls while images are published. What is held for it is bounded in bytes, another subscriber misses nothing, and the stalled one counts what it missed.

const MiB = 1024 * 1024
const JOURNAL = 16 * MiB
/** Twice the budget and more: what is held for the stalled one is far less, or this fails. */
const COUNT = 320
/** What was held comes in at once when the line flows again; the sockets’ buffers and the journal grow with it. */
const bench = useOracle({ journalBytes: JOURNAL, kept: 128 })
const all = { deadline: 3 * DEADLINE }

it(`F6: ${COUNT} × 1 MiB past a stalled subscriber: memory stays within the byte budget, a healthy one gets all, the gap is counted exactly`, async () => {
  const told: Fault[] = []
  atEnd(watchMemory(bench.engine, { budget: 512 * MiB, tell: (_level, fault) => void told.push(fault) }))
  const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
  const radio = { gaps: { sequence: { kind: 'number', type: 'u32', offset: 0 } } }
  const healthy = await bench.open('subscriber', boundTo(publisher), { radio })
  const line = await Proxy.to(boundTo(publisher))
  const stalled = await bench.open('subscriber', line.endpoint, { radio })
  await linked(healthy, stalled)
  await until(
    () => (publisher.info().status as { subscriptions?: { count: number }[] }).subscriptions?.[0]?.count === 2,
    all,
  )
  line.stall(true)

  const base = process.memoryUsage().rss
  let most = 0
  for (let n = 1; n <= COUNT; n++) {
    const image = Buffer.alloc(MiB, n)
    image.writeUInt32LE(n)
    await publisher.send([image])
    // As fast as the healthy one takes them: its own mark is not what is tried here.
    await until(() => n - healthy.numbers().in.messages < 8, { ...all, what: 'the healthy one to keep up' })
    if (n % 16 === 0) collect()
    most = Math.max(most, process.memoryUsage().rss - base)
  }
  await until(() => healthy.numbers().in.messages === COUNT, all)
  await until(() => healthy.radio.gaps().behind === 0, all)
  expect(healthy.radio.gaps().total.missing).toBe(0)
  expect(most).toBeLessThan(QUEUE_BYTES + 3 * JOURNAL + 64 * MiB)

  line.stall(false)
  const got = () => stalled.numbers().in.messages
  // Small ones now, until one arrives: behind it nothing of the backlog is left.
  let last = COUNT
  const newest = () => {
    const frame = stalled.row(stalled.numbers().last)?.frames[0]?.bytes
    return frame === undefined ? 0 : Buffer.from(frame).readUInt32LE(0)
  }
  await until(async () => {
    const number = Buffer.alloc(4)
    number.writeUInt32LE(++last)
    await publisher.send([number])
    return newest() > COUNT
  }, all)
  await until(() => newest() === last && stalled.radio.gaps().behind === 0, all)
  const { total, gone } = stalled.radio.gaps()
  expect(total).toMatchObject({ received: got() - gone, duplicates: 0, reordered: 0 })
  expect(total.missing).toBe(last - got())
  expect(total.missing).toBeGreaterThan(0)
  expect(told.map(({ message }) => message)).toEqual([])
  expect(publisher.state).toEqual({ kind: 'open' })
}, 120_000)
