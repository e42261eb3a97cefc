import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { HISTORY_POINTS, TopicEntries, topicNames, type TopicKey } from '../../../src-main/contract/index.js'
import { now } from '../../../src-main/engine/clock.js'
import { JournalPool } from '../../../src-main/engine/journal.js'
import { Topics } from '../../../src-main/engine/radio/topics.js'
import { topicBytes, topicOf } from '../../../src-main/payload/topic.js'
import { boundTo, frames, linked, useEngine } from '../../helpers/engine.js'
import { until } from '../../helpers/until.js'

const MiB = 1024 * 1024

/** A view's table, kept as a view would. */
class Table {
  readonly #topics: Topics
  names: TopicKey[] = []
  readonly figures = new Map<number, { messages: number; bytes: number; rate: number; lastSeq: number }>()
  last!: ReturnType<Topics['changes']>
  sources: boolean[][] = []

  constructor(topics: Topics) {
    this.#topics = topics
  }

  /** Asks until all is told; answers how many entries it was told last. */
  ask(): number {
    let entries: TopicEntries
    do {
      this.last = this.#topics.changes(this.last?.revision ?? 0, this.names.length)
      if (this.last.whole) {
        this.names = []
        this.figures.clear()
      }
      this.names.push(...topicNames(this.last.names))
      entries = new TopicEntries(this.last.entries)
      for (let i = 0; i < entries.length; i++) {
        this.figures.set(entries.index(i), {
          messages: entries.messages(i),
          bytes: entries.bytes(i),
          rate: entries.rate(i),
          lastSeq: entries.lastSeq(i),
        })
        this.sources[entries.index(i)] = [0, 1, 2].map((source) => entries.hasSource(i, source))
      }
    } while (this.names.length < this.last.topics || this.last.behind > 0)
    return entries.length
  }

  of(name: string) {
    return this.figures.get(this.names.findIndex((key) => key.name === name))
  }
}

describe('the topic of a message', () => {
  it.each<[string[], TopicKey]>([
    [['vehicle/speed', '{}'], { kind: 'text', name: 'vehicle/speed' }],
    [['', 'x'], { kind: 'text', name: '' }],
    [['\u0001\u0002', 'x'], { kind: 'hex', name: '0102' }],
    [['10001 25 60'], { kind: 'text', name: '10001' }],
    [['/odom\t1 2'], { kind: 'text', name: '/odom' }],
    [['heartbeat'], { kind: 'text', name: 'heartbeat' }],
    [['温度 21'], { kind: 'text', name: '温度' }],
    [['13.5'], { kind: 'none', name: '' }],
    [['{"a":1}'], { kind: 'none', name: '' }],
    [['a\u0000b c'], { kind: 'none', name: '' }],
    [[''], { kind: 'none', name: '' }],
  ])('%o is in %o', (texts, key) => {
    expect(topicOf(frames(...texts))).toEqual(key)
    if (key.kind !== 'none') expect(topicOf([topicBytes(key)!, new Uint8Array()])).toEqual(key)
  })
})

