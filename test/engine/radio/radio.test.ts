import * as v from 'valibot'
import { encode as msgpack } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { RadioSettingsSchema, type Place, type RadioSettingsInput } from '../../../src-main/contract/index.js'
import { now } from '../../../src-main/engine/clock.js'
import { JournalPool } from '../../../src-main/engine/journal.js'
import { Radio } from '../../../src-main/engine/radio/radio.js'
import type { Session } from '../../../src-main/engine/session.js'
import { Protobuf } from '../../../src-main/proto/protobuf.js'
import { boundTo, frames, linked, useEngine } from '../../helpers/engine.js'
import { until } from '../../helpers/until.js'

const settings = (input: RadioSettingsInput) => v.parse(RadioSettingsSchema, input)
const json = (path: string): Place => ({ kind: 'json', path, frame: -1 })
const proto =
  'syntax = "proto3"; package car; message State { double speed = 1; uint64 n = 2; Gear gear = 3; enum Gear { P = 0; D = 1; } }'

function radioOn(input: RadioSettingsInput, protobuf = new Protobuf()) {
  const journal = new JournalPool(64 * 1024 * 1024).open()
  const radio = new Radio(journal, protobuf)
  radio.set(settings(input))
  return { journal, radio }
}

const points = (bytes: Uint8Array) => {
  const all = new Float64Array(bytes.slice().buffer)
  return [[...all.subarray(0, all.length / 2)], [...all.subarray(all.length / 2)]]
}
const values = (radio: Radio, id: string) =>
  points(radio.signals.plot([id], { from: 0, to: 1e15 }, 1000).series[0]!.points)[1]

