import { expect, it } from 'vitest'
import { boundTo, frames, linked, rows } from '../helpers/engine.js'
import { built, listeningOn } from '../helpers/cli.js'
import { layCable, noCable } from '../helpers/namespaces.js'
import { DEADLINE, needPyzmq, python } from '../helpers/peer.js'
import { Proxy } from '../helpers/proxy.js'
import { until } from '../helpers/until.js'
import { descriptorsOf, says, useOracle } from './oracle.js'

// F5: the network is cut and heals. It is seen, everything comes back by itself, and what was missed is counted, not hidden.

needPyzmq()
const bench = useOracle()
const all = { deadline: DEADLINE }

const numbered = (n: number): Uint8Array[] => {
  const number = Buffer.alloc(4)
  number.writeUInt32LE(n)
  return [...frames('pose'), number]
}

it('F5: what was published into the cut is counted as a gap, number by number', async () => {
  const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
  const proxy = await Proxy.to(boundTo(publisher))
  const subscriber = await bench.open('subscriber', proxy.endpoint, {
    options: { reconnectInterval: 50, reconnectMaxInterval: 200 },
    radio: { gaps: { sequence: { kind: 'number', type: 'u32', offset: 0 } } },
  })
  let sent = 0
  const publish = async (count: number) => {
    for (let n = 0; n < count; n++) await publisher.send(numbered(++sent))
  }
  const subscribed = () =>
    until(() => (publisher.info().status as { topics?: number }).topics === 1, { ...all, what: 'a subscription' })
  await subscribed()
  await publish(100)
  await until(() => subscriber.numbers().in.messages === 100, all)
  for (let round = 0; round < 3; round++) {
    const before = proxy.lost
    proxy.cut()
    await publish(50)
    await until(() => proxy.lost > before, { ...all, what: 'it to go into the cut' })
    const losses = () =>
      subscriber
        .timeline(0)
        .filter(({ kind }) => kind === 'lost')
        .reduce((n, e) => n + e.count, 0)
    const seen = losses()
    proxy.heal()
    await until(() => losses() > seen, { ...all, what: 'the loss to be seen' })
    await linked(subscriber)
    await subscribed()
    // A subscription that the publisher has not yet read is no subscription: from here on each is heard.
    const had = subscriber.numbers().in.messages
    await until(async () => {
      await publish(1)
      return subscriber.numbers().in.messages > had
    }, all)
    await publish(20)
    const got = () => subscriber.numbers().in.messages
    await until(() => lastOf() === sent, { ...all, what: 'the newest one' })
    await until(() => subscriber.radio.gaps().behind === 0, all)
    const { total } = subscriber.radio.gaps()
    expect(total).toMatchObject({ received: got(), missing: sent - got(), duplicates: 0, reordered: 0, restarts: 0 })
    expect(total.missing).toBeGreaterThanOrEqual(50 * (round + 1))
  }
  function lastOf(): number {
    const { last } = subscriber.numbers()
    const frame = subscriber.row(last)?.frames.at(-1)?.bytes
    return frame === undefined ? 0 : Buffer.from(frame).readUInt32LE(0)
  }
})

it('F5: a slow line in small pieces loses and reorders nothing', async () => {
  const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
  const proxy = await Proxy.to(boundTo(sink))
  proxy.latency = 20
  proxy.slice = 7
  const ventilator = await bench.open('ventilator', `>${proxy.endpoint}`)
  const sent = Array.from({ length: 200 }, (_, n) => [String(n), 'x'.repeat(n)])
  for (const parts of sent) await ventilator.send(frames(...parts))
  await until(() => sink.numbers().in.messages === 200, all)
  expect(rows(sink, 'in')).toEqual(sent)
})

it('F5: connections that are reset, ten times under traffic: each is said, and a client loses no answer', async () => {
  const server = await bench.open('server', 'tcp://127.0.0.1:*', { answer: { kind: 'echo' } })
  const proxy = await Proxy.to(boundTo(server))
  const client = await bench.open('client', proxy.endpoint, {
    tries: 1,
    deadline: DEADLINE,
    options: { reconnectInterval: 20, reconnectMaxInterval: 100 },
  })
  for (let n = 0; n < 10; n++) {
    await linked(client)
    const answer = client.ask(frames(`question ${n}`))
    proxy.reset()
    expect(Buffer.from((await answer).frames[0]!).toString()).toBe(`question ${n}`)
  }
  await says(client, 'connection lost')
  expect(client.numbers().in.messages).toBe(10)
})

const pub = `
import sys, time, zmq
pub = zmq.Context().socket(zmq.PUB)
pub.bind("tcp://10.77.0.2:5000")
pull = zmq.Context().socket(zmq.PULL)
pull.bind("tcp://10.77.0.2:5001")
push = zmq.Context().socket(zmq.PUSH)
push.connect(sys.argv[1])
print("ready", flush=True)
n = 0
while True:
    pub.send_string(str(n)); n += 1
    if push.poll(0, zmq.POLLOUT):
        push.send_string(str(n))
    while pull.poll(0):
        print("got " + pull.recv_string(), flush=True)
    time.sleep(0.05)
`

// The time that the kernel takes is fixed in engine/options.ts: 5 s of silence and 3 probes, or 8 s without an acknowledgement.
it('F4, F5: the cable is pulled (no FIN, no reset): a silent, a sending and a listening socket all find out within TCP’s own deadlines, and all are back by themselves', async ({
  skip,
}) => {
  const why = noCable()
  if (why !== undefined) skip(why)
  const cable = layCable()
  const cli = (...args: string[]) =>
    cable.start('left', `socketeer ${args.join(' ')}`, process.execPath, [built, ...args])
  const pull = cli('pull', `@tcp://${cable.left}:5558`)
  const sub = cli('sub', `tcp://${cable.right}:5000`)
  const push = cli('push', `>tcp://${cable.right}:5001`)
  await listeningOn(pull)
  const peer = cable.start('right', 'the peer', python, ['-c', pub, `tcp://${cable.left}:5558`])
  await sub.line((line) => line.length > 0)
  await pull.line((line) => line.startsWith('a peer connected'), 'err')
  push.write('one\n')
  await peer.line((line) => line === 'got one')
  const descriptors = () => [pull, sub, push].map(({ child }) => descriptorsOf(child.pid!) ?? 0)
  const had = descriptors()

  cable.plug(false)
  push.write('into the cut\n')
  await Promise.all([
    sub.line((line) => line.startsWith('lost the connection'), 'err'),
    push.line((line) => line.startsWith('lost the connection'), 'err'),
    pull.line((line) => line.startsWith('a peer left'), 'err'),
  ])
  const heard = sub.out.length
  cable.plug(true)
  const back = (lines: string[], what: string) => lines.filter((line) => line.startsWith(what)).length >= 2
  await until(
    () =>
      back(sub.err, 'connected to') &&
      back(push.err, 'connected to') &&
      back(pull.err, 'a peer connected') &&
      sub.out.length > heard,
    { deadline: 2 * DEADLINE, what: 'all three to be back' },
  )
  push.write('two\n')
  await peer.line((line) => line === 'got two')
  await until(() => descriptors().every((count, i) => count <= had[i]!), {
    ...all,
    what: 'their descriptors to be as before',
  })
}, 90_000)
