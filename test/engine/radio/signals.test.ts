import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JournalPool } from '../../../src-main/engine/journal.js'
import { JournalReader } from '../../../src-main/engine/radio/reader.js'
import { RowTopics } from '../../../src-main/engine/radio/row-topics.js'
import { Signals } from '../../../src-main/engine/radio/signals.js'
import { topicOf } from '../../../src-main/payload/topic.js'
import { frames } from '../../helpers/engine.js'

const texts = [['a', '1'], ['ab', '2'], ['', '3'], ['a 4'], ['ab\t5'], ['abc'], ['a'], ['{"n":6}'], ['7'], ['']]

describe('the signals of a session', () => {
  it('are read from the messages of their topic and source, and from no others', () => {
    const row = fc.record({ parts: fc.constantFrom(...texts), source: fc.nat(2) })
    const wanted = fc.record({
      topic: fc.option(fc.constantFrom(...texts), { nil: undefined }),
      source: fc.option(fc.nat(2), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), wanted, (rows, { topic, source }) => {
        const journal = new JournalPool(1024 * 1024).open()
        for (const { parts, source } of rows) journal.append('in', frames(...parts), { time: 1, source })
        const signals = new Signals(journal, new RowTopics())
        const of = topic === undefined ? undefined : topicOf(frames(...topic))
        const place = { kind: 'number', type: 'u8', endian: 'little', offset: 0, frame: 0 } as const
        const signal = { id: 'x', name: '', place, ...(of && { topic: of }), ...(source !== undefined && { source }) }
        signals.set([signal], { protos: [], protobuf: undefined }, true, () => false)
        JournalReader.read(journal, signals.readers, Infinity)
        const expected = rows.filter(
          (each) =>
            (source === undefined || each.source === source) &&
            (of === undefined || JSON.stringify(topicOf(frames(...each.parts))) === JSON.stringify(of)),
        )
        const [{ read, unreadable } = { read: NaN, unreadable: NaN }] = signals.status()
        // A first frame without bytes has no number.
        const empty = expected.filter(({ parts }) => parts[0] === '').length
        expect([read, unreadable]).toEqual([expected.length - empty, empty])
        journal.close()
      }),
      { numRuns: 500 },
    )
  })

  it('of a topic for which there is no number are not read from others', () => {
    const journal = new JournalPool(1024 * 1024).open()
    const topics = new RowTopics(1)
    for (const parts of [
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ])
      journal.append('in', frames(...parts), { time: 1 })
    const place = { kind: 'number', type: 'u8', endian: 'little', offset: 0, frame: 1 } as const
    const signals = new Signals(journal, topics)
    const of = (name: string) => ({ id: name, name, topic: { kind: 'text', name }, place }) as const
    signals.set([of('a'), of('b')], { protos: [], protobuf: undefined }, true, () => false)
    JournalReader.read(journal, signals.readers, Infinity)
    expect(signals.status().map(({ read }) => read)).toEqual([1, 0])
    journal.close()
  })
})
