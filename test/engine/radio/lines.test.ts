import * as v from 'valibot'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LinesSchema } from '../../../src-main/contract/index.js'
import { LineSplitter, MAX_LINE } from '../../../src-main/engine/radio/line-splitter.js'
import { lineTime } from '../../../src-main/engine/radio/line-time.js'
import type { Session } from '../../../src-main/engine/session.js'
import { boundTo, linked, useEngine } from '../../helpers/engine.js'
import { until } from '../../helpers/until.js'

const bytes = (text: string) => new Uint8Array(Buffer.from(text))
const text = (line: Uint8Array | undefined) => (line === undefined ? undefined : Buffer.from(line).toString())

function split(pieces: Uint8Array[], whole = true) {
  const splitter = new LineSplitter()
  const lines: (string | undefined)[] = []
  const take = () => {
    for (let line = splitter.next(); line !== undefined; line = splitter.next()) lines.push(text(line.bytes))
  }
  for (const piece of pieces) {
    splitter.push(piece)
    take()
  }
  splitter.end(whole)
  take()
  return { lines, splitter }
}

describe('a file in pieces', () => {
  it('has the same lines however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-zé,"\t]*$/), { maxLength: 12 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.array(fc.nat(40), { maxLength: 8 }),
        (words, end, closed, cuts) => {
          const whole = bytes(words.join(end) + (closed ? end : ''))
          const expected = words.length === 0 && !closed ? [] : [...words]
          if (words.length === 0 && closed) expected.push('')
          if (!closed && expected.at(-1) === '') expected.pop()
          const at = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length]
          const { lines, splitter } = split(at.slice(1).map((to, i) => whole.subarray(at[i], to)))
          expect(lines).toEqual(expected)
          expect(splitter.buffered).toBe(0)
        },
      ),
    )
  })

  it('begins after its UTF-8 mark; a line that was cut off with the file is none', () => {
    expect(split([bytes('\ufeffone\r\n\ntwo')]).lines).toEqual(['one', '', 'two'])
    expect(split([bytes('one\ntw'), bytes('o')], false).lines).toEqual(['one'])
    const splitter = new LineSplitter()
    splitter.push(bytes('one\ntwo\nthr'))
    splitter.end(false)
    expect([splitter.next(), splitter.next(), splitter.next()].map((line) => text(line?.bytes))).toEqual(['one', 'two', undefined]) // prettier-ignore
  })

  it('a line that never ends is given up, and the next one is found', () => {
    const piece = new Uint8Array(MAX_LINE / 2 + 1).fill(0x61)
    expect(split([piece, piece, piece, bytes('\nnext\n')]).lines).toEqual([undefined, 'next'])
  })
})

describe('the time of a line', () => {
  const time = (column: number | string, unit: 's' | 'ms' | 'us' | 'ns', line: string) =>
    lineTime({ kind: 'time', column, unit, speed: 1 })(bytes(line))

  it.each([
    [1, 's', '1.5,2', 1500],
    [2, 'ms', 'a;7;8', 7],
    [3, 'us', 'a\t"b\tc"\t2000', 2],
    [2, 'ms', '"say ""hi"", you",12', 12],
    [2, 'ms', 'turn  40 x', 40],
    [1, 's', '2024-01-02T03:04:05Z,1', 1704164645000],
    ['t.at', 'ns', '{"t":{"at":3000000}}', 3],
    ['t', 's', '{"t":"2024-01-02T03:04:05Z"}', 1704164645000],
    [3, 's', 'a,b', NaN],
    [1, 's', '', NaN],
    ['t', 's', 'no json', NaN],
  ] as const)('%s in %s of %j is %d', (column, unit, line, ms) => {
    expect(time(column, unit, line)).toBe(ms)
  })
})

