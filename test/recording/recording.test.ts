import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { Engine } from '../../src-main/engine/engine.js'
import { boundTo, frames, linked, settingsOf, useEngine } from '../helpers/engine.js'
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
    for (let n = 0; n < 6000; n++) {
      await publisher.send(frames(`topic/${n % 50}`, JSON.stringify({ n, text: 'x'.repeat(n % 200) })))
      await publisher.drained(500)
      if (n % 500 === 499) await until(() => subscriber.numbers().last === n + 1)
    }
    await recording.stop()
    expect(recording.info()).toMatchObject({ messages: 6000, saved: 6000, missing: 0 })
    const path = join(folder, 'take.mcap')
    const records = await readThrough(path)
    const sequences = records.flatMap((record) =>
      record.type === 'Message' && record.data[24] === 2 ? [record.sequence] : [],
    )
    const { messages } = await readByOracle(path)
    const own = messages.filter(({ encoding }) => encoding === 'socketeer')
    expect(own.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 6000 }, (_, i) => i + 1))
    expect(sequences).toHaveLength(6000)
    expect(records.filter(({ type }) => type === 'Metadata')).toHaveLength(3)
    expect(readFileSync(path).byteLength).toBe(recording.info().bytes)
  })
})

describe('what goes wrong', () => {
  test('a file that is there is not written over, a folder that is not there is told of', async () => {
    const { subscriber } = await onAir()
    const folder = scratch()
    writeFileSync(join(folder, 'take.mcap'), 'mine')
    await expect(recordingOf(bench.engine, folder, { sessions: [subscriber.id] }).start()).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    })
    expect(readFileSync(join(folder, 'take.mcap'), 'utf8')).toBe('mine')
    await expect(
      recordingOf(bench.engine, join(folder, 'none'), { sessions: [subscriber.id] }).start(),
    ).rejects.toMatchObject({ code: 'NO_FILE' })
  })

  test('a read-only disk is told of, and the session goes on', async ({ skip }) => {
    const folder = scratch()
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=1m', 'tmpfs', folder])
    if (mounted.status !== 0) skip('a read-only disk cannot be made here: mounting one takes root')
    onTestFinished(() => void spawnSync('umount', ['-l', folder]))
    const { publisher, subscriber } = await onAir()
    await expect(recordingOf(bench.engine, folder, { sessions: 'all' }).start()).rejects.toMatchObject({
      code: 'READ_ONLY',
    })
    await publisher.send(frames('still', 'here'))
    await until(() => subscriber.numbers().in.messages === 1, { what: 'it to be heard' })
  })

  test('a pattern that is none is refused before anything is written', () => {
    const trigger = { on: { kind: 'message' as const, filter: { regex: '(' } } }
    expect(() => recordingOf(bench.engine, scratch(), { sessions: 'all', trigger })).toThrow(
      expect.objectContaining({ code: 'BAD_PATTERN' }) as Error,
    )
  })

  test('rows that memory let go before they were read are counted, in the file too', async () => {
    const small = new Engine({ journalBytes: 2 * 1024 * 1024 })
    const publisher = await small.open(settingsOf('publisher', 'tcp://127.0.0.1:*'))
    const folder = scratch()
    const recording = recordingOf(small, folder, { sessions: [publisher.id] })
    await recording.start()
    const large = new Uint8Array(100_000)
    // All in one turn of the event loop: nobody can read in between.
    await Promise.all(Array.from({ length: 100 }, () => publisher.send([large])))
    const { first, last } = publisher.rows
    expect(first).toBeGreaterThan(1)
    await recording.stop()
    expect(recording.info()).toMatchObject({ messages: last + 1 - first, missing: first - 1, state: 'stopped' })
    const { messages } = await readByOracle(join(folder, 'take.mcap'))
    const gaps = messages.filter(({ topic }) => topic === 'publisher/gaps')
    expect(gaps.map(({ data }) => JSON.parse(Buffer.from(data).toString()) as unknown)).toEqual([
      { missing: first - 1, before: first },
    ])
    await small.close()
  })

  test('a full disk ends the recording alone: what was saved can be read, the rest is counted', async ({ skip }) => {
    const folder = scratch()
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
    if (mounted.status !== 0) skip('a disk of 1 MiB cannot be made here: mounting one takes root')
    onTestFinished(() => void spawnSync('umount', ['-l', folder]))
    const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
    const recording = recordingOf(bench.engine, folder, { sessions: [publisher.id] })
    await recording.start()
    const noise = () => crypto.getRandomValues(new Uint8Array(10_000))
    for (let n = 0; n < 300; n++) await publisher.send([noise()])
    await until(() => recording.over, { what: 'the recording to end', deadline: 15_000 })
    const { messages, saved, missing, fault, state } = recording.info()
    expect([state, fault?.code]).toEqual(['failed', 'DISK_FULL'])
    expect(saved).toBeGreaterThan(0)
    expect(saved + missing).toBe(messages)
    expect(missing).toBeGreaterThan(0)
    // The session goes on.
    await publisher.send([noise()])
    expect(publisher.numbers().out.messages).toBe(301)
    const read = await readByOracle(join(folder, 'take.mcap'))
    expect(read.messages).toHaveLength(saved)
    expect(
      read.messages.map(({ data }) =>
        Buffer.from(framesIn(data)[0]!).equals(Buffer.from(publisher.row(1)!.frames[0]!.bytes)),
      )[0],
    ).toBe(true)
  })
})

