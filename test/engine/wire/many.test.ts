import { Push } from 'zeromq'
import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src-main/engine/session.js'
import { boundTo, linked, rows, settingsOf, texts, useEngine } from '../../helpers/engine.js'
import { until } from '../../helpers/until.js'

// Many sessions at once and one after the other, by either way of receiving.

const MiB = 1024 * 1024
const long = { deadline: 60_000 }
const any = 'tcp://127.0.0.1:*'
/** Opens and closes in the test of leaks; `SOCKETEER_SOAK=10000` for the long one. */
const MANY = Number(process.env['SOCKETEER_SOAK'] ?? 150)

describe.each(['portable', 'wire'] as const)('many sessions that receive by %s', { timeout: 120_000 }, (driver) => {
  const bench = useEngine({ journalBytes: 64 * MiB })
  const count = (session: Session) => session.numbers().in.messages

  it('receive side by side, and one in a flood starves none', async () => {
    const flooded = await bench.open('sink', any, { driver })
    const flood = new Push({ linger: 0, sendHighWaterMark: 0 })
    flood.connect(boundTo(flooded))
    await linked(flooded)
    let on = true
    const flooding = (async () => {
      for (let i = 0; on; i++) await flood.send(String(i).padEnd(100))
    })().catch(() => undefined)
    const others = await Promise.all(Array.from({ length: 60 }, () => bench.open('sink', any, { driver })))
    const pushes = others.map((sink) => {
      const push = new Push({ linger: 0 })
      push.connect(boundTo(sink))
      return push
    })
    for (let i = 0; i < 20; i++) for (const [n, push] of pushes.entries()) await push.send(`${n}:${i}`)
    await until(() => others.every((sink) => count(sink) === 20), long)
    on = false
    await flooding
    for (const push of [flood, ...pushes]) push.close()
    for (const [n, sink] of others.entries())
      expect(rows(sink, 'in')).toEqual(Array.from({ length: 20 }, (_, i) => [`${n}:${i}`]))
    expect(count(flooded)).toBeGreaterThan(0)
    await Promise.all([flooded, ...others].map((sink) => sink.close()))
  })

  it(`one after the other, ${MANY} times, leave nothing behind`, { timeout: 60_000 + MANY * 200 }, async () => {
    for (let i = 0; i < MANY; i++) {
      const sink = await bench.engine.open(settingsOf('sink', any, { driver }))
      expect(sink.state).toEqual({ kind: 'open' })
      const push = new Push({ linger: 0 })
      push.connect(boundTo(sink))
      await push.send(String(i))
      await until(() => count(sink) === 1, long)
      expect(texts(sink, 1)).toEqual([String(i)])
      push.close()
      await bench.engine.forget(sink.id)
    }
    expect(bench.engine.numbers()).toMatchObject({ sessions: 0, kept: 0 })
  })

  it('opened and closed at once, in the middle of opening, end closed', async () => {
    for (let i = 0; i < 10; i++) {
      const sink = bench.engine.add(settingsOf('sink', any, { driver }))
      const opening = sink.open()
      const closing = sink.close()
      await Promise.all([opening, closing])
      await sink.close()
      expect(sink.state).toEqual({ kind: 'closed' })
      await bench.engine.forget(sink.id)
    }
  })
})
