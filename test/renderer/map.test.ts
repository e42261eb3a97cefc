import { describe, expect, test } from 'vitest'
import type { Endpoint, Link, RoleName, SessionInfo } from '../../src-main/contract/index.js'
import './browser-things.js'
import { info, numbers } from './fake-caller.js'

const { addressOf, comesOutAt } = await import('../../src-renderer/map/place.js')
const { planMap, withoutNews } = await import('../../src-renderer/map/plan.js')
const { arrangeMap, groupsOf, nextBox } = await import('../../src-renderer/map/layout.js')
const { diagnostics } = await import('../../src-renderer/about/diagnostics.js')

const link = (method: Endpoint['method'], address: string, more: Partial<Link> = {}): Link => ({
  index: 0,
  side: 'in',
  method,
  address,
  actual: address,
  state: method === 'bind' ? 'listening' : 'up',
  peers: method === 'bind' ? 0 : 1,
  since: 0,
  ...more,
})
const session = (id: string, role: RoleName, links: Link[], more: Partial<SessionInfo> = {}): SessionInfo =>
  info(id, role, { links, ...more })

/** `a → b` for each line, in words that a person reads. */
const lines = (sessions: SessionInfo[]): string[] => planMap(sessions).edges.map(({ id }) => id)
const peers = (sessions: SessionInfo[]) =>
  planMap(sessions).nodes.flatMap((node) =>
    node.kind === 'peer' ? [[node.column, node.count, node.there, node.session]] : [],
  )

describe('an address', () => {
  test('says how far it reaches', () => {
    const kinds = ['tcp://127.0.0.1:1', 'tcp://[::1]:1', 'tcp://localhost:1', 'tcp://0.0.0.0:1', 'tcp://10.0.0.7:1']
    expect(kinds.map((text) => addressOf(text).kind)).toEqual(['machine', 'machine', 'machine', 'network', 'network'])
    expect(addressOf('inproc://a').kind).toBe('inside')
    expect(addressOf('ipc:///tmp/a').kind).toBe('file')
  })
  test('is the same place by whatever name; a port bound for every address is reached by loopback too', () => {
    const at = (text: string) => addressOf(text)
    expect(comesOutAt(at('tcp://localhost:5'), at('tcp://127.0.0.1:5'))).toBe(true)
    expect(comesOutAt(at('tcp://127.0.0.1:5'), at('tcp://0.0.0.0:5'))).toBe(true)
    expect(comesOutAt(at('tcp://127.0.0.1:5'), at('tcp://*:5'))).toBe(true)
    expect(comesOutAt(at('tcp://[::1]:5'), at('tcp://[::]:5'))).toBe(true)
    expect(comesOutAt(at('tcp://10.0.0.7:5'), at('tcp://0.0.0.0:5'))).toBe(false)
    expect(comesOutAt(at('tcp://127.0.0.1:5'), at('tcp://127.0.0.1:6'))).toBe(false)
  })
})

describe('the plan of the map', () => {
  const place = 'tcp://127.0.0.1:5555'

  /** client ──▶ [:5555] ──▶ server */
  test('two of ours meet at one address, in the direction in which messages go, and are nobody else', () => {
    const both = [
      session('s', 'server', [link('bind', place, { peers: 1 })]),
      session('c', 'client', [link('connect', 'tcp://localhost:5555', { actual: place })]),
    ]
    expect(lines(both)).toEqual([`at ${place}→s`, `c→at ${place}`])
    expect(peers(both)).toEqual([])
    expect(planMap(both).nodes.map(({ id, column }) => [id, column])).toEqual([
      ['s', 2],
      ['c', 0],
      [`at ${place}`, 1],
    ])
  })

  test('who has come besides ours is somebody: on the side where ours are not, counted, with the workers of a group each for itself', () => {
    const server = session('s', 'server', [link('bind', place, { peers: 3 })])
    const client = session('c', 'client', [link('connect', place)])
    expect(peers([server, client])).toEqual([[0, 2, true, 's']])
    const ventilator = session('v', 'ventilator', [link('bind', place, { peers: 5 })])
    const group = session('w', 'worker', [
      link('connect', place, { peers: 4 }),
      link('connect', 'tcp://127.0.0.1:6', { side: 'out', index: 1, peers: 4 }),
    ])
    const sink = session('k', 'sink', [link('bind', 'tcp://127.0.0.1:6', { peers: 4 })])
    expect(peers([ventilator, group, sink])).toEqual([[2, 1, true, 'v']])
    expect(lines([ventilator, group, sink])).toEqual([
      `v→at ${place}`,
      `at ${place}→w`,
      `at ${place}→peer at ${place}`,
      'at tcp://127.0.0.1:6→k',
      'w→at tcp://127.0.0.1:6',
    ])
  })

  test('where others listen, it is known whether somebody is there, and not how many', () => {
    const up = session('u', 'subscriber', [link('connect', place)])
    expect(peers([up])).toEqual([[0, 0, true, 'u']])
    const down = session('u', 'subscriber', [link('connect', place, { state: 'waiting', peers: 0 })])
    expect(peers([down])).toEqual([[0, 0, false, 'u']])
    expect(peers([session('i', 'sink', [link('connect', 'inproc://a', { peers: 0 })])])).toEqual([])
  })

  test('what is closed keeps its places; a port that is chosen when it is bound is nobody else’s; a recording has none', () => {
    const closed = { state: { kind: 'closed' } } as const
    const wild = (id: string) =>
      session(id, 'server', [], {
        ...closed,
        settings: { ...info(id, 'server').settings, endpoints: [{ method: 'bind', address: 'tcp://127.0.0.1:*' }] },
      })
    const plan = planMap([wild('a'), wild('b')])
    expect(plan.nodes.filter(({ kind }) => kind === 'place')).toHaveLength(2)
    expect(plan.edges.map(({ tone }) => tone)).toEqual(['off', 'off'])
    const recorded = { file: 'a.mcap', label: '', from: 0, to: 1, messages: 0, missing: 0 }
    expect(planMap([session('r', 'sink', [], { ...closed, recorded })])).toMatchObject({
      nodes: [{ id: 'r' }],
      edges: [],
    })
  })

  test('a stranger is believed at the second look: one end of our own connection may be told first', () => {
    const plan = planMap([session('s', 'server', [link('bind', place, { peers: 1 })])])
    const ids = new Set(plan.nodes.map(({ id }) => id))
    expect(withoutNews(plan, new Set(['s', `at ${place}`]))).toMatchObject({ nodes: [{ id: 's' }, {}], edges: [{}] })
    expect(withoutNews(plan, ids).nodes).toHaveLength(3)
    expect(withoutNews(plan, undefined)).toBe(plan)
  })
})

