import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { ChannelsSchema, LinesSchema } from '../../src-main/contract/index.js'
import type { Session } from '../../src-main/engine/session.js'
import { boundTo } from '../helpers/engine.js'
import { DEADLINE, needPyzmq, type PythonPeer } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { ANY, openSession, startPeer } from './party.js'

// What a publisher says by itself is what a pyzmq subscriber hears: as many, in that order.

needPyzmq()

async function onAir(): Promise<[Session, PythonPeer]> {
  // Without a high-water mark nothing is dropped for a listener that is slower: what is asked here is what was said.
  const session = await openSession('pub', [ANY], { options: { sendHighWaterMark: 0 } })
  const peer = await startPeer('sub', `>${boundTo(session)}`)
  await until(
    () => {
      const { status } = session.info()
      return status.role === 'publisher' && status.subscriptions.length > 0
    },
    { deadline: DEADLINE, what: 'a subscription' },
  )
  return [session, peer]
}
/** Everything that a peer heard, once it is `count` messages; its first line says that it is ready. */
async function heard(peer: PythonPeer, count: number): Promise<string[][]> {
  await until(() => peer.out.length > count, { deadline: 2 * DEADLINE, what: `${count} messages` })
  return peer.got().map((frames) => frames.map((frame) => Buffer.from(frame).toString()))
}
const bytes = (text: string) => new Uint8Array(Buffer.from(text))

describe('a publisher that speaks by itself', () => {
  it('on a timer', async () => {
    const [session, peer] = await onAir()
    session.repeat([bytes('tick'), bytes('now')], 300, 1)
    await until(() => session.info().repeat?.running === false, { deadline: DEADLINE, what: 'the timer to end' })
    const got = await heard(peer, 300)
    expect(got).toEqual(Array.from({ length: 300 }, () => ['tick', 'now']))
    expect(session.info().repeat).toMatchObject({ sent: 300, failed: 0 })
  })

  it('from a file line by line', async () => {
    const [session, peer] = await onAir()
    const lines = Array.from({ length: 12_000 }, (_, i) => `${i},${'é'.repeat(i % 31)}`)
    const file = bytes(lines.join('\r\n'))
    const pace = { kind: 'rate', rate: 50_000 } as const
    const { feed } = session.station.say(v.parse(LinesSchema, { name: 'a.csv', size: file.length, topic: 'log', pace }))
    for (let at = 0; at < file.length; at += 10_007)
      await session.station.feed(feed, file.subarray(at, at + 10_007), at + 10_007 >= file.length)
    const got = await heard(peer, 12_000)
    expect(got).toEqual(lines.map((line) => ['log', line]))
    expect(session.info().lines).toMatchObject({ sent: 12_000, bad: 0, state: 'ended' })
  })

  it('from the signal generator, several channels and 50 kHz in total', async () => {
    const [session, peer] = await onAir()
    session.station.generate(
      v.parse(ChannelsSchema, [
        { topic: 'sine', shape: { kind: 'sine' }, rate: 30_000 },
        { topic: 'walk', shape: { kind: 'walk' }, rate: 19_900 },
        { topic: 'car', shape: { kind: 'vehicle' }, rate: 100 },
      ]),
    )
    await until(() => session.info().generating!.sent >= 15_000, { deadline: DEADLINE, what: 'messages to be made' })
    session.station.stop()
    const { sent } = session.info().generating!
    const got = await heard(peer, sent)
    expect(got).toHaveLength(sent)
    const numbers = new Map<string, number[]>()
    for (const [topic = '', json = ''] of got) {
      const { n } = JSON.parse(json) as { n: number }
      numbers.set(topic, [...(numbers.get(topic) ?? []), n].slice(-2))
      const [before, now] = numbers.get(topic)!
      // A number that was left out was left out on purpose, and counted.
      if (now !== undefined) expect(now).toBeGreaterThan(before!)
    }
    const last = [...numbers.values()].reduce((sum, of) => sum + of.at(-1)!, 0)
    expect(last).toBeLessThanOrEqual(sent + session.info().generating!.skipped)
    expect([...numbers.keys()].sort()).toEqual(['car', 'sine', 'walk'])
  })
})
