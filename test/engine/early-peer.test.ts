import { expect, it } from 'vitest'
import { rows, useEngine } from '../helpers/engine.js'
import { freePort } from '../helpers/peer.js'
import { until } from '../helpers/until.js'

//   PULL ── connect ─▶ ✗   PULL ── connect ─▶ ✗   …   PUSH binds   PULL ══▶ PUSH, perhaps before `bind` has answered
const bench = useEngine()

it('a peer that was waiting for us to bind is seen, and gets what we send', { timeout: 60_000 }, async () => {
  for (let round = 0; round < 40; round++) {
    const endpoint = `tcp://127.0.0.1:${await freePort()}`
    const sink = await bench.open('sink', `>${endpoint}`, {
      options: { reconnectInterval: 1, reconnectMaxInterval: 1 },
    })
    await until(() => sink.timeline(0).some(({ kind }) => kind === 'refused'), { what: 'a first try' })
    const source = await bench.open('ventilator', `@${endpoint}`)
    await source.send([Buffer.from('task')])
    await until(() => rows(sink, 'in').length === 1, { what: `the task of round ${round}` })
    expect(source.info().links[0]).toMatchObject({ state: 'listening', peers: 1, actual: endpoint })
    await bench.engine.forget(source.id)
    await bench.engine.forget(sink.id)
  }
})
