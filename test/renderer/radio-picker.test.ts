import { encode } from '@msgpack/msgpack'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import {
  Fault,
  RadioSettingsSchema,
  type RadioSettings,
  type SessionSettings,
  type TopicKey,
} from '../../src-main/contract/index.js'
import { until } from '../helpers/until.js'
import './browser-things.js'
import { FakeCaller, info } from './fake-caller.js'
import { pageBytes } from './page-bytes.js'

const { Signals } = await import('../../src-renderer/desks/radio/signals/signals.svelte.js')
const { Picker, NEW_PLOT } = await import('../../src-renderer/desks/radio/signals/picker.svelte.js')
const { numbersByLayout, numbersByProto, numbersIn } =
  await import('../../src-renderer/desks/radio/signals/numbers-in.js')
const { SessionView } = await import('../../src-renderer/state/session.svelte.js')

const bytes = (text: string) => new TextEncoder().encode(text)
const said = ({ found }: { found: readonly { path: string; text: string }[] }) =>
  found.map(({ path, text }) => `${path}=${text}`)

describe('numbers in a frame', () => {
  test.each([
    ['13.5\n', ['=13.5']],
    ['-1e3', ['=-1e3']],
    ['fast', []],
    ['', []],
    ['{"a":{"b":[1,"2",true,null,"x"]},"7":3}', ['a.b[0]=1', 'a.b[1]=2', 'a.b[2]=true', '7=3']],
    ['[]', []],
  ])('text %j', (text, expected) => {
    expect(said(numbersIn(bytes(text), -1))).toEqual(expected)
  })

  test('MessagePack is found by itself; a name with a dot in it is quoted', () => {
    const { found } = numbersIn(encode({ pose: { 'a.b': 1.5 }, name: 'x' }), 1)
    expect(found).toEqual([
      { path: 'pose["a.b"]', text: '1.5', note: '', place: { kind: 'msgpack', path: 'pose["a.b"]', frame: 1 } },
    ])
    expect(numbersIn(Uint8Array.of(0xff, 0xd8, 0), -1).found).toEqual([])
  })

  test('a layout gives every field with its place, arrays one by one; texts are no numbers', () => {
    const frame = new Uint8Array(16)
    new DataView(frame.buffer).setFloat32(4, 1.5)
    frame[1] = 7
    const { found, rest } = numbersByLayout(frame, '>H:n 2x 2f:acc 2s:tag', 0)
    expect(found.map(({ path, text, note }) => [path, text, note])).toEqual([
      ['n', '7', 'H @ 0'],
      ['acc[0]', '1.5', 'f @ 4'],
      ['acc[1]', '0', 'f @ 8'],
    ])
    expect([found[1]?.place, rest]).toEqual([
      { kind: 'struct', layout: '>H:n 2x 2f:acc 2s:tag', field: 'acc[0]', frame: 0 },
      2,
    ])
  })

  test('what is wrong with a layout is said in the words of the engine', () => {
    expect(numbersByLayout(new Uint8Array(4), '<Z:x', -1).fault).toMatchObject({ code: 'BAD_LAYOUT' })
    expect(numbersByLayout(new Uint8Array(4), '<d:x', -1).fault?.message).toBe(
      'The layout needs 8 bytes and field x begins at byte 0, but the frame has only 4.',
    )
  })

  test('Protobuf by its JSON: 64-bit numbers stand there as texts', () => {
    expect(said(numbersByProto('{"id":"9007199254740993","v":{"x":[0.5]},"mode":"ON"}', 'a.proto', 'T', -1))).toEqual([
      'id=9007199254740993',
      'v.x[0]=0.5',
    ])
  })
})

const car: TopicKey = { kind: 'text', name: 'car' }

/** A picker whose topic's newest message is row 1 with these frames; the engine knows one .proto file. */
function picker(...frames: Uint8Array[]) {
  const { settings, ...rest } = info('s', 'subscriber')
  const withRadio = (radio: RadioSettings) => ({ ...rest, settings: { ...settings, radio } as SessionSettings })
  const caller = new FakeCaller({
    'radio.set': ({ radio }: { radio: RadioSettings }) => withRadio(v.parse(RadioSettingsSchema, radio)),
    'radio.plot': () => ({ from: 0, to: 1, series: [] }),
    'radio.statistics': () => [],
    'session.rows': () => pageBytes([newest]),
    'proto.types': ({ text }: { text: string }) => {
      if (text === 'bad') throw new Fault('BAD_PROTO', 'The .proto file cannot be read: no.')
      return text === ''
        ? []
        : [{ name: 'v.State', fields: [{ name: 'speed', type: 'double', number: 1, repeated: false }] }]
    },
    'proto.decode': () => '{"speed":3,"gear":"D"}',
  })
  const newest = { seq: 1, frames }
  const signals = new Signals(caller, new SessionView(caller, withRadio(v.parse(RadioSettingsSchema, {}))))
  const made = new Picker(caller, signals, { newest: () => newest.seq, update: () => undefined })
  return { caller, signals, picker: made, newest }
}
const drawn = ({ all }: InstanceType<typeof Signals>) => all.map(({ name }) => name)