describe('signals', () => {
  it('read a number from whatever a payload is, of their topic and source only', async () => {
    const topic = { kind: 'text' as const, name: 'car' }
    const { journal, radio } = radioOn({
      protos: [{ name: 'car.proto', text: proto }],
      signals: [
        { id: 'json', name: '', place: json('pose.x[1]'), topic },
        { id: 'station 2', name: '', place: json('pose.x[1]'), source: 2 },
        { id: 'msgpack', name: '', place: { kind: 'msgpack', path: 'v' }, topic: { kind: 'text', name: 'm' } },
        { id: 'cbor', name: '', place: { kind: 'cbor', path: 'v' }, topic: { kind: 'hex', name: 'ff' } },
        {
          id: 'number',
          name: '',
          place: { kind: 'number', type: 'i16', offset: 1, endian: 'big', frame: 1 },
          topic: { kind: 'text', name: 'n' },
        },
        {
          id: 'struct',
          name: '',
          place: { kind: 'struct', layout: '<x 2h:a', field: 'a[1]' },
          topic: { kind: 'text', name: 'n' },
        },
        {
          id: 'proto',
          name: '',
          place: { kind: 'protobuf', proto: 'car.proto', type: 'car.State', path: 'speed' },
          topic: { kind: 'text', name: 'p' },
        },
      ],
    })
    journal.append('in', frames('car', '{"pose":{"x":[1,2.5]}}'), { time: 1, source: 2 })
    journal.append('in', frames('car', '{"pose":{"x":[1,3.5]}}'), { time: 2, source: 1 })
    journal.append('in', frames('bus', '{"pose":{"x":[1,4.5]}}'), { time: 3, source: 2 })
    journal.append('in', frames('car', 'not json'), { time: 4 })
    journal.append('in', [...frames('m'), msgpack({ v: -7 })], { time: 5 })
    journal.append('in', [Uint8Array.of(0xff), Buffer.from('a16176f94100', 'hex')], { time: 6 })
    journal.append('in', [...frames('n'), Uint8Array.of(0, 0xff, 0xfe, 3, 1)], { time: 7 })
    journal.append('in', [...frames('p'), Buffer.from('090000000000002a401005', 'hex')], { time: 8 })
    await until(() => radio.signals.status().every(({ behind }) => behind === 0))
    expect(radio.signals.status().map(({ id, points, unreadable }) => [id, points, unreadable])).toEqual([
      ['json', 2, 1],
      ['station 2', 2, 0],
      ['msgpack', 1, 0],
      ['cbor', 1, 0],
      ['number', 1, 0],
      ['struct', 1, 0],
      ['proto', 1, 0],
    ])
    expect(values(radio, 'json')).toEqual([2.5, 3.5])
    expect(values(radio, 'station 2')).toEqual([2.5, 4.5])
    for (const [id, value] of Object.entries({ msgpack: -7, cbor: 2.5, number: -2, struct: 259, proto: 13 }))
      expect(values(radio, id)).toEqual([value])
    radio.close()
  })

  it('have statistics and CSV by range, in pieces', async () => {
    const { journal, radio } = radioOn({
      signals: [
        { id: 'a', name: 'speed, m/s', place: json('a') },
        { id: 'b', name: 'b', place: json('b') },
      ],
    })
    for (let n = 0; n < 5000; n++)
      journal.append('in', frames(n % 2 === 0 ? `{"a":${n}}` : `{"a":${n},"b":${-n}}`), { time: 1000 + n })
    await until(() => radio.signals.status().every(({ behind }) => behind === 0))
    expect(radio.signals.statistics(['a', 'b'], 1000, 1003)).toEqual([
      { n: 4, min: 0, max: 3, mean: 1.5, std: Math.sqrt(1.25), last: 3 },
      { n: 2, min: -3, max: -1, mean: -2, std: 1, last: -3 },
    ])
    expect(radio.signals.statistics(['a'], 1, 2)).toEqual([{ n: 0, min: 0, max: 0, mean: 0, std: 0, last: 0 }])
    let text = ''
    let pieces = 0
    let at: number[] | undefined
    do {
      const piece = radio.signals.csv(['a', 'b'], undefined, undefined, at)
      text += piece.text
      at = piece.next
      pieces++
    } while (at !== undefined)
    const lines = text.split('\r\n')
    expect(pieces).toBe(3)
    expect(lines.length).toBe(5002)
    expect(lines.slice(0, 3)).toEqual([
      'time,seconds,"speed, m/s",b',
      '1970-01-01T00:00:01.000000Z,1.000000,0,',
      '1970-01-01T00:00:01.001000Z,1.001000,1,-1',
    ])
    radio.close()
  })

  it('go on when the others change, and nothing changes when one cannot be', async () => {
    const first = { id: 'a', name: 'a', place: json('a') }
    const { journal, radio } = radioOn({ signals: [first] })
    journal.append('in', frames('{"a":1,"b":2}'), { time: 1 })
    await until(() => radio.signals.status()[0]!.points === 1)
    journal.clear()
    radio.cleared()
    radio.set(
      settings({
        signals: [
          { ...first, name: 'renamed' },
          { id: 'b', name: 'b', place: json('b') },
        ],
      }),
    )
    expect(radio.signals.status().map(({ points }) => points)).toEqual([1, 0])
    const bad: [Place, string][] = [
      [json('a['), 'BAD_PATH'],
      [{ kind: 'struct', layout: '<z', field: 'a', frame: -1 }, 'BAD_LAYOUT'],
      [{ kind: 'struct', layout: '<d:b', field: 'a', frame: -1 }, 'BAD_PATH'],
      [{ kind: 'protobuf', proto: 'none', type: 'x', path: 'a', frame: -1 }, 'BAD_PROTO'],
    ]
    for (const [place, code] of bad) {
      expect(() => radio.set(settings({ signals: [{ id: 'c', name: '', place }] }))).toThrow(
        expect.objectContaining({ code }) as Error,
      )
      expect(() => radio.set(settings({ gaps: { sequence: place } }))).toThrow(
        expect.objectContaining({ code }) as Error,
      )
    }
    expect(radio.signals.status().map(({ id }) => id)).toEqual(['a', 'b'])
    expect(radio.gaps().watch).toBeUndefined()
    expect(() => radio.signals.plot(['gone'], {}, 10)).toThrow(expect.objectContaining({ code: 'NO_SIGNAL' }) as Error)
    radio.close()
  })
})

