import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Fault, PROTOCOL_VERSION, type Port } from '../../src-main/contract/index.js'
import { memoryPortPair } from '../../src-main/bridge/memory-port.js'
import { Connection, type ConnectionState } from '../../src-renderer/bridge/connection.js'

/**
 *     page            engine
 *      | <--- hello ---- |     attach, then up
 *      | ~~~ closed ~~~~ |     lost; after a pause, another line
 *      | <--- hello ---- |     attach again
 */
function line(version = PROTOCOL_VERSION) {
  const engines: Port[] = []
  const states: ConnectionState[] = []
  let attached = 0
  const connection = new Connection({
    open: () => {
      const [page, engine] = memoryPortPair()
      engines.push(engine)
      engine.send({ kind: 'hello', version })
      return page
    },
    attach: async () => {
      attached++
    },
    changed: (state) => states.push(state),
  })
  return { connection, engines, states, attached: () => attached }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

/** Lets frames that are on their way arrive. */
const settle = () => vi.advanceTimersByTimeAsync(20)

describe('the line to the engine', () => {
  test('comes back after it is lost, and attaches anew each time', async () => {
    const { connection, engines, states, attached } = line()
    connection.connect()
    await settle()
    engines[0]?.close()
    await settle()
    expect(states).toEqual(['up', 'lost'])
    await vi.advanceTimersByTimeAsync(300)
    expect(states).toEqual(['up', 'lost', 'up'])
    expect(attached()).toBe(2)
    connection.close()
  })

  test('waits longer after each try that fails, but never long', async () => {
    const { connection, engines } = line()
    connection.connect()
    for (let i = 0; i < 8; i++) {
      // Closed before its hello is heard: it was never up.
      engines.at(-1)?.close()
      const before = engines.length
      await vi.advanceTimersByTimeAsync(4100)
      expect(engines.length).toBeGreaterThan(before)
    }
    connection.close()
  })

  test('calls while it is down are refused, with a code', async () => {
    const { connection } = line()
    await expect(connection.call('app.info')).rejects.toMatchObject({ code: 'PORT_CLOSED' })
  })

  test('calls that were out when it broke are refused, not left hanging', async () => {
    const { connection, engines } = line()
    connection.connect()
    await settle()
    const call = connection.call('app.info')
    const outcome = expect(call).rejects.toBeInstanceOf(Fault)
    engines[0]?.close()
    await settle()
    await outcome
    connection.close()
  })

  test('who listens once hears every line to come', async () => {
    const { connection, engines } = line()
    const heard: string[] = []
    connection.on('gone', ({ id }) => heard.push(id))
    connection.connect()
    await settle()
    engines[0]?.send({ kind: 'event', name: 'gone', value: { id: 'a' } })
    await settle()
    engines[0]?.close()
    await vi.advanceTimersByTimeAsync(300)
    engines[1]?.send({ kind: 'event', name: 'gone', value: { id: 'b' } })
    await settle()
    expect(heard).toEqual(['a', 'b'])
    connection.close()
  })

  test('an engine of another version is not tried again: the page must be loaded anew', async () => {
    const { connection, engines, states } = line(PROTOCOL_VERSION + 1)
    connection.connect()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(states).toEqual(['refused'])
    expect(engines).toHaveLength(1)
  })
})
