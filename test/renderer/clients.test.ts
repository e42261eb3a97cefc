import { expect, test } from 'vitest'
import type { ClientChanges, ClientInfo } from '../../src-main/contract/index.js'
import { until } from '../helpers/until.js'
import './browser-things.js'
import { FakeCaller } from './fake-caller.js'

const { ALL, ClientList, clientName } = await import('../../src-renderer/desks/chat/clients/clients.svelte.js')

const client = (source: number, more: Partial<ClientInfo> = {}): ClientInfo => ({
  source,
  identity: `00abcd${source.toString(16).padStart(4, '0')}`,
  name: '',
  waiting: 0,
  oldest: undefined,
  questions: 1,
  asked: 1,
  answered: 0,
  ...more,
})

/** A list, and an engine that tells these changes one after the other. */
function listOf(...told: Partial<ClientChanges>[]) {
  const empty = { revision: 1, whole: false, clients: [], gone: [] }
  const caller = new FakeCaller({
    'session.clients': () => ({ ...empty, ...told.shift() }),
    'session.nameClient': () => undefined,
  })
  return { caller, list: new ClientList(caller, 's1') }
}
const sources = (list: { found: readonly ClientInfo[] }) => list.found.map(({ source }) => source)

test('it asks for changes only, and keeps the order of arrival', async () => {
  const { list, caller } = listOf(
    { revision: 7, whole: true, clients: [client(1), client(2)] },
    { revision: 9, clients: [client(1, { waiting: 1 }), client(3)], gone: [2] },
  )
  list.refresh()
  await until(() => list.all.length === 2)
  list.pick(2)
  list.refresh()
  list.refresh()
  await until(() => list.all.some(({ source }) => source === 3))
  expect(sources(list)).toEqual([1, 3])
  expect(list.get(1)?.waiting).toBe(1)
  // Whoever was looked at has been forgotten: everybody is.
  expect(list.picked).toBe(ALL)
  expect(caller.asked('session.clients')).toEqual([
    { id: 's1', since: 0 },
    { id: 's1', since: 7 },
  ])
})

test('another engine’s clients replace all there were', async () => {
  const { list } = listOf(
    { revision: 7, whole: true, clients: [client(1), client(2)] },
    { revision: 3, whole: true, clients: [client(1, { name: 'new' })] },
  )
  list.refresh()
  await until(() => list.all.length === 2)
  list.refresh()
  await until(() => list.all.length === 1)
  expect(list.get(1)?.name).toBe('new')
})

test('the keys go through those that were found, everybody first', async () => {
  const { list } = listOf({
    whole: true,
    clients: [client(1, { name: 'sim-left' }), client(2), client(3, { name: 'sim-right' })],
  })
  list.refresh()
  await until(() => list.all.length === 3)
  list.step(1)
  expect(list.picked).toBe(1)
  list.find = 'SIM'
  expect(sources(list)).toEqual([1, 3])
  list.step(1)
  expect(list.picked).toBe(3)
  list.step(Infinity)
  expect(list.picked).toBe(3)
  list.step(-Infinity)
  expect([list.picked, list.at]).toEqual([ALL, 0])
  list.pick(2)
  expect(list.at).toBe(-1)
})

test('a client is called by its name, by an identity that is text, or by number', () => {
  const hex = (text: string) => Buffer.from(text).toString('hex')
  expect(clientName(client(4, { name: 'sim' }))).toBe('sim')
  expect(clientName(client(4, { identity: hex('控制台') }))).toBe('控制台')
  expect(clientName(client(4, { identity: hex('a\u202eb') }))).toBe('a⟨U+202E⟩b')
  expect(clientName(client(4, { identity: hex(' ') }))).toBe('client 4 · 20')
  expect(clientName(client(4))).toBe('client 4 · 0004')
})
