import { curveKeyPair } from 'zeromq'
import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src-main/engine/session.js'
import { boundTo, frames, linked, texts, useEngine } from '../../helpers/engine.js'
import { until } from '../../helpers/until.js'

const server = curveKeyPair()
const friend = curveKeyPair()
const stranger = curveKeyPair()
const pairs = new Map(Object.entries({ server, friend, stranger }))

const asServer = (more: object = {}) => ({ security: { mechanism: 'curve', as: 'server', key: 'server', ...more } })
const asClient = (more: object = {}) => ({
  security: { mechanism: 'curve', as: 'client', key: 'friend', server: server.publicKey, ...more },
})
/** What the timeline says of these kinds: `kind detail`. */
const said = (session: Session, ...kinds: string[]) =>
  session
    .timeline(0)
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ kind, detail }) => `${kind} ${detail}`)

describe.each(['portable', 'wire'] as const)('CURVE, received by %s', (driver) => {
  const bench = useEngine({ keyring: { pair: (id) => pairs.get(id) }, driver: () => driver })

  it('encrypts, and both ends say who the other one is', async () => {
    const listed = { admit: 'listed', clients: [{ name: 'robot 7', key: friend.publicKey }] }
    const rep = await bench.open('server', 'tcp://127.0.0.1:*', { ...asServer(listed), answer: { kind: 'echo' } })
    const req = await bench.open('client', boundTo(rep), asClient())
    const { frames: answer } = await req.ask(frames('hello'))
    expect(answer.map((frame) => Buffer.from(frame).toString())).toEqual(['hello'])
    expect(said(rep, 'encrypted')).toEqual([`encrypted robot 7 ${friend.publicKey}`])
    expect(said(req, 'encrypted')).toEqual([`encrypted ${server.publicKey}`])
  })

  it.each([
    ['publisher', 'subscriber'],
    ['ventilator', 'sink'],
  ] as const)('guards %s and %s, whichever end is the server', async (sends, receives) => {
    for (const [one, other] of [
      [asServer(), asClient()],
      [asClient(), asServer()],
    ]) {
      const from = await bench.open(sends, '@tcp://127.0.0.1:*', one)
      const to = await bench.open(receives, `>${boundTo(from)}`, other)
      await linked(to)
      if (sends === 'publisher')
        await until(() => (from.info().status as { subscriptions: unknown[] }).subscriptions.length > 0)
      await from.send(frames('a', 'b'))
      await until(() => to.numbers().in.messages === 1, { what: `a message from ${sends}` })
      expect(texts(to, 1)).toEqual(['a', 'b'])
    }
  })

  it('needs no pair of the client where the server admits anyone', async () => {
    const rep = await bench.open('server', 'tcp://127.0.0.1:*', { ...asServer(), answer: { kind: 'echo' } })
    const req = await bench.open('client', boundTo(rep), asClient({ key: undefined }))
    await req.ask(frames('x'))
    expect(said(rep, 'encrypted')[0]).toMatch(/^encrypted .{40}$/)
  })

  it.each([
    ['a key that is not on the list', asServer({ admit: 'listed' }), asClient({ key: 'stranger' }), 'CURVE_DENIED'],
    [
      'another server than the one expected',
      asServer(),
      asClient({ server: stranger.publicKey }),
      'CURVE_WRONG_SERVER',
    ],
    ['a client without CURVE', asServer(), {}, 'CURVE_WANTED'],
    ['a server without CURVE', {}, asClient(), 'CURVE_UNKNOWN'],
  ])('lets nothing through with %s, and says why', async (_what, one, other, code) => {
    const sink = await bench.open('sink', 'tcp://127.0.0.1:*', one)
    const source = await bench.open('ventilator', `>${boundTo(sink)}`, { ...other, options: { linger: 0 } })
    await source.send(frames('secret'))
    await until(() => source.info().links[0]?.fault?.code === code, {
      what: code,
    })
    const why = {
      CURVE_DENIED: `turned-away ${stranger.publicKey}`,
      CURVE_WRONG_SERVER: 'handshake-failed crypto',
      CURVE_WANTED: 'handshake-failed mechanism',
      CURVE_UNKNOWN: 'handshake-failed mechanism',
    }[code]
    // Both ends look at the other's greeting and hang up: whoever comes second may only see that the other is gone, until the next try.
    await until(() => said(sink, 'turned-away', 'handshake-failed').some((each) => each === why), { what: code })
    expect(sink.numbers().in.messages).toBe(0)
    expect(source.numbers().queued).toBe(1)
  })

  it('comes to terms when the settings are mended', async () => {
    const sink = await bench.open('sink', 'tcp://127.0.0.1:*', asServer({ admit: 'listed' }))
    const address = boundTo(sink)
    const source = await bench.open('ventilator', `>${address}`, {
      ...asClient(),
      options: { reconnectMaxInterval: 200 },
    })
    await source.send(frames('kept'))
    await until(() => said(sink, 'turned-away').length > 0)
    const [endpoint] = sink.settings.endpoints
    await bench.engine.reopen(sink.id, {
      ...sink.settings,
      endpoints: [{ ...endpoint!, address }],
      security: {
        mechanism: 'curve',
        as: 'server',
        key: 'server',
        admit: 'listed',
        clients: [{ name: '', key: friend.publicKey }],
      },
    })
    await until(() => sink.numbers().in.messages === 1, { deadline: 15_000, what: 'the task that was kept' })
  })

  it('is not opened with a pair that is not in the keyring', async () => {
    const session = await bench.engine.open((await bench.open('sink', 'tcp://127.0.0.1:*')).settings)
    await session.reopen({
      ...session.settings,
      security: { mechanism: 'curve', as: 'server', key: 'gone', admit: 'anyone', clients: [] },
    })
    expect(session.state).toMatchObject({ kind: 'failed', fault: { code: 'NO_KEY' } })
  })

  it('keeps one door for many sessions, opened and closed in any order', async () => {
    const sessions = await Promise.all(
      Array.from({ length: 8 }, () => bench.open('sink', 'tcp://127.0.0.1:*', asServer())),
    )
    await Promise.all(sessions.slice(0, 7).map((session) => session.close()))
    const source = await bench.open('ventilator', `>${boundTo(sessions[7]!)}`, asClient())
    await source.send(frames('x'))
    await until(() => sessions[7]!.numbers().in.messages === 1)
    await Promise.all([sessions[7]!.close(), bench.open('sink', 'tcp://127.0.0.1:*', asServer())])
  })
})
