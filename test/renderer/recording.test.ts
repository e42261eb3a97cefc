import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import {
  RecordingFileSchema,
  RecordingSettingsSchema,
  ReplaySettingsSchema,
  type RecordingInfo,
} from '../../src-main/contract/index.js'
import './browser-things.js'
import { FakeCaller, info } from './fake-caller.js'

const { RecordMore } = await import('../../src-renderer/recording/record-more.svelte.js')
const { COLUMNS, ReplayPart } = await import('../../src-renderer/recording/replay-part.svelte.js')
const { PartExport } = await import('../../src-renderer/recording/part-export.svelte.js')
const { Task } = await import('../../src-renderer/state/task.svelte.js')
const { upload, uploadName } = await import('../../src-renderer/recording/upload.js')
const { Workbench } = await import('../../src-renderer/state/workbench.svelte.js')
const { awaited } = await import('../../src-renderer/recording/words.js')
const { SessionView } = await import('../../src-renderer/state/session.svelte.js')

function taken(more: InstanceType<typeof RecordMore>) {
  const read = more.read()
  if ('fault' in read) throw new Error(read.fault.message)
  return v.parse(RecordingSettingsSchema, { sessions: 'all', ...read.more })
}
function refused(read: object): string {
  return 'fault' in read ? (read.fault as { message: string }).message : ''
}

function recording(more: Partial<RecordingInfo> = {}, settings: object = {}): RecordingInfo {
  return {
    id: 'r1',
    settings: v.parse(RecordingSettingsSchema, { sessions: 'all', ...settings }),
    state: 'recording',
    files: [],
    started: 0,
    ended: 0,
    messages: 0,
    saved: 0,
    savedUntil: 0,
    missing: 0,
    bytes: 0,
    rate: 0,
    waiting: 0,
    slow: false,
    triggered: 0,
    ...more,
  }
}

describe('what a recording waits for', () => {
  const hour = 3_600_000
  test('is its time: the first one, or the next of many', () => {
    const due = (now: number, settings: object) =>
      awaited(recording({ state: 'scheduled' }, settings), now) === `begins ${new Date(10 * hour).toLocaleString('en')}`
    expect(due(hour, { at: 10 * hour })).toBe(true)
    expect(due(hour, { at: 10 * hour, every: 3600 })).toBe(true)
    expect(due(9.5 * hour, { at: 2 * hour, every: 3600 })).toBe(true)
    expect(due(9.5 * hour, { at: 2 * hour, every: 7200 })).toBe(true)
  })
  test.each([
    [{ kind: 'gap' }, 'a gap in the numbers'],
    [{ kind: 'message', filter: { topic: 'gear' } }, 'Topic begins with: gear'],
    [{ kind: 'message', filter: { text: 'fault\u202e' } }, 'Text: fault⟨U+202E⟩'],
    [{ kind: 'message', filter: { regex: 'a|b' } }, 'Pattern (RE2): a|b'],
    [{ kind: 'message', filter: { json: { path: 'speed', is: '>', value: '9' } } }, 'Where in the JSON: speed > 9'],
    [{ kind: 'message', filter: { json: { path: 'speed' } } }, 'Where in the JSON: speed'],
  ])('is what pulls its trigger: %j', (on, words) => {
    expect(awaited(recording({ state: 'armed' }, { trigger: { on } }))).toBe(words)
    expect(awaited(recording({ state: 'recording' }, { trigger: { on } }))).toBe('')
  })
})

