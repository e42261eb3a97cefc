import { curveKeyPair } from 'zeromq'
import { beforeEach, describe, expect, it } from 'vitest'
import type { RoleName } from '../../src-main/contract/index.js'
import { Engine } from '../../src-main/engine/engine.js'
import { boundTo, frames, settingsOf, texts } from '../helpers/engine.js'
import { DEADLINE, needPyzmq, PythonPeer } from '../helpers/peer.js'
import { until } from '../helpers/until.js'

needPyzmq()

const ours = wordPair()
const theirs = wordPair()
const server = { security: { mechanism: 'curve', as: 'server', key: 'ours', admit: 'listed', clients: [{ key: theirs.publicKey }] } } // prettier-ignore
const client = { security: { mechanism: 'curve', as: 'client', key: 'ours', server: theirs.publicKey } }
const pair = ['--curve-pair', theirs.publicKey, theirs.secretKey]
const asServer = [...pair, '--curve-server']
const asClient = [...pair, '--curve-client', ours.publicKey]

/** CURVE with pyzmq at the other end, as the server and as the client of it. */
describe('CURVE with pyzmq', () => {
  let engine: Engine
  beforeEach(() => {
    engine = new Engine({ keyring: { pair: (id) => (id === 'ours' ? ours : undefined) } })
    return () => engine.close()
  })
  const open = (role: RoleName, address: string, more: object) => engine.open(settingsOf(role, address, more))

  it('our server answers a REQ that it knows', async () => {
    const rep = await open('server', 'tcp://127.0.0.1:*', { ...server, answer: { kind: 'echo' } })
    const req = await PythonPeer.start('req', '--connect', boundTo(rep), ...asClient)
    req.send(frames('hello', '2'))
    await until(() => req.got().length === 1, { deadline: DEADLINE, what: 'the answer' })
    expect(rep.timeline(0).some(({ kind, detail }) => kind === 'encrypted' && detail === theirs.publicKey)).toBe(true)
  })

  it('our client asks a REP', async () => {
    const rep = await PythonPeer.start('rep', '--bind', 'tcp://127.0.0.1:*', ...asServer)
    const req = await open('client', await rep.endpoint(), client)
    const { frames: answer } = await req.ask(frames('hello'))
    expect(answer.length).toBeGreaterThan(0)
    expect(req.timeline(0).some(({ kind, detail }) => kind === 'encrypted' && detail === theirs.publicKey)).toBe(true)
  })

  it('our subscriber hears a PUB, our sink collects from a PUSH', async () => {
    const pub = await PythonPeer.start('pub', '--bind', 'tcp://127.0.0.1:*', ...asServer)
    const sub = await open('subscriber', await pub.endpoint(), client)
    await until(() => sub.info().links[0]?.state === 'up', { deadline: DEADLINE, what: 'the link' })
    const push = await PythonPeer.start('push', '--bind', 'tcp://127.0.0.1:*', ...asServer)
    const sink = await open('sink', `>${await push.endpoint()}`, client)
    push.send(frames('task', 'x'))
    await until(() => sink.numbers().in.messages === 1, { deadline: DEADLINE, what: 'the task' })
    expect(texts(sink, 1)).toEqual(['task', 'x'])
    // A subscription arrives after the handshake, and PUB says nothing of it: what was published before is not heard.
    await until(
      () => {
        pub.send(frames('topic', 'news'))
        return sub.numbers().in.messages > 0
      },
      { deadline: DEADLINE, what: 'something on the air' },
    )
    expect(texts(sub, 1)).toEqual(['topic', 'news'])
  })
})

/** A pair that a command line takes for what it is: Z85 has a `-`, and a key that begins with it would be an option. */
function wordPair(): ReturnType<typeof curveKeyPair> {
  for (;;) {
    const pair = curveKeyPair()
    if (!Object.values(pair).some((key) => key.startsWith('-'))) return pair
  }
}
