import { afterEach, expect, it } from 'vitest'
import { resolver } from '../../src-main/engine/resolve.js'
import { boundTo, frames, linked } from '../helpers/engine.js'
import { DEADLINE } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { linkWords, says, useOracle } from './oracle.js'

// F21: the name server does not answer. Only the endpoint with that name waits, and says for what; libzmq, which would stall all of its sockets (#2961), never hears of a name.

const bench = useOracle()
const all = { deadline: DEADLINE }
const { lookup } = resolver
afterEach(() => {
  resolver.lookup = lookup
})

it('F21: other sessions are not held up, the one that waits says so, gives up on that try by itself, and is there when names are known again', async () => {
  let asked = 0
  resolver.lookup = (() => {
    asked++
    return new Promise(() => undefined)
  }) as typeof resolver.lookup
  const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
  const port = boundTo(sink).split(':')[2] ?? ''
  const waits = await bench.open('ventilator', [`>tcp://robot.lan:${port}`])
  const closes = await bench.open('client', '>tcp://robot.lan:9')
  await waits.send(frames('kept'))
  expect(linkWords(waits)).toBe('looking up the name')

  const server = await bench.open('server', 'tcp://127.0.0.1:*', { answer: { kind: 'echo' } })
  const client = await bench.open('client', boundTo(server))
  await linked(client)
  for (let n = 0; n < 20; n++) await client.ask(frames(String(n)))
  expect(linkWords(waits)).toBe('looking up the name')
  expect(asked).toBe(2)
  await closes.close()
  expect(closes.state).toEqual({ kind: 'closed' })

  await says(waits, 'host name not found UNKNOWN_HOST')
  expect(waits.info().links[0]?.fault?.message).toBe(
    'Host “robot.lan” cannot be found: no answer within 5 s. Check the spelling, or write its IP address.',
  )
  expect(waits.info().links[0]?.actual).toBe('')
  resolver.lookup = (() => Promise.resolve([{ address: '127.0.0.1', family: 4 }])) as unknown as typeof resolver.lookup
  await until(() => sink.numbers().in.messages === 1, all)
  // What libzmq was given is a number.
  expect(waits.info().links[0]).toMatchObject({ state: 'up', actual: `tcp://127.0.0.1:${port}` })
})
