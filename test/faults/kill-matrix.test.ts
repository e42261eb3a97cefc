import { describe, it } from 'vitest'
import { DEADLINE, expectSame, needPyzmq, type PeerKind, type PythonPeer } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import {
  answerOf,
  cliParty,
  engineParty,
  freeEndpoint,
  openSession,
  pyzmqParty,
  startPeer,
  type Message,
  type Party,
} from '../interop/party.js'
import { says, useOracle } from './oracle.js'

// Every role of every pattern, with pyzmq at the other end; Socketeer is killed, or pyzmq is; the one that is killed binds, or connects. Whoever is left goes on with whoever comes
// next, on the same address, and every message arrives exactly once. (What is on its way at the moment of the kill is lost, as ZeroMQ has it: f01.)

needPyzmq()
useOracle()

interface Life {
  party: Party
  kill(): Promise<unknown>
}

const numbered = (word: string): Message[] =>
  Array.from({ length: 3 }, (_, n) => [Buffer.from(`${word} ${n}`), Buffer.from([n, 0xff])])
const before = numbered('before')
const after = numbered('after')

/** Ours as a process, so that it can be killed. */
async function ours(role: PeerKind, ...endpoints: string[]): Promise<Life> {
  const party = cliParty(role, endpoints)
  // It is there when it says anything: that it listens, or that it is connected.
  return { party, kill: () => party.process.kill('SIGKILL') }
}

async function theirs(role: PeerKind, ...endpoints: string[]): Promise<Life> {
  return lifeOf(await startPeer(role, ...endpoints))
}

function lifeOf(peer: PythonPeer): Life {
  return { party: pyzmqParty(peer), kill: () => peer.kill('SIGKILL') }
}

const ends: readonly [PeerKind, PeerKind][] = [
  ['req', 'rep'],
  ['pub', 'sub'],
  ['push', 'pull'],
]

describe.each(ends)('%s and %s', (asks, hears) => {
  const cases = [asks, hears].flatMap((role) =>
    (['Socketeer', 'pyzmq'] as const).flatMap((killed) =>
      (['binds', 'connects'] as const).map((how) => [role, killed, how] as const),
    ),
  )

  it.each(cases)('Socketeer is the %s; %s is killed, which %s', async (role, killed, how) => {
    const other = role === asks ? hears : asks
    const endpoint = await freeEndpoint()
    const [mine, its] = how === 'binds' ? [`@${endpoint}`, `>${endpoint}`] : [`>${endpoint}`, `@${endpoint}`]
    const [victim, survivor] = killed === 'Socketeer' ? [role, other] : [other, role]
    const live = (): Promise<Life> => (killed === 'Socketeer' ? ours : theirs)(victim, mine)

    const echo = survivor === 'rep' ? { answer: { kind: 'echo' } } : {}
    const session = killed === 'Socketeer' ? undefined : await openSession(survivor, [its], echo)
    const [peer, first] = await Promise.all([
      session === undefined ? startPeer(survivor, its, '--losses') : undefined,
      live(),
    ])
    const stays = session === undefined ? pyzmqParty(peer!) : engineParty(survivor, session)
    const server = (hears === victim) === (killed === 'Socketeer') ? 'cli' : 'pyzmq'
    const answered = (message: Message) => answerOf(server, message)

    const exchange = async (victimParty: Party, messages: Message[], round: number) => {
      const [sender, receiver] = victim === asks ? [victimParty, stays] : [stays, victimParty]
      // A publisher that connects keeps the subscription while its subscriber is away, and what it publishes meanwhile.
      if (asks === 'pub') await sender.subscribed(sender === stays && how === 'connects' ? round : 1)
      for (const message of messages) sender.send(message)
      const past = (party: Party) => (party === stays && round === 2 ? before : [])
      expectSame(await receiver.got(past(receiver).length + 3), [...past(receiver), ...messages])
      if (asks !== 'req') return
      const answers = [...past(sender), ...messages].map(answered)
      expectSame(await sender.got(answers.length), answers)
    }

    await exchange(first.party, before, 1)
    await first.kill()
    if (session !== undefined) {
      await says(session, how === 'binds' ? 'connection lost' : 'a peer left')
      await until(() => session.info().links[0]?.peers === 0, { deadline: DEADLINE, what: 'the loss to be seen' })
    }
    // What it sends before that goes to whoever is dead.
    await peer?.lost()
    const second = await live()
    await exchange(second.party, after, 2)
  })
})

describe('a worker between pyzmq’s ventilator and sink', () => {
  it.each(['worker', 'push', 'pull'] as const)('Socketeer works; the %s is killed', async (victim) => {
    const [from, to] = [await freeEndpoint(), await freeEndpoint()]
    const start = {
      push: () => theirs('push', `@${from}`),
      pull: () => theirs('pull', `@${to}`),
      worker: () => ours('worker', `>${from}`, `>${to}`),
    }
    const source = await startPeer('push', `@${from}`, '--losses')
    const [push, pull] = [lifeOf(source), await start.pull()]
    const session = victim === 'worker' ? undefined : await openSession('worker', [`>${from}`, `>${to}`])
    const parts = { push, pull, worker: session === undefined ? await start.worker() : push }
    for (const task of before) push.party.send(task)
    expectSame(await pull.party.got(3), before)
    await parts[victim].kill()
    await (session === undefined ? source.lost() : says(session, 'connection lost'))
    parts[victim] = await start[victim]()
    for (const task of after) parts.push.party.send(task)
    expectSame((await parts.pull.party.got(victim === 'pull' ? 3 : 6)).slice(-3), after)
  })

  it('pyzmq works between ours, and is killed', async () => {
    const [from, to] = [await freeEndpoint(), await freeEndpoint()]
    const [push, pull] = [await openSession('push', [`@${from}`]), await openSession('pull', [`@${to}`])]
    const [source, sink] = [engineParty('push', push), engineParty('pull', pull)]
    const worker = await theirs('worker', `>${from}`, `>${to}`)
    for (const task of before) source.send(task)
    expectSame(await sink.got(3), before)
    await worker.kill()
    await says(push, 'a peer left')
    await says(pull, 'a peer left')
    await theirs('worker', `>${from}`, `>${to}`)
    for (const task of after) source.send(task)
    expectSame(await sink.got(6), [...before, ...after])
  })
})
