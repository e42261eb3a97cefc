import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Fault, roleNames } from '../../src-main/contract/index.js'
import { parseEndpoint } from '../../src-main/engine/endpoint.js'
import { frames, settingsOf } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { useOracle } from './oracle.js'

// F11: an endpoint that is none. It is refused before a socket exists, with the place and the reason, whichever role and end it is for. (The grammar, with some 70 texts and
// parse(format(x)) = x: test/engine/endpoint.test.ts.)

const bench = useOracle()

/** What libzmq itself would take, or try to (P13), and what people type. */
const bad = [
  '',
  'tcp',
  'tcp://127.0.0.1:99999',
  'tcp://127.0.0.1:0',
  'tcp://127.0.0.1',
  'tcp://10.0.0.1:1;10.0.0.2:2',
  'tcp://eth0;10.0.0.2:2',
  'tcp://a b:1',
  'tcp://127.0.0.1:5555\u0000:x',
  'ws://127.0.0.1:5555',
  'wss://127.0.0.1:5555',
  'udp://239.0.0.1:5555',
  'pgm://eth0;239.1.1.1:5555',
  'norm://eth0;239.1.1.1:5555',
  'tipc://{5560,0,0}',
  'vmci://*:*',
  'hyperv://x',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'http://127.0.0.1:5555',
  'ipc://',
  `ipc:///${'a'.repeat(200)}`,
  'inproc://',
  'tcp://[::g]:1',
  'tcp://::1:5555',
]

describe.each(roleNames)('F11: a %s', (role) => {
  it('refuses each with the place and the reason, holds no socket, and can be mended', async () => {
    const descriptors = readdirSync('/proc/self/fd').length
    for (const address of bad)
      for (const end of ['@', '>']) {
        const session = await bench.engine.open(settingsOf(role, `${end}${address}`, forward(role)))
        const { state } = session
        if (state.kind !== 'failed') throw new Error(`${role} ${end}${address} is ${state.kind}`)
        expect(state.fault.code, address).toBe('BAD_ENDPOINT')
        expect(state.fault.detail?.['at'], address).toBeGreaterThan(0)
        expect(state.fault.message.length, address).toBeGreaterThan(20)
        expect(session.alive).toBe(false)
        await expect(session.send(frames('x'))).rejects.toBeInstanceOf(Fault)
        await bench.engine.forget(session.id)
      }
    await until(() => readdirSync('/proc/self/fd').length <= descriptors, { what: 'descriptors to be as before' })
    const mended = await bench.engine.open(settingsOf(role, `@tcp://127.0.0.1:99999`, forward(role)))
    await bench.engine.reopen(mended.id, settingsOf(role, '@tcp://127.0.0.1:*', forward(role)))
    expect(mended.state).toEqual({ kind: 'open' })
  })
})

it('F11: of 200 made-up texts, opening each throws nothing: it is refused as the parser says, or it is on the allow-list', async () => {
  const piece = fc.constantFrom(
    ...'tcp:// ipc:// inproc:// ws:// : ; @ > * [ ] 127.0.0.1 ::1 5555 99999 / \0 % é'.split(' '),
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 6 }).map((parts) => parts.join('')),
  )
  for (const address of fc.sample(text, 200)) {
    const refused = reason(address)
    // What is allowed may reach other machines, or leave a file: not tried here, only asked.
    if (refused === undefined) {
      expect(parseEndpoint(address.replace(/^[@>]/, ''), 'connect').address).toMatch(
        /^(tcp:\/\/[^\0;]+|(ipc|inproc):\/\/[^\0]+)$/,
      )
      continue
    }
    const session = await bench.engine.open(settingsOf('client', `>${address}`))
    expect(session.state, JSON.stringify(address)).toMatchObject({ kind: 'failed', fault: { code: 'BAD_ENDPOINT' } })
    await bench.engine.forget(session.id)
  }
})

function reason(address: string): unknown {
  try {
    parseEndpoint(address.replace(/^[@>]/, ''), 'connect')
    return undefined
  } catch (error) {
    return error
  }
}

function forward(role: string): object {
  return role === 'worker' ? { forward: settingsOf('ventilator', '>tcp://127.0.0.1:9').endpoints } : {}
}
