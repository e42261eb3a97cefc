import { Dealer } from 'zeromq'
import { describe, expect, it } from 'vitest'
import { Fault, type RoleName } from '../../src-main/contract/index.js'
import { boundTo, frames, linked, settingsOf, texts, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'

const bench = useEngine()
const ANY = 'tcp://127.0.0.1:*'
const worker = { forward: [{ method: 'connect', address: 'tcp://127.0.0.1:9' }] }

describe('a session', () => {
  it.each<[RoleName, string, object?]>([
    ['server', ANY],
    ['client', 'tcp://127.0.0.1:9'],
    ['client', 'tcp://127.0.0.1:9', { strict: true }],
    ['publisher', ANY],
    ['subscriber', `@${ANY}`],
    ['subscriber', `@${ANY}`, { driver: 'portable' }],
    ['ventilator', ANY],
    ['worker', 'tcp://127.0.0.1:9', { ...worker, workers: 1 }],
    ['sink', ANY],
    ['sink', ANY, { driver: 'portable' }],
  ])('that is closed while it opens is closed, and can be opened: %s at %s %o', async (role, address, more) => {
    const session = bench.engine.add(settingsOf(role, address, more))
    for (let i = 0; i < 3; i++) {
      const opening = session.open()
      if (i > 0) await Promise.resolve()
      await Promise.all([opening, session.close()])
      expect(session.state).toEqual({ kind: 'closed' })
      expect(session.alive).toBe(false)
    }
    expect(session.timeline(0).filter(({ kind }) => kind === 'bind-failed')).toEqual([])
    await session.open()
    expect(session.state).toEqual({ kind: 'open' })
  })

  it('that is forgotten while it is opened anew is gone, and its port is free', async () => {
    const session = await bench.open('publisher', ANY)
    const address = boundTo(session)
    const reopened = bench.engine.reopen(session.id, settingsOf('publisher', address))
    await Promise.all([reopened, bench.engine.forget(session.id)])
    expect([session.alive, session.state.kind]).toEqual([false, 'closed'])
    expect(bench.engine.list()).toEqual([])
    await bench.open('publisher', address)
  })

  it('that is opened anew twice at once is open as it was told last', async () => {
    const session = await bench.open('publisher', ANY)
    const [first, second] = [settingsOf('publisher', [ANY, ANY]), settingsOf('publisher', [ANY, ANY, ANY])]
    await Promise.all([session.reopen(first), session.reopen(second)])
    expect(session.settings).toBe(second)
    expect(session.info().links.map(({ state }) => state)).toEqual(['listening', 'listening', 'listening'])
  })

  it('that closes with all the patience there is closes at once when it is told to', async () => {
    const session = await bench.open('ventilator', ANY, { options: { linger: -1 } })
    for (let i = 0; i < 3; i++) await session.send(frames(String(i)))
    const closing = session.close()
    expect(session.state).toEqual({ kind: 'closing' })
    await session.close(0)
    await closing
    expect(session.state).toEqual({ kind: 'closed' })
  })

  it('that fails takes nothing more while its sockets close', async () => {
    const server = await bench.open('server', ANY)
    const client = await bench.open('client', boundTo(server))
    await linked(client)
    const asked = client.ask(frames('who answers?'))
    const cancelled = expect(asked).rejects.toMatchObject({ code: 'CANCELLED' })
    const stopped = client.stop(new Fault('MEMORY', 'For a test.'))
    await expect(client.ask(frames('and now?'))).rejects.toMatchObject({ code: 'NOT_OPEN' })
    await stopped
    await cancelled
    expect(client.state).toMatchObject({ kind: 'failed', fault: { code: 'MEMORY' } })
    await client.close()
    expect(client.state).toEqual({ kind: 'closed' })
  })

  it('keeps the topics that it was given while it closes', async () => {
    const session = await bench.open('subscriber', `@${ANY}`, { driver: 'portable' })
    const closing = session.close()
    session.subscribe('late')
    session.unsubscribe('')
    await closing
    expect(session.settings).toMatchObject({ topics: ['late'] })
  })
})

describe('a server', () => {
  it('that is closed with a question on its way is closed, not failed', async () => {
    const server = await bench.open('server', 'inproc://closing', { answer: { kind: 'echo' } })
    for (let i = 0; i < 10; i++) {
      const dealer = new Dealer({ linger: 0 })
      dealer.connect('inproc://closing')
      await dealer.send(['', 'first'])
      expect(String((await dealer.receive())[1])).toBe('first')
      // Over inproc it is with the server at once, before the event loop has told anybody.
      const sent = dealer.send(['', 'last'])
      const closing = server.close(0)
      await sent
      dealer.close()
      await closing
      expect(server.state).toEqual({ kind: 'closed' })
      await server.open()
      expect(server.state).toEqual({ kind: 'open' })
    }
  })
})

describe('a strict client', () => {
  it('whose questions nobody takes leaves no promise behind, and one that waits can be stopped', async () => {
    const nobody = await bench.open('client', 'tcp://127.0.0.1:9', { strict: true })
    nobody.repeat(frames('anybody?'), 5, 0)
    await until(() => nobody.info().repeat?.running === false, { what: 'the repetition to end' })
    expect(nobody.info().repeat).toMatchObject({ sent: 5, failed: 5, fault: { code: 'NOT_CONNECTED' } })
    await nobody.close() // what waits for an answer hears of it; a promise that nobody has would end the process

    const server = await bench.open('server', ANY)
    const client = await bench.open('client', boundTo(server), { strict: true })
    await linked(client)
    const stop = new AbortController()
    const asked = client.ask(frames('wait'), stop.signal)
    await until(() => server.numbers().in.messages === 1)
    stop.abort()
    await expect(asked).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(texts(server, 1)).toEqual(['wait'])
  })
})