describe('the layout of the map', () => {
  const box = (id: string, column: number) => ({ id, column, width: 100, height: 50 })

  test('groups stand in rows beside each other as far as there is room, and nothing lies on anything', () => {
    const boxes = [box('a', 0), box('b', 4), box('c', 2), box('d', 0), box('e', 2), box('f', 0), box('g', 1)]
    const edges = [
      { from: 'a', to: 'c' },
      { from: 'c', to: 'b' },
      { from: 'd', to: 'e' },
    ]
    expect(groupsOf(boxes, edges).map((group) => group.map(({ id }) => id))).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
      ['f'],
      ['g'],
    ])
    const places = arrangeMap(boxes, edges)
    const at = boxes.map((each) => ({ ...each, ...places.get(each.id)! }))
    for (const one of at)
      for (const other of at)
        if (one !== other) expect(Math.abs(one.x - other.x) >= 100 || Math.abs(one.y - other.y) >= 50).toBe(true)
    expect(at.find(({ id }) => id === 'f')?.y).toBe(at.find(({ id }) => id === 'd')?.y)
  })

  test('an arrow key goes to the nearest in that direction, or nowhere', () => {
    const at = (id: string, x: number, y: number) => ({ id, x, y, width: 10, height: 10 })
    const boxes = [at('a', 0, 0), at('b', 50, 5), at('c', 40, 60), at('d', 0, 70)]
    expect(nextBox('a', 'ArrowRight', boxes)).toBe('b')
    expect(nextBox('a', 'ArrowDown', boxes)).toBe('d')
    expect(nextBox('a', 'ArrowLeft', boxes)).toBeUndefined()
    expect(nextBox('a', 'x', boxes)).toBeUndefined()
  })
})

test('diagnostics have versions, states, drivers and figures, and nothing that anybody wrote', () => {
  const fault = { code: 'EADDRINUSE', message: 'tcp://10.9.8.7:1 is in use', detail: { address: 'tcp://10.9.8.7:1' } }
  const radio = session('u', 'subscriber', [link('connect', 'tcp://10.9.8.7:1')], {
    settings: { ...info('u', 'subscriber').settings, name: 'topsecret' },
    driverWhy: { reason: 'asked', detail: '' },
  })
  const failed = session('s', 'server', [], { state: { kind: 'failed', fault } })
  const still = { messages: 3, bytes: 9, rate1: 0, rate10: 0 }
  const text = diagnostics({
    app: { version: '1', host: 'browser', versions: { libzmq: '4.3.5' }, platform: 'linux x64', notices: [] },
    receive: { wish: 'portable', by: 'preferences', unavailable: 'no /home/topsecret' },
    agent: 'a browser',
    sessions: [
      { info: radio, numbers: numbers('u', { in: still }) },
      { info: failed, numbers: numbers('s') },
    ],
    engine: { sessions: 1, sessionLimit: 64, kept: 5, poolLimit: 10 },
    notices: [{ id: 1, time: 0, level: 'error', fault }],
  })
  expect(text).toContain('libzmq 4.3.5')
  expect(text).toContain('portable (preferences), receiving thread does not work')
  expect(text).toContain('1. subscriber, open, driver portable (asked)')
  expect(text).toContain('in 3 messages 9 bytes')
  expect(text).toContain('connect tcp, beyond this machine: up, peers 1')
  expect(text).toContain('2. server, failed (EADDRINUSE)')
  expect(text).toContain('1970-01-01T00:00:00.000Z error EADDRINUSE')
  for (const written of ['topsecret', '10.9.8.7', 'is in use']) expect(text).not.toContain(written)
})