describe('the gap watch', () => {
  it('tells sources and topics apart, and delays with both clocks in them', async () => {
    const { journal, radio } = radioOn({
      gaps: { sequence: json('n'), perTopic: true, timestamp: { place: json('t'), unit: 'us' } },
    })
    const say = (source: number, topic: string, n: number, delay: number, time: number) =>
      journal.append('in', frames(topic, JSON.stringify({ n, t: (time - delay) * 1000 })), { time, source })
    for (let n = 1; n <= 100; n++) {
      if (n !== 50 && n !== 51) say(0, 'a', n, n === 99 ? 90 : 2, 10_000 + n)
      say(0, 'b', n + 500, 3, 10_000 + n)
      say(1, 'a', n, -1000, 10_000 + n)
    }
    say(1, 'a', 100, -1000, 10_200)
    journal.append('in', frames('a', 'no number'), { time: 10_300 })
    await until(() => radio.gaps().behind === 0)
    const report = radio.gaps()
    expect(report).toMatchObject({
      unreadable: 1,
      total: { received: 299, missing: 2, gaps: 1, duplicates: 1, restarts: 0 },
    })
    expect(report.senders.map(({ source, topic, missing, last }) => [source, topic?.name, missing, last])).toEqual([
      [0, 'a', 2, 100],
      [0, 'b', 0, 600],
      [1, 'a', 0, 100],
    ])
    expect(report.senders[0]!.delay).toMatchObject({ count: 98, p50: 2, min: 2, max: 90 })
    expect(report.senders[2]!.delay).toMatchObject({ p50: -1000, p99: -1000 })
    expect(report.events.map(({ kind, source, from, to }) => [kind, source, from, to])).toEqual([
      ['duplicate', 1, 100, 100],
      ['gap', 0, 50, 51],
    ])
    radio.resetGaps()
    expect(radio.gaps().total.received).toBe(0)
    radio.close()
  })

  it('shows delays without a sequence number too, and then says nothing of loss', async () => {
    const { journal, radio } = radioOn({
      gaps: { timestamp: { place: { kind: 'number', type: 'f64', offset: 2, endian: 'big' }, unit: 's' } },
    })
    for (const delay of [5, 7, 9]) {
      const frame = Buffer.alloc(10)
      frame.writeDoubleBE((20_000 - delay) / 1000, 2)
      journal.append('in', [frame], { time: 20_000 })
    }
    journal.append('in', frames('short'), { time: 20_000 })
    await until(() => radio.gaps().behind === 0)
    const { total, delay, unreadable, senders } = radio.gaps()
    expect([total.received, total.missing, unreadable, senders.length]).toEqual([3, 0, 1, 1])
    expect(delay!.p50).toBeCloseTo(7, 6)
    expect(v.is(RadioSettingsSchema, { gaps: {} })).toBe(false)
    radio.close()
  })

  it('reads a place in the newest messages as it would watch it', () => {
    const { journal, radio } = radioOn({})
    for (let n = 1; n <= 4; n++) journal.append('in', [...frames('t'), Uint8Array.of(0, n)], { time: n })
    journal.append('in', frames('{"n":5}'), { time: 5 })
    const place: Place = { kind: 'number', type: 'u16', offset: 0, endian: 'big', frame: -1 }
    expect(radio.read({ ...place, offset: 6 }, 2)).toEqual([
      { seq: 5, topic: { kind: 'none', name: '' }, value: undefined },
      { seq: 4, topic: { kind: 'text', name: 't' }, value: undefined },
    ])
    expect(radio.read(place, 3).map(({ seq, value }) => [seq, value])).toEqual([
      [5, 0x7b22],
      [4, 4],
      [3, 3],
    ])
    expect(radio.read(json('n'), 100).map(({ value }) => value)).toEqual([5, undefined, undefined, undefined, undefined]) // prettier-ignore
    expect(() => radio.read(json('a['), 1)).toThrow(expect.objectContaining({ code: 'BAD_PATH' }) as Error)
    radio.close()
  })

  it('does not count as missing what a person cleared', async () => {
    const { journal, radio } = radioOn({ gaps: { sequence: json('n') } })
    journal.append('in', frames('{"n":1}'), { time: 1 })
    await until(() => radio.gaps().total.received === 1)
    journal.append('in', frames('{"n":2}'), { time: 1 })
    journal.clear()
    radio.cleared()
    journal.append('in', frames('{"n":3}'), { time: 1 })
    await until(() => radio.gaps().total.received === 2)
    expect(radio.gaps()).toMatchObject({ gone: 0, total: { missing: 0 } })
    radio.close()
  })
})