test('a recording that ends by itself is told of wherever a person is, and once', () => {
  const caller = new FakeCaller()
  const bench = new Workbench(caller)
  const fault = { code: 'DISK_FULL', message: 'There is no space left.' }
  caller.emit('recording', recording())
  for (const ended of [1, 2]) caller.emit('recording', recording({ state: 'failed', ended, fault }))
  expect(bench.notices.map((notice) => [notice.level, notice.fault])).toEqual([['error', fault]])
})

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
  const recorded = { file: 'drive.mcap', label: '', from: 1000, to: 3000, messages: 0, missing: 0 }
  function part(caller = new FakeCaller()) {
    const session = new SessionView(caller, info('s1', 'subscriber', { recorded }))
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

  test('its density is what the engine counts, the most of it 1', async () => {
    const caller = new FakeCaller({ 'recording.density': () => [0, 3, 12, 6] })
    const some = part(caller)
    await some.load(new AbortController().signal)
    expect(caller.asked('recording.density')).toEqual([{ id: 's1', columns: COLUMNS }])
    expect(some.density).toEqual([0, 0.25, 1, 0.5])
  })

  test('is what is exported, under its own names', async () => {
    const caller = new FakeCaller({ 'recording.export': () => ({ name: 'a part.csv', bytes: 10, messages: 2 }) })
    const some = part(caller)
    some.from = 0.5
    some.topics = 'gear'
    some.renames = 'gear => other'
    const exporting = new PartExport(caller, some)
    await exporting.write('csv')
    expect(caller.asked('recording.export')).toMatchObject([
      { id: 's1', format: 'csv', part: { from: 2000, prefixes: ['gear'] } },
    ])
    expect(caller.asked('recording.export')[0]).not.toHaveProperty('part.renames')
    expect(exporting.written).toEqual({ name: 'a part.csv', bytes: 10, messages: 2 })
  })
})

describe('a long piece of work', () => {
  test('hears how far it is, one at a time, and what went wrong unless it was called off', async () => {
    const caller = new FakeCaller()
    const task = new Task(caller)
    let end: (value: string) => void = () => undefined
    const first = task.run((name) => {
      caller.emit('progress', { task: name, done: 0.25 })
      caller.emit('progress', { task: 'another', done: 0.75 })
      return new Promise<string>((resolve) => (end = resolve))
    })
    expect(task.running).toBe(true)
    expect(task.done).toBe(0.25)
    expect(await task.run(() => Promise.resolve('second'))).toBeUndefined()
    end('first')
    expect(await first).toBe('first')
    await task.run(() => Promise.reject(new Error('no disk')))
    expect(task.fault).toMatchObject({ message: 'no disk' })
    const off = task.run(
      (_, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('off')))),
    )
    task.cancel()
    await off
    expect([task.running, task.fault]).toEqual([false, undefined])
  })
})

describe('a file that is handed over', () => {
  test.each([
    ['drive.mcap', 'drive.mcap'],
    ['../../etc/passwd.MCAP', '_.._etc_passwd.mcap'],
    ['a:b*c?.mcap', 'a_b_c_.mcap'],
    ['...mcap.mcap', 'mcap.mcap'],
    ['.mcap', 'recording.mcap'],
    [`${'x'.repeat(300)}.mcap`, `${'x'.repeat(110)}.mcap`],
    ['\u202egnp.mcap', '_gnp.mcap'],
  ])('of the name “%s” is called “%s”', (given, name) => {
    expect(uploadName(given)).toBe(name)
    expect(v.is(RecordingFileSchema, uploadName(given))).toBe(true)
  })

  test('goes piece by piece, and is taken back when it is called off', async () => {
    const file = new File([new Uint8Array(2.5 * 1024 * 1024)], 'drive.mcap')
    let left = file.size
    const caller = new FakeCaller({
      'recording.upload': () => ({ upload: 7 }),
      'recording.piece': ({ bytes }: { bytes: Uint8Array }) => {
        left -= bytes.byteLength
        return left === 0 ? { name: 'drive (2).mcap' } : {}
      },
      'recording.abandon': () => undefined,
    })
    const done: number[] = []
    const name = await upload(caller, file, new AbortController().signal, (share) => done.push(share))
    expect(name).toBe('drive (2).mcap')
    expect([done.length, done.at(-1)]).toEqual([3, 1])
    expect(caller.asked('recording.abandon')).toEqual([])
    await expect(upload(caller, file, AbortSignal.abort(new Error('off')), () => undefined)).rejects.toThrow('off')
    expect(caller.asked('recording.abandon')).toEqual([{ upload: 7 }])
    await expect(
      upload(caller, new File(['x'], 'x.txt'), new AbortController().signal, () => undefined),
    ).rejects.toThrow('x.txt is no recording')
  })
})