describe('when and how long', () => {
  test('it goes on in further files, and each is whole by itself', async () => {
    const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
    const folder = scratch()
    const recording = recordingOf(bench.engine, folder, { sessions: [publisher.id], splitBytes: 64 * 1024 })
    await recording.start()
    const noise = () => crypto.getRandomValues(new Uint8Array(50_000))
    for (let part = 1; part <= 3; part++) {
      for (let n = 0; n < 15; n++) await publisher.send([...frames('topic'), noise()])
      await until(() => recording.info().files.length === part + 1, { what: `file ${part + 1}`, deadline: 15_000 })
    }
    await recording.stop()
    const { files, messages, saved, bytes } = recording.info()
    expect(files.slice(0, 2)).toEqual(['take.mcap', 'take-002.mcap'])
    expect([messages, saved]).toEqual([45, 45])
    const parts = await Promise.all(files.map((name) => readByOracle(join(folder, name))))
    expect(parts.flatMap((part) => part.messages.map(({ sequence }) => sequence))).toEqual(
      Array.from({ length: 45 }, (_, i) => i + 1),
    )
    expect(bytes).toBe(files.reduce((sum, name) => sum + readFileSync(join(folder, name)).byteLength, 0))
  })

  test('a trigger records what was before it too, and ends by itself', async () => {
    const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
    for (let n = 0; n < 5; n++) await publisher.send(frames('calm', String(n)))
    const folder = scratch()
    const recording = recordingOf(bench.engine, folder, {
      sessions: 'all',
      trigger: {
        on: { kind: 'message', filter: { json: { path: 'level', is: '>', value: '9' } } },
        before: 3600,
        after: 0.2,
      },
    })
    await recording.start()
    await publisher.send(frames('event', '{"level": 3}'))
    await until(() => recording.info().state === 'armed')
    expect(recording.info()).toMatchObject({ files: [], messages: 0 })
    await publisher.send(frames('event', '{"level": 10}'))
    await until(() => recording.over, { what: 'its end', deadline: 15_000 })
    expect(recording.info()).toMatchObject({ state: 'stopped', triggered: 1, messages: 7, saved: 7, missing: 0 })
    const { messages } = await readByOracle(join(folder, 'take.mcap'))
    expect(messages.filter(({ encoding }) => encoding === 'socketeer')).toHaveLength(7)
  })

  test('it goes on in a further file after its seconds, too', async () => {
    const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
    const folder = scratch()
    const recording = recordingOf(bench.engine, folder, { sessions: [publisher.id], splitSeconds: 1 })
    await recording.start()
    await publisher.send(frames('topic', 'before'))
    await until(() => recording.info().files.length >= 2, { what: 'the second file', deadline: 15_000 })
    await publisher.send(frames('topic', 'behind'))
    await recording.stop()
    const { files, messages, saved } = recording.info()
    expect([messages, saved]).toEqual([2, 2])
    const parts = await Promise.all(files.map((name) => readByOracle(join(folder, name))))
    const own = parts.map((part) => part.messages.filter(({ encoding }) => encoding === 'socketeer'))
    expect(own.flat().map(({ data }) => framesIn(data)[1]!.toString())).toEqual(['before', 'behind'])
    expect(own[0]).toHaveLength(1)
  })

  test('it begins when its time comes, not before, and ends by itself', async () => {
    const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
    const folder = scratch()
    // The clock stands still as long as it is too early.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now())
    onTestFinished(() => clock.mockRestore())
    const at = Date.now() + 1000
    const recording = recordingOf(bench.engine, folder, { sessions: [publisher.id], at, stopAfter: 2 })
    await recording.start()
    expect(recording.info()).toMatchObject({ state: 'scheduled', files: [] })
    await publisher.send(frames('too early'))
    clock.mockRestore()
    await until(() => recording.info().state === 'recording', { what: 'its time', deadline: 15_000 })
    await publisher.send(frames('in time'))
    await until(() => recording.over, { what: 'its end', deadline: 15_000 })
    const { state, started, messages } = recording.info()
    expect({ state, messages }).toEqual({ state: 'stopped', messages: 1 })
    expect(started).toBeGreaterThanOrEqual(at - 5)
  })

  test('a session that is opened meanwhile, and one that is forgotten, are in it whole', async () => {
    const folder = scratch()
    const recording = recordingOf(bench.engine, folder, { sessions: 'all' })
    await recording.start()
    const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
    for (let n = 0; n < 100; n++) await publisher.send(frames(`topic ${n}`))
    await bench.engine.forget(publisher.id)
    await recording.stop()
    expect(recording.info()).toMatchObject({ messages: 100, saved: 100, missing: 0 })
    const { messages } = await readByOracle(join(folder, 'take.mcap'))
    expect(messages.filter(({ topic }) => topic === 'publisher/links').length).toBeGreaterThan(0)
  })
})