describe('a publisher that makes things up', () => {
  const bench = useEngine()

  async function pair(radio: RadioSettingsInput = {}): Promise<[Session, Session]> {
    const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
    const subscriber = await bench.open('subscriber', boundTo(publisher), { radio })
    await linked(subscriber)
    await until(() => (publisher.info().status as { subscriptions: unknown[] }).subscriptions.length > 0)
    return [publisher, subscriber]
  }

  it('keeps its rates on the mean, says what a vehicle would, and nothing is missing at the other end', async () => {
    const [publisher, subscriber] = await pair({
      gaps: { sequence: json('n'), perTopic: true, timestamp: { place: json('t'), unit: 'ms' } },
      signals: [{ id: 'sine', name: '', topic: { kind: 'text', name: 's' }, place: json('value') }],
    })
    const rates = { s: 1000, v: 500, slow: 7 }
    publisher.station.generate([
      { topic: 's', shape: { kind: 'sine', amplitude: 2, offset: 1, frequency: 10 }, rate: rates.s, format: 'json' },
      { topic: 'v', shape: { kind: 'vehicle' }, rate: rates.v, format: 'json' },
      {
        topic: 'slow',
        shape: { kind: 'square', amplitude: 1, offset: 0, frequency: 1 },
        rate: rates.slow,
        format: 'json',
      },
    ])
    await until(() => publisher.numbers().out.messages > 3000)
    // However late its ticks come on a busy machine, it comes back to what is due by the clock.
    await until(() => {
      const { sent, skipped, since } = publisher.info().generating!
      const owed = ((now() - since) / 1000) * 1507 - sent - skipped
      if (Math.abs(owed) < 20) return true
      throw new Error(`${owed} messages behind`)
    })
    publisher.station.stop()
    const { sent, skipped, running } = publisher.info().generating!
    expect(running).toBe(false)
    await until(() => subscriber.numbers().in.messages === sent)
    await until(() => subscriber.radio.gaps().total.received === sent)
    const report = subscriber.radio.gaps()
    expect(report.total).toMatchObject({ duplicates: 0, restarts: 0 })
    expect(report.total.missing).toBeLessThanOrEqual(skipped) // what it had no time to say, and nothing else
    expect(report.delay!.p50).toBeGreaterThanOrEqual(0)
    await until(() => subscriber.radio.signals.status()[0]!.behind === 0)
    const [wave] = subscriber.radio.signals.statistics(['sine'])
    expect(wave!.min).toBeCloseTo(-1, 1)
    expect(wave!.max).toBeCloseTo(3, 1)
  })

  it('says a file line by line, once, and stops; and stops when it is closed', async () => {
    const [publisher, subscriber] = await pair()
    publisher.station.generate([
      { topic: '', shape: { kind: 'lines', text: 'one\r\ntwo\n\nfour\n', loop: false }, rate: 1000, format: 'json' },
    ])
    await until(() => publisher.info().generating?.running === false)
    await until(() => subscriber.numbers().in.messages === 4)
    const page = [1, 2, 3, 4].map((seq) => Buffer.from(subscriber.row(seq)!.frames[0]!.bytes).toString())
    expect(page).toEqual(['one', 'two', '', 'four'])
    publisher.station.generate([
      { topic: 't', shape: { kind: 'noise', amplitude: 1, offset: 0 }, rate: 10, format: 'binary' },
    ])
    await publisher.close()
    expect(publisher.info().generating).toMatchObject({ running: false })
    expect(() => publisher.station.generate([])).toThrow(expect.objectContaining({ code: 'NOT_OPEN' }) as Error)
    expect(() => subscriber.station.generate([])).toThrow(expect.objectContaining({ code: 'WRONG_ROLE' }) as Error)
  })

  it('catches up only so far after the event loop was held up, and counts the rest', async () => {
    const [publisher] = await pair()
    publisher.station.generate([
      { topic: 't', shape: { kind: 'ramp', amplitude: 1, offset: 0, frequency: 1 }, rate: 1000, format: 'text' },
    ])
    await until(() => publisher.numbers().out.messages > 10)
    const before = publisher.info().generating!.skipped
    const end = performance.now() + 700
    while (performance.now() < end);
    await until(() => publisher.info().generating!.skipped > before)
    const { skipped } = publisher.info().generating!
    expect(skipped - before).toBeGreaterThan(300)
    publisher.station.stop()
  })
})

describe('a subscriber whose file asks for what cannot be', () => {
  const bench = useEngine()

  it('opens all the same, and says so', async () => {
    const bad = { kind: 'json', path: 'a[' }
    const radio = { gaps: { sequence: bad }, signals: [{ id: 'x', name: '', place: bad }] }
    const session = await bench.open('subscriber', '@tcp://127.0.0.1:*', { radio })
    expect(session.radio.gaps()).toMatchObject({ fault: { code: 'BAD_PATH' } })
    expect(session.radio.signals.status()).toMatchObject([{ fault: { code: 'BAD_PATH' } }])
    session.setRadio(settings({ signals: [{ id: 'x', name: '', place: json('a') }] }))
    expect(session.info().settings).toMatchObject({ radio: { signals: [{ id: 'x' }] } })
    expect(session.radio.signals.status()).toMatchObject([{ fault: undefined }])
  })
})
