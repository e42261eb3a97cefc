import { describe, it } from 'vitest'
import { startCli } from '../helpers/cli.js'
import { DEADLINE, expectSame, needPyzmq } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import {
  ANY,
  cliGot,
  combinations,
  freeEndpoint,
  openSession,
  received,
  samples,
  startParty,
  startPeer,
  type Message,
} from './party.js'

//            ┌──▶ SUB
//   PUB ─────┤                 ◀── subscriptions travel the other way
//            └──▶ SUB
//
// Each side is once our engine, once our command line, once pyzmq.

needPyzmq()

describe.each(combinations(2))('%s publishes, %s listens', (publisher, subscriber) => {
  it('when the publisher is there first', async () => {
    const pub = await startParty(publisher, 'pub', ANY)
    const sub = await startParty(subscriber, 'sub', `>${await pub.endpoint()}`)
    await pub.subscribed()
    for (const message of samples) pub.send(message)
    expectSame(await sub.got(samples.length), [...samples])
  })

  it('when the subscriber is there first', async () => {
    const endpoint = await freeEndpoint()
    const sub = await startParty(subscriber, 'sub', `>${endpoint}`)
    const pub = await startParty(publisher, 'pub', `@${endpoint}`)
    await pub.subscribed()
    for (const message of samples) pub.send(message)
    expectSame(await sub.got(samples.length), [...samples])
  })
})

const numbered = (from: number, count: number): Message[] =>
  Array.from({ length: count }, (_, i) => [Buffer.from(`message ${from + i}`), Buffer.from([i & 0xff])])

describe('a peer that is killed and comes back on the same port', () => {
  //   PUB ── 0…99 ──▶ SUB      PUB ✗      PUB' ◀── subscription ── SUB      PUB' ── 100…199 ──▶ SUB
  it('a publisher: all that is published after the new subscription arrives', async () => {
    const first = await startPeer('pub', ANY)
    const endpoint = await first.endpoint()
    const session = await openSession('sub', [`>${endpoint}`])
    const cli = startCli('sub', endpoint, '--json')
    await until(() => first.subscribed().length === 1, { deadline: DEADLINE, what: 'the first subscription' })
    // An XPUB says each topic once: the second subscriber shows by what it gets.
    await until(
      () => {
        first.send([Buffer.from('are you there?')])
        return cli.out.length > 0 && received(session).length > 0
      },
      { deadline: DEADLINE, what: 'both to hear' },
    )
    await first.kill('SIGKILL')
    await cli.line((line) => line.startsWith('lost the connection'), 'err')

    // What the first one said may still be on its way.
    const isAgain = ([frame]: Message) => Buffer.from(frame ?? []).toString() === 'again?'
    const second = await startPeer('pub', `@${endpoint}`)
    await until(() => session.info().links[0]?.state === 'up', { deadline: DEADLINE, what: 'the engine to be back' })
    await until(() => cli.err.filter((line) => line.startsWith('connected')).length === 2, {
      deadline: DEADLINE,
      what: 'the command line to be back',
    })
    await until(
      () => {
        second.send([Buffer.from('again?')])
        return [received(session), cliGot(cli)].every((heard) => heard.some(isAgain))
      },
      { deadline: DEADLINE, what: 'both to hear again' },
    )
    for (const message of numbered(0, 100)) second.send(message)
    const isNumbered = ([frame]: Message) =>
      Buffer.from(frame ?? [])
        .toString()
        .startsWith('message')
    await until(
      () => received(session).filter(isNumbered).length >= 100 && cliGot(cli).filter(isNumbered).length >= 100,
      {
        deadline: DEADLINE,
        what: 'all messages at both',
      },
    )
    expectSame(received(session).filter(isNumbered), numbered(0, 100))
    expectSame(cliGot(cli).filter(isNumbered), numbered(0, 100))
  })

  //   SUB ✗      PUB ◀── subscription ── SUB'      PUB ── 100…199 ──▶ SUB'
  it('a subscriber: all that is published after its new subscription arrives', async () => {
    const session = await openSession('pub', [ANY])
    const endpoint = session.info().links[0]!.actual
    const isWanted = () => {
      const { status } = session.info()
      return status.role === 'publisher' && status.subscriptions.length > 0
    }
    const first = await startPeer('sub', `>${endpoint}`)
    await until(isWanted, { deadline: DEADLINE, what: 'the first subscription' })
    for (const message of numbered(0, 100)) await session.send(message)
    await until(() => first.got().length === 100, { deadline: DEADLINE, what: 'the first hundred' })
    await first.kill('SIGKILL')
    await until(() => !isWanted(), { deadline: DEADLINE, what: 'the subscription to end' })

    const second = await startPeer('sub', `>${endpoint}`)
    await until(isWanted, { deadline: DEADLINE, what: 'the new subscription' })
    for (const message of numbered(100, 100)) await session.send(message)
    await until(() => second.got().length >= 100, { deadline: DEADLINE, what: 'the second hundred' })
    expectSame(second.got(), numbered(100, 100))
  })
})
