import { expect, it } from 'vitest'
import { Clients } from '../../src-main/engine/clients.js'

const identity = (n: number) => new Uint8Array(new Uint32Array([n]).buffer)

/** Asks as client n; row n. */
function ask(clients: Clients, n: number, time = n): number {
  const source = clients.source(identity(n))
  clients.asked(source, n, time)
  return source
}

it('forgets the one that has been silent longest for one too many, but never one that waits while another does not', () => {
  const clients = new Clients()
  for (let n = 1; n <= 10_000; n++) {
    const source = ask(clients, n)
    if (n > 1) clients.settled(source, n, n)
  }
  const { revision } = clients.changes(0)
  ask(clients, 10_001)
  expect(clients.size).toBe(10_000)
  expect(clients.changes(revision)).toMatchObject({ whole: false, clients: [{ source: 10_001 }], gone: [2] })
  expect(clients.list()[0]).toMatchObject({ source: 1, waiting: 1 })
})

it('gives everything to whoever has not asked for longer than it remembers', () => {
  const clients = new Clients()
  for (let n = 1; n <= 10_000; n++) clients.settled(ask(clients, n), n, n)
  const { revision } = clients.changes(0)
  for (let n = 10_001; n <= 30_001; n++) clients.settled(ask(clients, n), n, n)
  expect(clients.changes(revision)).toMatchObject({ whole: true, gone: [] })
  expect(clients.changes(revision).clients).toHaveLength(10_000)
})

it('counts what waits by row, whatever is settled twice', () => {
  const clients = new Clients()
  const source = ask(clients, 1, 100)
  clients.asked(source, 2, 200)
  clients.settled(source, 1, 300)
  clients.settled(source, 1)
  expect(clients.list()[0]).toMatchObject({ waiting: 1, oldest: { seq: 2, time: 200 }, asked: 200, answered: 300 })
  clients.abandon()
  expect(clients.list()[0]).toMatchObject({ waiting: 0, oldest: undefined, questions: 2 })
})
