import { beforeEach, describe, expect, test } from 'vitest'
import { Fault, type RadioSettings, type SessionInfo } from '../../src-main/contract/index.js'
import { until } from '../helpers/until.js'
import { local, session } from './browser-things.js'
import { FakeCaller, info } from './fake-caller.js'

const { Gaps, placeText } = await import('../../src-renderer/desks/radio/gaps/gaps.svelte.js')
const { SessionView } = await import('../../src-renderer/state/session.svelte.js')
const { byteAt, ByteReader } = await import('../../src-renderer/parts/byte-reader.svelte.js')
const { readNumber } = await import('../../src-renderer/lib/read-number.js')

function gapsOf() {
  const caller: FakeCaller = new FakeCaller({
    'radio.set': ({ radio }: { radio: RadioSettings }): SessionInfo => {
      const now = info('s', 'subscriber')
      if (now.settings.role !== 'subscriber') throw new Error('a subscriber has the settings of one')
      return { ...now, settings: { ...now.settings, radio } }
    },
    'radio.gaps': () => ({ delay: undefined }),
    'radio.read': () => [{ seq: 2, topic: { kind: 'text', name: 't' }, value: 1.7e18 }],
  })
  return { caller, gaps: new Gaps(caller, new SessionView(caller, info('s', 'subscriber'))) }
}

beforeEach(() => {
  session.clear()
  local.clear()
})

describe('a number to be watched', () => {
  test('is described by offset and type, by a field of a layout, or by a path, in any frame', () => {
    const { form } = gapsOf().gaps
    expect(form.place).toEqual({ kind: 'number', type: 'u32', offset: 0, endian: 'little', frame: -1 })
    form.offset = '-1'
    expect([form.offsetBad, form.place]).toEqual([true, undefined])
    form.take({ kind: 'number', type: 'f64', offset: 12, endian: 'big', frame: 0 })
    expect([form.frame, form.place]).toEqual([
      '1',
      { kind: 'number', type: 'f64', offset: 12, endian: 'big', frame: 0 },
    ])
    form.kind = 'struct'
    expect(form.place).toBeUndefined()
    form.layout = '<Q:seq 3f:acc 8s:name'
    expect(form.fields.names).toEqual(['seq', 'acc[0]', 'acc[1]', 'acc[2]'])
    form.field = 'acc[1]'
    expect(form.place).toMatchObject({ kind: 'struct', field: 'acc[1]', frame: 0 })
    form.layout = '<Q:seq z:what'
    expect([form.place, form.fault?.code]).toEqual([undefined, 'BAD_LAYOUT'])
    form.kind = 'json'
    form.path = ' header.seq '
    form.frame = '1025'
    expect([form.frameBad, form.place]).toEqual([true, undefined])
    form.frame = ''
    expect(form.place).toEqual({ kind: 'json', path: 'header.seq', frame: -1 })
  })

  test('what stands there is read before it is watched, and says which unit a time is in', async () => {
    const { gaps, caller } = gapsOf()
    const { form } = gaps
    form.look()
    await until(() => form.readings.length === 1, { what: 'the newest to be read' })
    expect(caller.asked('radio.read')).toEqual([{ id: 's', place: form.place }])
    expect(form.unit).toBe('ns')
    form.unit = 'us'
    expect(form.unit).toBe('us')
    caller.answers['radio.read'] = () => {
      throw new Fault('BAD_PATH', 'no path')
    }
    form.kind = 'json'
    form.path = 'a['
    form.look()
    await until(() => form.fault !== undefined, { what: 'the fault' })
    expect([form.fault?.code, form.readings.length]).toEqual(['BAD_PATH', 0])
  })

  test('a time alone is watched too, and a sequence number joins it', async () => {
    const { gaps, caller } = gapsOf()
    const time = { kind: 'number', type: 'u64', offset: 8, endian: 'little', frame: -1 } as const
    const sequence = { kind: 'json', path: 'n', frame: -1 } as const
    await gaps.watchTimestamp(time, 'ns')
    await gaps.watchSequence(sequence)
    expect(caller.asked('radio.set').map((asked) => (asked as { radio: { gaps: unknown } }).radio.gaps)).toEqual([
      { modulo: 0, perTopic: true, timestamp: { place: time, unit: 'ns' } },
      { modulo: 0, perTopic: true, timestamp: { place: time, unit: 'ns' }, sequence },
    ])
    expect([time, sequence].map(placeText)).toEqual(['u64 LE @ 8', 'n'])
  })
})

describe('a number in the bytes', () => {
  test('is pointed at in the hex or in the characters beside it', () => {
    // 16 bytes a line: the offset and two blanks, the hex, two blanks, the characters.
    expect([9, 10, 11, 12, 13, 55, 56, 57, 58, 59, 74, 75].map((column) => byteAt(column, 16))).toEqual([
      undefined, 0, 0, 0, 1, 15, 15, undefined, undefined, 0, 15, undefined,
    ]) // prettier-ignore
  })

  test('marks what it takes of each line, and is nothing beyond the end', () => {
    const reader = new ByteReader()
    reader.offset = '14'
    expect([reader.marked(0, 16), reader.marked(1, 16), reader.marked(2, 16)]).toEqual([[52, 57], [10, 15], undefined]) // prettier-ignore
    expect(reader.value(new Uint8Array(17))).toBeUndefined()
    expect(reader.value(new Uint8Array(18).fill(1))).toBe(0x01010101)
    reader.offset = ''
    expect(reader.value(new Uint8Array(18))).toBeUndefined()
  })

  test('is read in either order, with all digits of 64 bits', () => {
    const bytes = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xc0, 0x20, 0, 0)
    expect([
      readNumber(bytes, 0, 'i64', 'little'),
      readNumber(bytes, 0, 'i16', 'big'),
      readNumber(bytes, 7, 'u16', 'big'),
      readNumber(bytes, 8, 'f32', 'big'),
      readNumber(bytes, 0.5, 'u8', 'big'),
    ]).toEqual([9223372036854775807n, -1, 0x7fc0, -2.5, undefined])
  })
})
