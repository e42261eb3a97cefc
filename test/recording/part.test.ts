import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { PageView, RecordedPartSchema, type PartFormat } from '../../src-main/contract/index.js'
import type { Session } from '../../src-main/engine/session.js'
import { Recordings } from '../../src-main/recording/recordings.js'
import { Renumbering } from '../../src-main/recording/renumbering.js'
import { boundTo, frames, linked, rows, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { readByOracle, recordingOf, scratch, writeForeign } from './helpers.js'

const bench = useEngine()
const part = (given: v.InferInput<typeof RecordedPartSchema> = {}) => v.parse(RecordedPartSchema, given)

/** The sessions of a recording that `say` was said in, and what exports parts of them. */
async function recorded(sessions: readonly Session[], say: () => Promise<void>) {
  const folder = scratch()
  const recording = recordingOf(bench.engine, folder, { sessions: sessions.map(({ id }) => id) })
  await recording.start()
  await say()
  await recording.stop()
  const recordings = new Recordings({ engine: bench.engine, folder, version: 'test' })
  const opened = (await recordings.open('take.mcap')).map(({ id }) => bench.engine.session(id))
  const write = (session: Session, format: PartFormat, given = part(), name?: string) =>
    recordings.export(session.id, format, given, name, {})
  return { folder, recordings, opened, write }
}

/** A publisher that says `{"n":0}` and so on, every third under another topic. */
async function air(count = 300) {
  const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*', { name: 'mast' })
  return recorded([publisher], async () => {
    for (let n = 0; n < count; n++) await publisher.send(frames(n % 3 === 0 ? 'gear' : 'speed', `{"n":${n}}`))
  })
}

const numbersIn = (session: Session): number[] =>
  rows(session, 'out').map(([, json]) => (JSON.parse(json!) as { n: number }).n)

describe('a part of a recording', () => {
  test('is a recording of its own: between two times, of some topics, with the JSON copies that belong to it', async () => {
    const { folder, recordings, opened, write } = await air()
    const [mast] = opened
    const [from, to] = [mast!.row(31)!.time, mast!.row(91)!.time]
    const topics = [{ kind: 'text' as const, name: 'gear' }]
    const { name, messages, bytes } = await write(mast!, 'mcap', part({ from, to, topics }))
    // Times of two rows may be the same: then both are inside, or neither.
    const inside = numbersIn(mast!).filter((n) => {
      const { time } = mast!.row(n + 1)!
      return n % 3 === 0 && time >= from && time < to
    })
    expect({ name, messages }).toEqual({ name: 'take part.mcap', messages: inside.length })
    expect(readFileSync(join(folder, name)).byteLength).toBe(bytes)
    const { messages: read } = await readByOracle(join(folder, name))
    const data = (topic: string) => read.filter((each) => each.topic === topic)
    expect(data('json/mast/out/gear').map((each) => JSON.parse(Buffer.from(each.data).toString()) as object)).toEqual(
      inside.map((n) => ({ n })),
    )
    expect(data('mast/out/gear')).toHaveLength(inside.length)
    expect(data('mast/out/speed')).toEqual([])
    const [again] = await recordings.open(name)
    expect(again).toMatchObject({
      settings: { role: 'publisher', name: 'mast' },
      recorded: { label: 'mast', missing: 0 },
    })
    const session = bench.engine.session(again!.id)
    expect(numbersIn(session)).toEqual(inside)
    expect(session.row(1)!.time).toBe(mast!.row(inside[0]! + 1)!.time)
    await recordings.close()
  })

  test('keeps who answered what, though rows in between are left out', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*', { name: 'desk', answer: { kind: 'echo' } })
    const client = await bench.open('client', boundTo(server))
    await linked(client)
    const { recordings, opened, write } = await recorded([server], async () => {
      for (let n = 0; n < 9; n++) await client.ask(frames(n % 2 === 0 ? `even ${n}` : `odd ${n}`))
      await until(() => server.numbers().out.messages === 9)
    })
    const { name, messages } = await write(opened[0]!, 'mcap', part({ prefixes: ['odd'] }), 'odd ones')
    expect({ name, messages }).toEqual({ name: 'odd ones.mcap', messages: 8 })
    const [again] = (await recordings.open(name)).map(({ id }) => bench.engine.session(id))
    const all = [...new PageView(again!.page(1, 100, 64))]
    expect(all.map(({ direction }) => direction)).toEqual(Array.from({ length: 8 }, (_, i) => (i % 2 ? 'out' : 'in')))
    for (const row of all) {
      if (row.direction === 'in') continue
      const question = again!.row(row.ref)!
      expect(Buffer.from(question.frames[0]!.bytes)).toEqual(Buffer.from(row.frames[0]!.bytes))
    }
    await recordings.close()
  })

  test('of what another program recorded is the same to the nanosecond', async () => {
    const folder = scratch()
    await writeForeign(join(folder, 'other.mcap'), 8)
    const recordings = new Recordings({ engine: bench.engine, folder, version: 'test' })
    const [session] = await recordings.open('other.mcap')
    const { name, messages } = await recordings.export(
      session!.id,
      'mcap',
      part({ prefixes: ['/pose'] }),
      undefined,
      {},
    )
    expect(messages).toBe(4)
    const whole = await readByOracle(join(folder, 'other.mcap'))
    const cut = await readByOracle(join(folder, name))
    expect(cut.messages).toEqual(whole.messages.filter(({ topic }) => topic === '/pose'))
    await recordings.close()
  })

  test('is written as JSON Lines and CSV, too, under names that are free', async () => {
    const { folder, recordings, opened, write } = await air(12)
    const lines = await write(opened[0]!, 'jsonl', part({ prefixes: ['gear'] }))
    expect(lines).toMatchObject({ name: 'take part.jsonl', messages: 4 })
    const text = readFileSync(join(folder, lines.name), 'utf8').trimEnd().split('\n')
    expect(text.map((line) => (JSON.parse(line) as { frames: unknown }).frames)).toEqual(
      [0, 3, 6, 9].map((n) => [{ text: 'gear' }, { text: `{"n":${n}}` }]),
    )
    const first = await write(opened[0]!, 'csv')
    const second = await write(opened[0]!, 'csv')
    expect([first.name, second.name]).toEqual(['take part.csv', 'take part (2).csv'])
    expect(readFileSync(join(folder, second.name), 'utf8').split('\r\n')).toHaveLength(1 + 12 * 2 + 1)
    expect((await recordings.show()).files.map(({ name }) => name).sort()).toEqual(
      ['take part (2).csv', 'take part.csv', 'take part.jsonl', 'take.mcap'].sort(),
    )
    await recordings.close()
  })

  test.each(['mcap', 'jsonl'] as const)(
    'that nothing is in, or that is called off, leaves no file (%s)',
    async (format) => {
      const { folder, recordings, opened, write } = await air(6)
      await expect(write(opened[0]!, format, part({ prefixes: ['none'] }))).rejects.toMatchObject({
        code: 'EMPTY_PART',
      })
      const called = new AbortController()
      called.abort(new Error('no longer wanted'))
      const signal = AbortSignal.abort(new Error('no longer wanted'))
      await expect(recordings.export(opened[0]!.id, format, part(), undefined, { signal })).rejects.toThrow('no longer')
      expect(readdirSync(folder)).toEqual(['take.mcap'])
      await recordings.close()
    },
  )

  test('is counted by time exactly, over all rows', async () => {
    const { recordings, opened } = await air(5000)
    const [mast] = opened
    const times = Array.from({ length: 5000 }, (_, i) => mast!.row(i + 1)!.time)
    const [from, length] = [times[0]!, times.at(-1)! - times[0]!]
    for (const columns of [1, 7, 120]) {
      const counts = new Array<number>(columns).fill(0)
      for (const time of times) counts[Math.min(Math.floor(((time - from) / length) * columns), columns - 1)]! += 1
      expect(await recordings.density(mast!.id, columns, {})).toEqual(counts)
    }
    await recordings.close()
  })
})

test('rows numbered anew keep their order, and find whom they referred to unless that was left out', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 3 })), { maxLength: 200 }), (all) => {
      const numbers = new Renumbering(true)
      const expected = new Map<number, number>()
      let next = 1
      for (const [then, [taken, missing]] of all.entries()) {
        if (missing === 3) {
          numbers.skip(2)
          next += 2
        }
        if (taken) {
          expect(numbers.take(then + 1)).toBe(next)
          expected.set(then + 1, next++)
        }
      }
      for (let then = 0; then <= all.length + 1; then++) expect(numbers.now(then)).toBe(expected.get(then) ?? 0)
    }),
  )
})
