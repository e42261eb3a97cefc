import { beforeEach, describe, expect, test } from 'vitest'
import { Fault, type RequestName, type SessionInfo } from '../../src-main/contract/index.js'
import type { Workbench } from '../../src-renderer/state/workbench.svelte.js'
import { until } from '../helpers/until.js'
import { local, session } from './browser-things.js'
import { FakeCaller, info } from './fake-caller.js'

const { broadcastDesk } = await import('../../src-renderer/desks/radio/broadcast/broadcast.svelte.js')
const { anyNumber, wholeNumber } = await import('../../src-renderer/desks/radio/broadcast/numbers.js')
const { ProfileState } = await import('../../src-renderer/state/profile.svelte.js')
const { SessionView } = await import('../../src-renderer/state/session.svelte.js')
const { SessionPane } = await import('../../src-renderer/parts/session-pane.svelte.js')

type Answers = Partial<Record<RequestName, (args: never) => unknown>>

function deskOf(answers: Answers = {}, more: Partial<SessionInfo> = {}) {
  const caller = new FakeCaller({
    'session.repeat': () => undefined,
    'radio.generate': () => undefined,
    'radio.lines': () => ({ feed: 1 }),
    'radio.feed': ({ end }: { end: boolean }) => ({ wanted: !end }),
    'radio.stopLines': () => undefined,
    ...answers,
  })
  const view = new SessionView(caller, info('p', 'publisher', more))
  const bench = { caller, profile: new ProfileState(caller) } as unknown as Workbench
  const pane = new SessionPane(bench, view)
  return { caller, pane, view, desk: broadcastDesk(pane) }
}

beforeEach(() => {
  session.clear()
  local.clear()
})

test.each([
  ['12', 12, 12],
  [' 7 ', 7, 7],
  ['1.5', undefined, 1.5],
  ['−2', undefined, -2],
  ['1e3', undefined, 1000],
  ['', undefined, undefined],
  ['0x10', undefined, undefined],
  ['Infinity', undefined, undefined],
  ['1 000', undefined, undefined],
])('%j is read as %s, or as %s', (text, whole, any) => {
  expect([wholeNumber(text, 0, 100), anyNumber(text)]).toEqual([whole, any])
})

describe('a publisher', () => {
  test('says its topic first, and knows whether somebody asked for it', () => {
    const { desk, view } = deskOf()
    expect([desk.listened, desk.asksFor('vehicle/speed')]).toEqual([false, false])
    desk.topic = 'vehicle/speed'
    expect(desk.framed([Uint8Array.of(1)]).map((frame) => [...frame])).toEqual([[...Buffer.from('vehicle/speed')], [1]])
    const now = info('p', 'publisher')
    const subscriptions = [{ topic: 'veh', count: 1 }]
    view.change({ ...now, status: { ...now.status, subscriptions } as typeof now.status })
    expect([desk.listened, desk.asksFor('vehicle/speed'), desk.asksFor('imu')]).toEqual([true, true, false])
  })

  test('on a timer sends what stands in the composer, with its topic', async () => {
    const { desk, pane, caller } = deskOf()
    desk.topic = 't'
    pane.composer.type(0, 'hello')
    desk.timer.every = '0'
    expect(desk.timer.blocked).toContain('Whole numbers')
    await desk.timer.start()
    expect(caller.asked('session.repeat')).toEqual([])
    desk.timer.every = '20'
    desk.timer.times = '5'
    await desk.timer.start()
    expect(caller.asked('session.repeat')).toMatchObject([
      { id: 'p', count: 5, every: 20, frames: [Buffer.from('t'), Buffer.from('hello')].map((b) => Uint8Array.from(b)) },
    ])
  })
})

describe('made-up signals', () => {
  test('are sent as they are typed: only the numbers that a shape has, in total no more than may be', async () => {
    const { desk, caller } = deskOf()
    const { generator } = desk
    generator.use('limit')
    generator.add()
    expect([generator.total, generator.over]).toEqual([50_100, true])
    expect(generator.blocked).toContain('50,100')
    await generator.start()
    expect(caller.asked('radio.generate')).toEqual([])
    generator.remove(0)
    generator.change(0, { topic: 'a', amplitude: '-2.5', offset: 'much' })
    expect([generator.bad(generator.rows[0]!, 'offset'), generator.blocked !== undefined]).toEqual([true, true])
    generator.change(0, { shape: 'vehicle' })
    await generator.start()
    generator.change(0, { shape: 'noise', offset: '1', format: 'binary' })
    await generator.start()
    expect(caller.asked('radio.generate')).toEqual([
      { id: 'p', channels: [{ topic: 'a', rate: 100, format: 'json', shape: { kind: 'vehicle' } }] },
      {
        id: 'p',
        channels: [{ topic: 'a', rate: 100, format: 'binary', shape: { kind: 'noise', amplitude: -2.5, offset: 1 } }],
      },
    ])
  })

  test('are kept as typed; the last channel stays', () => {
    const first = deskOf()
    first.desk.generator.use('rig')
    first.desk.generator.remove(1)
    first.desk.generator.change(0, { rate: 'fast' })
    const again = deskOf().desk.generator
    expect(again.rows.map(({ topic, rate }) => [topic, rate])).toEqual([
      ['vehicle/state', 'fast'],
      ['battery/temperature', '2'],
      ['lights/indicator', '10'],
    ])
    for (let i = 0; i < 5; i++) again.remove(0)
    expect(again.rows).toHaveLength(1)
  })

  test('what was kept and is no channel is forgotten', () => {
    const { pane } = deskOf()
    pane.bench.profile.setDraft('channels p publisher tcp://127.0.0.1:5000', '[{"topic":1}]')
    expect(deskOf().desk.generator.rows[0]!.shape).toBe('vehicle')
  })
})