describe('a publisher that says a file', () => {
  const bench = useEngine()

  async function pair(): Promise<[Session, Session]> {
    // Without high-water marks: a PUB whose subscriber is slower drops without a word.
    const options = { sendHighWaterMark: 0, receiveHighWaterMark: 0 }
    const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*', { options })
    const subscriber = await bench.open('subscriber', boundTo(publisher), { options })
    await linked(subscriber)
    await until(() => (publisher.info().status as { subscriptions: unknown[] }).subscriptions.length > 0)
    return [publisher, subscriber]
  }
  const lines = (more: object = {}) =>
    v.parse(LinesSchema, { name: 'log.csv', size: 100, pace: { kind: 'rate', rate: 50_000 }, ...more })
  const heard = (session: Session) =>
    Array.from({ length: session.numbers().last }, (_, i) =>
      session.row(i + 1)!.frames.map((frame) => Buffer.from(frame.bytes).toString()),
    )

  it('says every line once and in order, whatever the pieces, holding little of it in memory', async () => {
    const [publisher, subscriber] = await pair()
    const all = Array.from({ length: 6000 }, (_, i) => `line ${i} ${'x'.repeat(i % 97)}`)
    const file = bytes(`${all.join('\n')}\n`)
    const { feed } = publisher.station.say(lines({ size: file.byteLength, topic: 'log' }))
    for (let at = 0; at < file.byteLength; at += 65_536) {
      const end = at + 65_536 >= file.byteLength
      const { wanted } = await publisher.station.feed(feed, file.subarray(at, at + 65_536), end)
      expect(wanted).toBe(!end)
    }
    await until(() => publisher.info().lines?.state === 'ended')
    expect(publisher.info().lines).toMatchObject({ sent: 6000, bad: 0, done: file.byteLength, size: file.byteLength })
    await until(() => subscriber.numbers().in.messages === 6000)
    expect(heard(subscriber)).toEqual(all.map((line) => ['log', line]))
  })

  it('leaves out what is no line of its format, says which one first, and goes on', async () => {
    const [publisher, subscriber] = await pair()
    const { feed } = publisher.station.say(lines({ format: 'json', head: true }))
    await publisher.station.feed(feed, bytes('time,value\n{"a":1}\nnot json\n\n{"a":}\n[2]'), true)
    await until(() => publisher.info().lines?.state === 'ended')
    expect(publisher.info().lines).toMatchObject({
      sent: 3,
      bad: 2,
      firstBad: { line: 3, fault: { code: 'BAD_PAYLOAD' } },
    })
    await until(() => subscriber.numbers().in.messages === 3)
    expect(heard(subscriber)).toEqual([['{"a":1}'], [''], ['[2]']])
  })

  it('keeps the times in the lines apart as they are; a line without one is left out', async () => {
    const [publisher, subscriber] = await pair()
    const pace = { kind: 'time', column: 1, unit: 'ms', speed: 2 }
    const { feed } = publisher.station.say(lines({ pace }))
    await publisher.station.feed(feed, bytes('at,what\n1000,a\n1100,b\n1300,c\n'), true)
    await until(() => publisher.info().lines?.state === 'ended')
    expect(publisher.info().lines).toMatchObject({ sent: 3, bad: 1, firstBad: { line: 1, fault: { code: 'NO_TIME' } } })
    await until(() => subscriber.numbers().in.messages === 3)
    // From the beginning, since the first may come late and the others not.
    const { since } = publisher.info().lines!
    const [b, c] = [2, 3].map((seq) => publisher.row(seq)!.time)
    expect(b! - since).toBeGreaterThan(49)
    expect(c! - since).toBeGreaterThan(149)
  })

  it('is held up and goes on where it was; stopped it takes nothing more; another file takes its place', async () => {
    const [publisher] = await pair()
    const { feed } = publisher.station.say(lines({ pace: { kind: 'rate', rate: 500 } }))
    await publisher.station.feed(feed, bytes('a\n'.repeat(1000)), false)
    await until(() => publisher.info().lines!.sent > 5)
    publisher.station.holdLines(true)
    const { sent } = publisher.info().lines!
    expect(publisher.info().lines).toMatchObject({ state: 'held' })
    // Held, it takes bytes and says none of them.
    await publisher.station.feed(feed, bytes('b\n'), false)
    expect(publisher.info().lines).toMatchObject({ state: 'held', sent })
    publisher.station.holdLines(false)
    await until(() => publisher.info().lines!.sent > sent)
    const next = publisher.station.say(lines())
    expect(await publisher.station.feed(feed, bytes('c\n'), false)).toEqual({ wanted: false })
    expect(await publisher.station.feed(next.feed, bytes('d\n'), false)).toEqual({ wanted: true })
    await until(() => publisher.info().lines?.state === 'short')
    publisher.station.stopLines()
    expect(publisher.info().lines).toMatchObject({ state: 'stopped', sent: 1 })
    expect(await publisher.station.feed(next.feed, bytes('e\n'), false)).toEqual({ wanted: false })
  })

  it('more bytes are wanted only as lines are said, and when nobody brings them it stops and says why', async () => {
    const [publisher] = await pair()
    const { feed } = publisher.station.say(lines({ pace: { kind: 'rate', rate: 0.001 } }))
    let asked = 0
    const bring = async (): Promise<void> => {
      while ((await publisher.station.feed(feed, bytes(`${'y'.repeat(1023)}\n`.repeat(256)), false)).wanted) asked++
    }
    const brought = bring()
    await until(() => asked === 4)
    expect(publisher.info().lines).toMatchObject({ sent: 1, state: 'running' })
    expect(publisher.info().lines!.next).toBeGreaterThan(Date.now())
    publisher.station.stopLines()
    await brought
    expect(asked).toBe(4)

    const other = publisher.station.say(lines())
    await publisher.station.feed(other.feed, bytes('one\ntwo\nthr'), false)
    publisher.station.abandon(other.feed)
    await until(() => publisher.info().lines?.state === 'stopped')
    expect(publisher.info().lines).toMatchObject({ sent: 2, fault: { code: 'FEED_GONE' } })
  })

  it('ends with the session, and only a publisher says one', async () => {
    const [publisher, subscriber] = await pair()
    expect(() => subscriber.station.say(lines())).toThrow(expect.objectContaining({ code: 'WRONG_ROLE' }) as Error)
    const bad = { kind: 'time', column: 'a[', unit: 's' }
    expect(() => publisher.station.say(lines({ pace: bad }))).toThrow(expect.objectContaining({ code: 'BAD_PATH' }) as Error) // prettier-ignore
    const { feed } = publisher.station.say(lines({ pace: { kind: 'rate', rate: 1 } }))
    await publisher.station.feed(feed, bytes('a\nb\n'), false)
    await publisher.close()
    expect(publisher.info().lines).toMatchObject({ state: 'stopped' })
    expect(() => publisher.station.say(lines())).toThrow(expect.objectContaining({ code: 'NOT_OPEN' }) as Error)
  })
})
