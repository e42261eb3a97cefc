import { describe, expect, it } from 'vitest'
import { Gate } from '../../src-main/engine/gate.js'
import { boundTo, linked, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'

describe('a gate', () => {
  it('is shut while anybody holds it', async () => {
    const gate = new Gate()
    expect(gate.held()).toBeUndefined()
    const [first, second] = [gate.hold(), gate.hold()]
    const held = gate.held()
    first()
    first()
    expect(gate.held()).toBe(held)
    second()
    expect(gate.held()).toBeUndefined()
    await held
  })

  it('opens for everybody, and can be shut again', async () => {
    const gate = new Gate()
    const old = gate.hold()
    const held = gate.held()
    gate.open()
    await held
    gate.hold()
    old()
    expect(gate.held()).toBeDefined()
  })
})

describe('a sink that is held', () => {
  //   PUSH ── 5000 ──▶ ▒▒▒▒▒▒▒▒ ✋ PULL
  const bench = useEngine()

  it('takes nothing but the burst that is under way, and all of it when it is let go', async () => {
    const sink = await bench.open('sink', 'tcp://127.0.0.1:*', { driver: 'portable' })
    const source = await bench.open('ventilator', `>${boundTo(sink)}`)
    await linked(source)
    let release = () => {}
    const undo = sink.onRow(() => {
      undo()
      release = sink.hold()
    })
    for (let i = 0; i < 5000; i++) await source.send([Buffer.from(String(i))])
    await source.drained()
    await until(() => sink.numbers().in.messages > 0)
    expect(sink.numbers().in.messages).toBeLessThanOrEqual(64)
    release()
    await until(() => sink.numbers().in.messages === 5000)
    expect(Buffer.from(sink.row(5000)!.frames[0]!.bytes).toString()).toBe('4999')
  })

  /** Resolves when the receiving thread has done all that it was told before: it does one thing after the other. */
  async function heard(): Promise<void> {
    const other = await bench.open('sink', 'tcp://127.0.0.1:*', { driver: 'wire' })
    await bench.engine.forget(other.id)
  }

  it('takes what has come in the meantime, and then nothing, where the receiving thread receives', async () => {
    const sink = await bench.open('sink', 'tcp://127.0.0.1:*', { driver: 'wire' })
    const source = await bench.open('ventilator', `>${boundTo(sink)}`)
    await linked(source)
    await source.send([Buffer.from('0')])
    await until(() => sink.numbers().in.messages === 1)
    const release = sink.hold()
    await heard()
    for (let i = 1; i < 5000; i++) await source.send([Buffer.from(String(i))])
    await heard()
    expect(sink.numbers().in.messages).toBe(1)
    release()
    await until(() => sink.numbers().in.messages === 5000)
    expect(Buffer.from(sink.row(5000)!.frames[0]!.bytes).toString()).toBe('4999')
  })

  it.each(['portable', 'wire'] as const)(
    'closes all the same, by %s, and takes nothing more on the way',
    async (driver) => {
      const sink = await bench.open('sink', 'tcp://127.0.0.1:*', { driver })
      const source = await bench.open('ventilator', `>${boundTo(sink)}`)
      sink.hold()
      await heard()
      await linked(source)
      for (let i = 0; i < 100; i++) await source.send([Buffer.from('x')])
      await source.drained()
      // The portable driver has asked for one before it was held.
      const most = driver === 'wire' ? 0 : 1
      await until(() => sink.numbers().in.messages === most)
      await sink.close()
      expect(sink.state).toEqual({ kind: 'closed' })
      expect(sink.numbers().in.messages).toBe(most)
    },
  )
})
