import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import type { RoleName } from '../../src-main/contract/index.js'
import { boundTo, frames, linked, settingsOf } from '../helpers/engine.js'
import { atEnd } from '../helpers/ending.js'
import { DEADLINE } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { says, useOracle } from './oracle.js'

// F3: a port is in use. The session says which and by what error, keeps its settings, holds nothing half bound, and opens when the port is free.

const bench = useOracle()

/** A program that is not ours, and not ZeroMQ, on a port. */
async function occupy() {
  const server = createServer((socket) => socket.on('error', () => undefined))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const free = async () => {
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  atEnd(free)
  return { address: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, free }
}

it.each<RoleName>(['server', 'publisher', 'ventilator', 'sink'])(
  'F3: a %s is refused with EADDRINUSE and the address, and opens once the port is free',
  async (role) => {
    const taken = await occupy()
    const session = await bench.engine.open(settingsOf(role, `@${taken.address}`))
    expect(session.state).toMatchObject({
      kind: 'failed',
      fault: {
        code: 'EADDRINUSE',
        message: `${taken.address} is in use by another program. Choose another port, close that program, or connect to it instead of binding.`,
      },
    })
    await says(session, 'could not bind EADDRINUSE')
    expect(session.alive).toBe(false)
    await expect(session.send(frames('x'))).rejects.toMatchObject({ code: 'NOT_OPEN' })
    await taken.free()
    await bench.engine.reopen(session.id, session.settings)
    expect(session.state).toEqual({ kind: 'open' })
    expect(boundTo(session)).toBe(taken.address)
  },
)

it('F3: of two addresses the second is taken: the first is given back, and another session can have it', async () => {
  const taken = await occupy()
  const probe = await bench.open('sink', 'tcp://127.0.0.1:*')
  const free = boundTo(probe)
  await probe.close()
  const both = await bench.engine.open(settingsOf('sink', [free, taken.address]))
  expect(both.state).toMatchObject({
    kind: 'failed',
    fault: { code: 'EADDRINUSE', detail: { address: taken.address } },
  })
  const sink = await bench.open('sink', free)
  const ventilator = await bench.open('ventilator', `>${free}`)
  await linked(ventilator)
  await ventilator.send(frames('mine alone'))
  await until(() => sink.numbers().in.messages === 1, { deadline: DEADLINE })
})
