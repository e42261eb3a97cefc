import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { boundTo, frames, linked, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { framesIn, readByOracle, readThrough, recordingOf, scratch } from './helpers.js'

const bench = useEngine()

/** A publisher and a subscriber that hears it. */
async function onAir() {
  const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*', { name: 'mast' })
  const subscriber = await bench.open('subscriber', boundTo(publisher), { name: 'radio' })
  await linked(subscriber)
  await until(() => {
    const { status } = publisher.info()
    return status.role === 'publisher' && status.subscriptions.length > 0
  })
  return { publisher, subscriber }
}

describe('a recording', () => {
  test('has every frame of every message, both ways, under the channel of its topic', async () => {
    const { publisher, subscriber } = await onAir()
    const folder = scratch()
    const recording = recordingOf(bench.engine, folder, { sessions: 'all' })
    await recording.start()
    const binary = Uint8Array.from({ length: 256 }, (_, i) => i)
    await publisher.send([...frames('a'), binary, new Uint8Array()])
    await publisher.send(frames('b', '{"x": 1.5, "tags": ["p"], "deep": {"ok": true}}'))
    await publisher.send(frames('b', '{"x": 2.5}'))
    await publisher.send(frames('temperature 21'))
    await until(() => subscriber.numbers().in.messages === 4, { what: 'all to be heard' })
    await recording.stop()

    expect(recording.info()).toMatchObject({
      state: 'stopped',
      messages: 8,
      saved: 8,
      missing: 0,
      files: ['take.mcap'],
    })
    const path = join(folder, 'take.mcap')
    const { messages, reader } = await readByOracle(path)
    const of = (topic: string) => messages.filter((message) => message.topic === topic)
    expect(of('radio/in/a').map(({ data }) => framesIn(data))).toEqual([
      [Buffer.from('a'), Buffer.from(binary), Buffer.alloc(0)],
    ])
    expect(of('mast/out/b').map(({ data }) => framesIn(data)[1]!.toString())).toEqual([
      '{"x": 1.5, "tags": ["p"], "deep": {"ok": true}}',
      '{"x": 2.5}',
    ])
    expect(of('radio/in/temperature')).toHaveLength(1)
    expect(of('json/radio/in/b').map(({ data }) => Buffer.from(data).toString())).toEqual([
      '{"x": 1.5, "tags": ["p"], "deep": {"ok": true}}',
      '{"x": 2.5}',
    ])
    const copies = [...reader.channelsById.values()].find(({ topic }) => topic === 'json/radio/in/b')!
    const schema = reader.schemasById.get(copies.schemaId)!
    expect([copies.messageEncoding, schema.encoding]).toEqual(['json', 'jsonschema'])
    expect(JSON.parse(Buffer.from(schema.data).toString())).toEqual({
      type: 'object',
      properties: {
        x: { type: 'number' },
        tags: { type: 'array', items: { type: 'string' } },
        deep: { type: 'object', properties: { ok: { type: 'boolean' } } },
      },
    })
    const row = subscriber.row(1)!
    expect(of('radio/in/a')[0]).toMatchObject({
      sequence: 1,
      time: BigInt(Math.round((row.time % 1) * 1e6)) + BigInt(Math.floor(row.time)) * 1_000_000n,
    })
    expect(reader.statistics?.messageCount).toBe(BigInt(messages.length))
  })

  test('is the same read through from its beginning, with its checksums', async () => {
    const { publisher, subscriber } = await onAir()
    const folder = scratch()
    const recording = recordingOf(bench.engine, folder, { sessions: [subscriber.id] })
    await recording.start()
    for (let n = 0; n < 20_000; n++) {
      await publisher.send(frames(`topic/${n % 50}`, JSON.stringify({ n, text: 'x'.repeat(n % 200) })))
      await publisher.drained(500)
      if (n % 500 === 499) await until(() => subscriber.numbers().last === n + 1)
    }
    await recording.stop()
    expect(recording.info()).toMatchObject({ messages: 20_000, saved: 20_000, missing: 0 })
    const path = join(folder, 'take.mcap')
    const records = await readThrough(path)
    const sequences = records.flatMap((record) =>
      record.type === 'Message' && record.data[24] === 2 ? [record.sequence] : [],
    )
    const { messages } = await readByOracle(path)
    const own = messages.filter(({ encoding }) => encoding === 'socketeer')
    expect(own.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20_000 }, (_, i) => i + 1))
    expect(sequences).toHaveLength(20_000)
    expect(records.filter(({ type }) => type === 'Metadata')).toHaveLength(3)
    expect(readFileSync(path).byteLength).toBe(recording.info().bytes)
  })
})
