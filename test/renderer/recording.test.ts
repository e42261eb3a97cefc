import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { RecordingSettingsSchema, ReplaySettingsSchema } from '../../src-main/contract/index.js'
import './browser-things.js'
import { FakeCaller, info, numbers } from './fake-caller.js'
import { pageBytes } from './page-bytes.js'

const { RecordMore } = await import('../../src-renderer/recording/record-more.svelte.js')
const { COLUMNS, densityOf, ReplayPart } = await import('../../src-renderer/recording/replay-part.svelte.js')
const { SessionView } = await import('../../src-renderer/state/session.svelte.js')

function taken(more: InstanceType<typeof RecordMore>) {
  const read = more.read()
  if ('fault' in read) throw new Error(read.fault.message)
  return v.parse(RecordingSettingsSchema, { sessions: 'all', ...read.more })
}
function refused(read: object): string {
  return 'fault' in read ? (read.fault as { message: string }).message : ''
}

describe('what a recording can be told besides what to record', () => {
  test('untouched, it is what the contract takes for nothing said, and says that nothing is set', () => {
    const more = new RecordMore()
    expect(taken(more)).toEqual(v.parse(RecordingSettingsSchema, { sessions: 'all' }))
    expect(more.changed).toBe(0)
  })

  test('MiB become bytes, minutes seconds, a local time the moment it is; all of it is counted', () => {
    const more = new RecordMore()
    more.typed = { splitBytes: '1.5', splitSeconds: '60', stopBytes: '2', stopAfter: ' 30 ', every: '5' }
    more.at = '2027-01-02T03:04:05'
    more.json = false
    expect(taken(more)).toMatchObject({
      splitBytes: 1_572_864,
      splitSeconds: 60,
      stopBytes: 2_097_152,
      stopAfter: 30,
      every: 300,
      at: new Date(2027, 0, 2, 3, 4, 5).getTime(),
      json: false,
    })
    expect(more.changed).toBe(7)
  })

  test.each([
    ['topic', { topic: 'speed' }],
    ['text', { text: 'speed' }],
    ['regex', { regex: 'speed' }],
    ['json', { json: { path: 'speed', is: '>', value: '3' } }],
  ] as const)('a trigger of kind %s looks for what was typed', (kind, filter) => {
    const more = new RecordMore()
    Object.assign(more, { trigger: kind, pattern: 'speed', is: '>', value: '3', before: '5', after: '0', again: true })
    expect(taken(more).trigger).toEqual({ on: { kind: 'message', filter }, before: 5, after: 0, again: true })
  })

  test('a gap needs nothing to look for', () => {
    const more = new RecordMore()
    more.trigger = 'gap'
    expect(taken(more).trigger).toEqual({ on: { kind: 'gap' }, before: 0, after: 10, again: false })
  })

  test.each(['0', '-1', 'ten', '1e3', '1,5', 'Infinity'])(
    'a size of “%s” is refused with its field and bounds',
    (text) => {
      const more = new RecordMore()
      more.typed.splitBytes = text
      expect(refused(more.read())).toBe(`New file after (MiB): “${text}” is not a number from 1 to 1000000.`)
    },
  )

  test('a trigger without anything to look for, and seconds that are none, are refused', () => {
    const more = new RecordMore()
    more.trigger = 'topic'
    expect(refused(more.read())).toContain('nothing to look for')
    more.pattern = 'a'
    more.before = 'soon'
    expect(refused(more.read())).toContain('Seconds before: “soon”')
  })

  test('every bound that the form names, the contract takes', () => {
    const bounds = { splitBytes: ['1', '1000000'], splitSeconds: ['1', '31622400'], every: ['1', '527040'] }
    for (const [name, [least, most]] of Object.entries(bounds))
      for (const text of [least, most]) {
        const more = new RecordMore()
        Object.assign(more.typed, { [name]: text })
        expect(taken(more)).toHaveProperty(name)
      }
  })
})

describe('which part of a recording is replayed', () => {
  const recorded = { file: 'drive.mcap', label: '', from: 1000, to: 3000, missing: 0 }
  function part(caller = new FakeCaller(), last = 0) {
    const session = new SessionView(caller, info('s1', 'subscriber', { recorded }))
    session.count(numbers('s1', { last }))
    return new ReplayPart(caller, session)
  }
  const settings = (of: InstanceType<typeof ReplayPart>) => {
    const read = of.read()
    if ('fault' in read) throw new Error(read.fault.message)
    return v.parse(ReplaySettingsSchema, {
      ...read.part,
      role: 'publisher',
      endpoint: { method: 'bind', address: 'tcp://127.0.0.1:5000' },
    })
  }

  test('untouched, it is all of it', () => {
    const all = part()
    expect(all.some).toBe(false)
    expect(settings(all)).toMatchObject({ prefixes: [], renames: [] })
    expect(settings(all)).not.toHaveProperty('from')
    expect(settings(all)).not.toHaveProperty('to')
  })

  test('marks are times of the recording, and never pass each other or its ends', () => {
    const some = part()
    some.from = 0.25
    some.to = 0.75
    expect(settings(some)).toMatchObject({ from: 1500, to: 2500 })
    some.from = 0.9
    expect(some.from).toBe(0.75)
    some.to = 0.1
    expect(some.to).toBe(0.75)
    some.from = -1
    expect(some.from).toBe(0)
    expect(some.some).toBe(true)
  })

  test('topics and names are one a line; a line without an arrow is refused, and said', () => {
    const some = part()
    some.topics = 'speed\n\ngear/\r\n'
    some.renames = 'speed => v\ngear/ =>'
    expect(settings(some)).toMatchObject({
      prefixes: ['speed', 'gear/'],
      renames: [
        { from: 'speed', to: 'v' },
        { from: 'gear/', to: '' },
      ],
    })
    some.renames = 'speed v'
    expect(refused(some.read())).toContain('“speed v”')
  })

  test('its density is drawn from the times of a few rows, the first and the last among them', async () => {
    const caller = new FakeCaller({
      'session.rows': ({ seqs }: { seqs: Uint8Array<ArrayBuffer> }) =>
        pageBytes([...new Float64Array(seqs.buffer)].map((seq) => ({ seq, time: 1000 + seq / 500, frames: ['x'] }))),
    })
    const some = part(caller, 1_000_000)
    await some.load()
    const [{ seqs }] = caller.asked('session.rows') as [{ seqs: Uint8Array<ArrayBuffer> }]
    const asked = new Float64Array(seqs.buffer)
    expect([asked.length, asked[0], asked.at(-1)]).toEqual([64, 1, 1_000_000])
    expect(some.density).toHaveLength(COLUMNS)
    expect(Math.min(...some.density)).toBeGreaterThan(0)
  })

  test('nothing is asked for where there are no rows', async () => {
    const caller = new FakeCaller()
    await part(caller, 0).load()
    expect(caller.calls).toEqual([])
  })

  test('messages are counted where they are: a burst, silence, one at the end', () => {
    const points = [0, 0.01, 0.02, 0.99].map((share, i) => ({ seq: i + 1, share }))
    expect(densityOf(points, 4)).toEqual([1, 0, 0, 1 / 3])
    expect(densityOf([], 3)).toEqual([0, 0, 0])
  })
})
