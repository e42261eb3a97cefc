import { describe, expect, it } from 'vitest'
import type { EngineNumbers, SessionInfo, SessionNumbers } from '../../src-main/contract/index.js'
import { PULSE_INTERVAL } from '../../src-main/engine/pulse.js'
import { boundTo, frames, rows, settingsOf, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'

const bench = useEngine()
const all = { deadline: 15_000 }

function watcher() {
  const infos: SessionInfo[] = []
  const pulses: { sessions: SessionNumbers[]; engine: EngineNumbers }[] = []
  const gone: string[] = []
  const attachment = bench.engine.attach({
    session: (info) => void infos.push(info),
    gone: (id) => void gone.push(id),
    pulse: (sessions, engine) => void pulses.push({ sessions, engine }),
  })
  const latest = (id: string) => pulses.flatMap((p) => p.sessions).findLast((s) => s.id === id)
  return { infos, pulses, gone, attachment, latest }
}

describe('a view', () => {
  it('is told of thousands of messages in a handful of pulses, the last of them exact', async () => {
    const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
    const source = await bench.open('ventilator', `>${boundTo(sink)}`)
    const began = performance.now()
    const view = watcher()
    for (let i = 0; i < 5000; i++) await source.send(frames(`${i}`))
    await until(() => view.latest(sink.id)?.in.messages === 5000, all)
    // 20 a second, however long it took.
    expect(view.pulses.length).toBeLessThan((performance.now() - began) / (PULSE_INTERVAL - 1) + 2)
    expect(view.latest(sink.id)).toMatchObject({ first: 1, last: 5000, evicted: 0 })
    expect(view.pulses.at(-1)?.engine).toMatchObject({ sessions: 2, sessionLimit: 64 })
  })

  it('is told nothing while hidden, and everything once when it is seen again', async () => {
    const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
    const source = await bench.open('ventilator', `>${boundTo(sink)}`)
    const view = watcher()
    const other = watcher()
    view.attachment.visible(false)
    await source.send(frames('unseen'))
    await until(() => other.latest(sink.id)?.in.messages === 1, all)
    expect(view.pulses).toEqual([])
    view.attachment.visible(true)
    await until(() => view.latest(sink.id)?.in.messages === 1, all)
  })

  it('starts from a snapshot and hears of sessions that come and go', async () => {
    const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
    expect(bench.engine.snapshot()).toMatchObject({
      sessions: [{ id: sink.id, state: { kind: 'open' } }],
      numbers: [{ id: sink.id, first: 1, last: 0 }],
    })
    const view = watcher()
    await sink.close()
    await until(() => view.infos.at(-1)?.state.kind === 'closed', all)
    await bench.engine.forget(sink.id)
    expect(view.gone).toEqual([sink.id])
    expect(() => bench.engine.session(sink.id)).toThrow('There is no session')
  })
})

describe('the demo', () => {
  it('lets both ends of every pattern talk, and stops with its speaker', async () => {
    for (const desk of ['chat', 'radio', 'pipeline'] as const) {
      const infos = await bench.engine.demo(desk)
      expect(infos.every((info) => info.demo)).toBe(true)
      const last = bench.engine.session(infos.at(-1)!.id)
      await until(() => last.numbers().in.messages > 0, { ...all, what: `traffic in the ${desk} demo` })
      for (const info of infos) await bench.engine.forget(info.id)
    }
    expect(bench.engine.list()).toEqual([])
  })
})

describe('a session', () => {
  it('keeps its rows and numbering through close and reopen, and drops them when cleared', async () => {
    const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
    const address = boundTo(sink)
    const source = await bench.open('ventilator', `>${address}`)
    await source.send(frames('before'))
    await until(() => sink.numbers().in.messages === 1, all)
    await sink.close()
    // Otherwise what is sent next may go to a connection whose end has not been noticed.
    await until(() => source.info().links[0]?.peers === 0, all)
    expect(rows(sink, 'in')).toEqual([['before']])
    await sink.reopen(settingsOf('sink', address, { options: { receiveHighWaterMark: 5 } }))
    await source.send(frames('after'))
    await until(() => sink.numbers().in.messages === 2, all)
    expect(rows(sink, 'in')).toEqual([['before'], ['after']])
    sink.clear()
    expect(sink.numbers()).toMatchObject({ first: 3, last: 2, in: { messages: 2 } })
    expect(() => sink.message(1)).toThrow('not in memory')
    sink.unclear()
    expect(rows(sink, 'in')).toEqual([['before'], ['after']])
    expect(() => sink.unclear()).toThrow('for some seconds only')
  })

  it('stays what it is: a sink cannot reopen as a server, nor send', async () => {
    const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
    await expect(sink.reopen(settingsOf('server', 'tcp://127.0.0.1:*'))).rejects.toMatchObject({ code: 'WRONG_ROLE' })
    await expect(sink.send(frames('x'))).rejects.toMatchObject({ code: 'CANNOT_SEND' })
    expect(() => sink.subscribe('x')).toThrow('Only a subscriber')
    expect(sink.state.kind).toBe('open')
  })
})