describe('a file line by line', () => {
  const fileOf = (size: number) => new File([new Uint8Array(size).fill(0x61)], 'log.txt')

  test('is read a piece at a time, the next when it is asked for', async () => {
    const waiting: ((wanted: boolean) => void)[] = []
    const { desk, caller } = deskOf({
      'radio.feed': ({ end }: { end: boolean }) =>
        end ? { wanted: false } : new Promise((resolve) => waiting.push((wanted) => resolve({ wanted }))),
    })
    const { file } = desk
    expect(file.blocked).toContain('Pick a file')
    file.pick(fileOf(600 * 1024))
    file.rate = '1000'
    await file.start('t')
    expect(caller.asked('radio.lines')).toEqual([
      {
        id: 'p',
        lines: {
          name: 'log.txt',
          size: 600 * 1024,
          topic: 't',
          format: 'text',
          head: false,
          pace: { kind: 'rate', rate: 1000 },
        },
      },
    ])
    const sizes = () =>
      (caller.asked('radio.feed') as { bytes: Uint8Array; end: boolean }[]).map(({ bytes, end }) => [bytes.length, end])
    await until(() => waiting.length === 1, { what: 'the first piece' })
    expect(sizes()).toEqual([[262_144, false]])
    waiting[0]!(true)
    await until(() => waiting.length === 2, { what: 'the second piece' })
    waiting[1]!(true)
    await until(() => sizes().length === 3, { what: 'the last piece' })
    expect(sizes()[2]).toEqual([600 * 1024 - 2 * 262_144, true])
  })

  test('stops being read when it is no longer wanted, and an empty one ends at once', async () => {
    const { desk, caller } = deskOf({ 'radio.feed': () => ({ wanted: false }) })
    desk.file.pick(fileOf(600 * 1024))
    await desk.file.start('')
    await until(() => caller.asked('radio.feed').length === 1, { what: 'a piece' })
    desk.file.pick(fileOf(0))
    await desk.file.start('')
    await until(() => caller.asked('radio.feed').length === 2, { what: 'nothing to be brought' })
    expect(caller.asked('radio.feed')[1]).toMatchObject({ end: true, bytes: new Uint8Array() })
  })

  test('paced by a column or by a path; what cannot be is told before, and what the engine refuses after', async () => {
    const { desk, caller } = deskOf()
    const { file } = desk
    file.pick(fileOf(3))
    file.pace = 'time'
    for (const [column, bad] of [
      ['', true],
      ['0', true],
      ['3', false],
      ['header.stamp', false],
    ] as const) {
      // prettier-ignore
      file.column = column
      expect(file.columnBad).toBe(bad)
    }
    file.unit = 'ns'
    file.speed = '0'
    expect(file.blocked).toContain('Speed')
    file.speed = '2'
    await file.start('')
    file.column = ' 3 '
    await file.start('')
    const paces = (caller.asked('radio.lines') as { lines: { pace: unknown } }[]).map(({ lines }) => lines.pace)
    expect(paces).toEqual([
      { kind: 'time', column: 'header.stamp', unit: 'ns', speed: 2 },
      { kind: 'time', column: 3, unit: 'ns', speed: 2 },
    ])
    caller.answers = {
      'radio.lines': () => {
        throw new Fault('BAD_PATH', 'no such path')
      },
    }
    await file.start('')
    expect(file.fault).toMatchObject({ code: 'BAD_PATH' })
  })

  test('one that is taken away while it is read stops, and says so', async () => {
    const { desk, caller } = deskOf()
    const gone = fileOf(10)
    gone.slice = () => ({ arrayBuffer: () => Promise.reject(new Error('NotReadableError')) }) as unknown as Blob
    desk.file.pick(gone)
    await desk.file.start('')
    await until(() => desk.file.fault !== undefined, { what: 'the fault' })
    expect(desk.file.fault!.message).toContain('log.txt can no longer be read')
    expect(caller.asked('radio.stopLines')).toHaveLength(1)
  })
})