describe('picking numbers of a topic', () => {
  test('a topic that is a number is drawn at once, and once', async () => {
    const { picker: it, signals } = picker(bytes('car'), bytes('12.5'))
    await it.begin(car)
    await it.begin(car)
    expect([it.open, drawn(signals)]).toEqual([false, ['car']])
    expect(signals.all[0]?.place).toEqual({ kind: 'json', path: '', frame: -1 })
  })

  test('of several, a person picks; they go to the plot that is chosen', async () => {
    const { picker: it, signals } = picker(bytes('car'), encode({ x: 1, y: 2, name: 'a' }))
    await it.begin(car)
    expect([it.open, said(it.reading)]).toEqual([true, ['x=1', 'y=2']])
    it.find = 'Y'
    expect(said({ found: it.shown })).toEqual(['y=2'])
    it.toggle(it.reading.found[1]!)
    it.plot = NEW_PLOT
    await it.draw()
    expect([it.open, drawn(signals), it.isDrawn(it.reading.found[1]!)]).toEqual([false, ['car y'], true])
    await it.begin(car)
    for (const found of it.reading.found) if (!it.isDrawn(found)) it.toggle(found)
    it.plot = NEW_PLOT
    await it.draw()
    expect(signals.plots.map(({ signals: in_ }) => in_.map(({ name }) => name))).toEqual([['car y'], ['car x']])
  })

  test('a binary topic is described; the layout is remembered with its signals', async () => {
    const { picker: it, signals } = picker(bytes('car'), new Uint8Array(8))
    await it.describe(car)
    expect([it.way, it.reading]).toEqual(['struct', { found: [] }])
    it.layout = '>2f:acc'
    it.order = '<'
    expect([it.layout, it.order, said(it.reading)]).toEqual(['<2f:acc', '<', ['acc[0]=0', 'acc[1]=0']])
    it.layout = '<2F:acc'
    expect(it.reading.fault?.code).toBe('BAD_LAYOUT')
    it.layout = 'H:n'
    expect([it.reading.rest, it.order]).toEqual([6, '<'])
    it.toggle(it.reading.found[0]!)
    await it.draw()
    expect(drawn(signals)).toEqual(['car n'])
    it.layout = ''
    await it.describe(car)
    expect(it.layout).toBe('H:n')
  })

  test('a .proto file goes with the signals that are read by it; a bad one is told', async () => {
    const { picker: it, signals } = picker(bytes('car'), new Uint8Array(8))
    const file = (name: string, text: string, size = text.length) => ({ name, size, text: () => Promise.resolve(text) })
    await it.describe(car)
    await it.take(file('a.proto', 'bad'))
    expect(it.fault?.message).toBe('The .proto file cannot be read: no.')
    await it.take(file('b.proto', ''))
    expect(it.fault?.message).toBe('b.proto has no message type.')
    await it.take(file('c.proto', 'x', 300_000))
    expect(it.fault?.message).toBe('c.proto is too large: a .proto file may have 256 kB.')
    await it.take(file('a.proto', 'message State {}'))
    await until(() => it.reading.found.length, { what: 'the decoded message' })
    expect([it.fault, it.type, said(it.reading)]).toEqual([undefined, 'v.State', ['speed=3']])
    it.toggle(it.reading.found[0]!)
    await it.draw()
    expect([signals.radio.protos.map(({ name }) => name), drawn(signals)]).toEqual([['a.proto'], ['car speed']])
    await it.describe(car)
    await it.take(file('a.proto', 'another'))
    expect([it.proto?.name, it.protos.map(({ name }) => name)]).toEqual(['a.proto (2)', ['a.proto', 'a.proto (2)']])
  })

  test('the preview is that of the newest message, also after the picker was closed and opened again', async () => {
    const { picker: it, newest } = picker(bytes('car'), bytes('{"x":1,"y":2}'))
    await it.begin(car)
    it.open = false
    it.update()
    it.open = false
    await it.begin(car)
    newest.frames = [bytes('car'), bytes('{"x":5,"y":6}')]
    newest.seq = 2
    it.update()
    await until(() => said(it.reading)[0] === 'x=5', { what: 'the newer message' })
    it.open = false
  })
})