describe('the topics of a session', () => {
  it('are counted exactly: messages, bytes, the last one, sources', () => {
    const journal = new JournalPool(64 * MiB).open()
    const table = new Table(new Topics(journal))
    journal.append('in', frames('a/b', '12345'), { time: 1000, source: 0 })
    journal.append('in', frames('a/b', '1'), { time: 1001, source: 2 })
    journal.append('in', [Uint8Array.of(0xff, 0), Uint8Array.of(1)], { time: 1002, source: 1 })
    journal.append('in', frames('{"no":"topic"}'), { time: 1003 })
    table.ask()
    expect(table.names).toEqual([
      { kind: 'text', name: 'a/b' },
      { kind: 'hex', name: 'ff00' },
      { kind: 'none', name: '' },
    ])
    expect(table.of('a/b')).toMatchObject({ messages: 2, bytes: 12, lastSeq: 2 })
    expect(table.sources).toEqual([
      [true, false, true],
      [false, true, false],
      [true, false, false],
    ])
    expect(table.last.sources.map(({ source, messages }) => [source, messages])).toEqual([
      [0, 2],
      [1, 1],
      [2, 1],
    ])
    journal.append('in', frames('a/b', ''), { time: 1004 })
    expect(table.ask()).toBe(1)
    expect(table.of('a/b')).toMatchObject({ messages: 3, lastSeq: 5 })
    expect(table.ask()).toBe(0)
  })

  it('are counted by topic and source, whatever follows whatever; those for which there is no room together', () => {
    // `a` and `b` have room; what comes after the third topic is counted as others.
    const row = fc.record({
      frames: fc.constantFrom(
        ['a', '1'],
        ['a', '12345'],
        ['b', ''],
        ['ab', 'x'],
        ['{"no":"topic"}'],
        ['a 1'],
        ['z', 'z'],
      ),
      source: fc.constantFrom(0, 0, 0, 1, 40),
      ms: fc.constantFrom(0, 0, 1, 300, 700),
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 300 }), (rows) => {
        const journal = new JournalPool(64 * MiB).open()
        const topics = new Topics(journal, undefined, undefined, 3)
        const table = new Table(topics)
        const names: string[] = []
        const sums = new Map<string, { messages: number; bytes: number; lastSeq: number; sources: Set<number> }>()
        const others = { messages: 0, bytes: 0 }
        let time = 1_000_000
        rows.forEach(({ frames: texts, source, ms }, i) => {
          time += ms
          journal.append('in', frames(...texts), { time, source })
          const bytes = texts.join('').length
          const { kind, name } = topicOf(frames(...texts))
          const key = kind === 'none' ? '' : name
          if (!names.includes(key) && names.length < 3) names.push(key)
          if (!names.includes(key)) {
            others.messages++
            others.bytes += bytes
            return
          }
          const sum = sums.get(key) ?? { messages: 0, bytes: 0, lastSeq: 0, sources: new Set() }
          sums.set(key, sum)
          sum.messages++
          sum.bytes += bytes
          sum.lastSeq = i + 1
          sum.sources.add(source)
        })
        table.ask()
        expect(table.names.map(({ kind, name }) => (kind === 'none' ? '' : name))).toEqual(names)
        expect(table.last.others).toEqual(others)
        const entries = new TopicEntries(topics.changes(0, 0).entries)
        names.forEach((name, n) => {
          const { messages, bytes, lastSeq, sources } = sums.get(name)!
          expect(table.figures.get(n)).toMatchObject({ messages, bytes, lastSeq })
          for (const source of [0, 1, 40]) expect(entries.hasSource(n, source)).toBe(sources.has(source))
        })
        for (const { source, messages } of table.last.sources)
          expect(messages).toBe(rows.filter((each) => each.source === source).length)
        journal.close()
      }),
      { numRuns: 200 },
    )
  })

  it('have a rate over the last second, that falls when they stop, and its history', () => {
    const journal = new JournalPool(64 * MiB).open()
    const topics = new Topics(journal)
    const table = new Table(topics)
    // The clock stands still, so that no interval ends between the last row and the question.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now())
    onTestFinished(() => clock.mockRestore())
    const begin = Math.floor(now() / 1000) * 1000 - 8000
    for (let ms = 0; ms < 9000; ms += 10) {
      if (begin + ms > now()) break
      journal.append('in', frames('fast', ''), { time: begin + ms })
      if (ms < 2000) journal.append('in', frames('ended', ''), { time: begin + ms })
    }
    table.ask()
    expect(table.of('fast')?.rate).toBe(100)
    expect(table.of('ended')?.rate).toBe(0)
    const history = new Uint32Array(topics.history([0, 1, 99]).buffer)
    expect(history.length).toBe(3 * HISTORY_POINTS)
    expect(history.subarray(HISTORY_POINTS - 8, HISTORY_POINTS)).toEqual(new Uint32Array(8).fill(50))
    expect(history.subarray(HISTORY_POINTS, 2 * HISTORY_POINTS).reduce((a, b) => a + b)).toBe(200)
  })

  it('say how many rows were gone before they were counted, and begin anew when a person clears', () => {
    const journal = new JournalPool(2 * MiB).open()
    const topics = new Topics(journal)
    const table = new Table(topics)
    for (let i = 0; i < 20_000; i++) journal.append('in', frames(`t${i % 10}`, 'x'.repeat(100)), { time: i })
    table.ask()
    const counted = [...table.figures.values()].reduce((sum, { messages }) => sum + messages, 0)
    expect(table.last.gone).toBe(journal.evicted)
    expect(counted + table.last.gone).toBe(20_000)
    journal.append('in', frames('unread', ''), { time: 1 })
    journal.clear()
    topics.clear()
    journal.append('in', frames('new', ''), { time: 1 })
    table.ask()
    expect(table.names.map(({ name }) => name)).toEqual(['new'])
    expect(table.last.gone).toBe(0)
  })

  it('are told apart up to a bound, and the rest counted as others; an answer takes but a slice of time', () => {
    const journal = new JournalPool(128 * MiB).open()
    const topics = new Topics(journal, undefined, undefined, 100_000)
    const table = new Table(topics)
    for (let i = 0; i < 220_000; i++)
      journal.append('in', frames(`some/topic/${i % 110_000}`, '1'), { time: 1000 + i / 100 })
    const first = topics.changes(0, 0)
    expect(first.behind).toBeGreaterThan(0)
    table.ask()
    expect(table.last).toMatchObject({ topics: 100_000, gone: 0, behind: 0 })
    expect(table.last.others.messages).toBe(20_000)
    expect(new Set(table.names.map(({ name }) => name)).size).toBe(100_000)
    expect([...table.figures.values()].every(({ messages }) => messages === 2)).toBe(true)
  })

  describe('over real sockets', () => {
    const bench = useEngine({ journalBytes: 12 * MiB })

    it('are all there, from two stations, and none is lost uncounted once a view has asked, whoever looks', async () => {
      const stations = [
        await bench.open('publisher', 'tcp://127.0.0.1:*'),
        await bench.open('publisher', 'tcp://127.0.0.1:*'),
      ]
      const radio = await bench.open(
        'subscriber',
        stations.map((station) => boundTo(station)),
      )
      await until(
        () => stations.every((s) => (s.info().status as { subscriptions?: unknown[] }).subscriptions?.length),
        { what: 'subscriptions' },
      )
      await linked(radio)
      const table = new Table(radio.radio.topics)
      table.ask()
      const payload = 'x'.repeat(1000)
      for (let n = 0; n < 12_000; n++) {
        void stations[n % 2]!.send(frames(`topic/${n % 200}`, payload))
        if (n % 200 === 0) await Promise.all(stations.map((station) => station.drained()))
        // Whoever publishes waits for the reader, which nobody asks here: it reads on by itself, or this waits in vain.
        if (n % 400 === 0)
          await until(() => radio.numbers().in.messages >= n - 200 && radio.radio.topics.reader?.behind === 0, {
            what: `the reader to keep up at message ${n}`,
          })
      }
      await until(() => radio.numbers().in.messages === 12_000, { what: 'all messages' })
      expect(radio.numbers().evicted).toBeGreaterThan(1000)
      await until(() => (table.ask(), table.last.behind === 0))
      expect(table.names.length).toBe(200)
      expect([...table.figures.values()].reduce((sum, each) => sum + each.messages, 0)).toBe(12_000 - table.last.gone)
      expect(table.last.gone).toBe(0)
      expect(table.last.sources.map(({ messages }) => messages)).toEqual([6000, 6000])
    })
  })
})
