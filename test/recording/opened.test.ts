import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Fault, PageView, TopicEntries, topicNames } from '../../src-main/contract/index.js'
import type { FileJournal } from '../../src-main/recording/file-journal.js'
import { RecordingFile } from '../../src-main/recording/file.js'
import { list, sessionsOf } from '../../src-main/recording/opened.js'
import { boundTo, frames, linked, rows, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { recordingOf, scratch, writeForeign } from './helpers.js'

const bench = useEngine()

async function opened(path: string) {
  const file = await RecordingFile.open(path)
  return list(file, bench.engine)
}

/** A server that echoes and its client, recorded with three exchanges and a message on the air. */
async function talk() {
  const server = await bench.open('server', 'tcp://127.0.0.1:*', { name: 'desk', answer: { kind: 'echo' } })
  const client = await bench.open('client', boundTo(server))
  await linked(client)
  const folder = scratch()
  const recording = recordingOf(bench.engine, folder, { sessions: [server.id, client.id] })
  await recording.start()
  for (const text of ['one', 'two', 'three']) await client.ask(frames(text, '{"a":1}'))
  await until(() => server.numbers().out.messages === 3)
  await recording.stop()
  return { server, client, path: join(folder, 'take.mcap') }
}

/** As few bytes as a recording can have, and three messages in two chunks. */
async function small(): Promise<string> {
  const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
  const folder = scratch()
  const recording = recordingOf(bench.engine, folder, { sessions: [publisher.id], json: false })
  await recording.start()
  await publisher.send(frames('a', '1'))
  await publisher.send(frames('a', '2'))
  await until(() => recording.info().saved === 2, { what: 'the first chunk on the disk', deadline: 15_000 })
  await publisher.send(frames('a', '3'))
  await recording.stop()
  return join(folder, 'take.mcap')
}

describe('a recording that is opened', () => {
  test('has the sessions of then: roles, rows, who answered what, and the timeline', async () => {
    const { server, client, path } = await talk()
    const [desk, asker] = await opened(path)
    expect(desk!.info()).toMatchObject({
      settings: { role: 'server', name: 'desk' },
      state: { kind: 'closed' },
      recorded: { file: 'take.mcap', label: 'desk', missing: 0 },
    })
    expect(asker!.info().settings.role).toBe('client')
    for (const [then, now] of [
      [server, desk!],
      [client, asker!],
    ] as const) {
      expect(rows(now, 'in')).toEqual(rows(then, 'in'))
      expect(rows(now, 'out')).toEqual(rows(then, 'out'))
      expect(now.numbers()).toMatchObject({ first: 1, last: 6, in: { messages: 3 }, out: { messages: 3 }, kept: 0 })
      for (let seq = 1; seq <= 6; seq++) {
        const { ref, time, source, direction } = then.row(seq)!
        expect(now.row(seq)).toMatchObject({ ref, time, source, direction })
      }
    }
  })

  test('is searched, counted by topic, and paged as a live one is', async () => {
    const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
    const folder = scratch()
    const recording = recordingOf(bench.engine, folder, { sessions: 'all' })
    await recording.start()
    for (let n = 0; n < 5000; n++) await publisher.send(frames(n % 3 === 0 ? 'third' : 'other', `{"n":${n}}`))
    await recording.stop()
    const [session] = await opened(join(folder, 'take.mcap'))
    const found: number[] = []
    for (let from = 1, done = false; !done;) {
      const part = await session!.search({ json: { path: 'n', is: '>=', value: '4990' }, topic: 'third' }, from)
      found.push(...new Float64Array(part.seqs.buffer))
      ;({ next: from, done } = part)
    }
    expect(found).toEqual([4993, 4996, 4999])
    expect(
      [...new PageView(session!.pick(found, 512))].map(({ frames: [, last] }) => Buffer.from(last!.bytes).toString()),
    ).toEqual(['{"n":4992}', '{"n":4995}', '{"n":4998}'])
    await until(() => session!.radio.topics.changes(0, 0).behind === 0)
    const { entries, names } = session!.radio.topics.changes(0, 0)
    const figures = new TopicEntries(entries)
    expect(topicNames(names).map(({ name }, i) => [name, figures.messages(i)])).toEqual([
      ['third', 1667],
      ['other', 3333],
    ])
    const page = new PageView(session!.page(4999, 10, 512))
    expect([page.first, page.rows]).toEqual([4999, 2])
  })

  test('can be looked at and nothing else', async () => {
    const { path } = await talk()
    const [desk] = await opened(path)
    expect(() => desk!.clear()).toThrow(expect.objectContaining({ code: 'READ_ONLY' }) as Error)
    await expect(bench.engine.reopen(desk!.id, desk!.settings)).rejects.toMatchObject({ code: 'READ_ONLY' })
    await expect(desk!.send(frames('x'))).rejects.toMatchObject({ code: 'NOT_OPEN' })
    expect(rows(desk!, 'in')).toHaveLength(3)
  })

  test.for([
    { packed: 'zstd', program: 'zstd' },
    { packed: 'lz4', program: 'lz4' },
  ])('of a file that another program packed with $packed', async ({ packed, program }, { skip }) => {
    const run = (input: Uint8Array) => spawnSync(program, ['-c', '-q'], { input })
    if (run(Buffer.from('x')).status !== 0) skip(`${program} is not installed, and it is what packs here`)
    const path = join(scratch(), 'packed.mcap')
    await writeForeign(path, 2000, (bytes) => ({ compression: packed, compressedData: run(bytes).stdout }))
    const [session] = await opened(path)
    expect(rows(session!, 'in').map(([, json]) => (JSON.parse(json!) as { v: number }).v)).toEqual(
      Array.from({ length: 2000 }, (_, n) => n),
    )
  })

  test('of a file that another program wrote: a topic a channel, in the order of their times', async () => {
    const path = join(scratch(), 'other.mcap')
    await writeForeign(path)
    const [session] = await opened(path)
    expect(session!.info()).toMatchObject({ settings: { role: 'subscriber', name: 'other.mcap' } })
    expect(rows(session!, 'in')).toEqual([
      ['/speed', '{"v":0}'],
      ['/pose', '{"v":1}'],
      ['/speed', '{"v":2}'],
      ['/pose', '{"v":3}'],
    ])
    expect(session!.row(2)!.time).toBe(1_700_000_000_001.25)
  })
})

describe('a recording that was cut off', () => {
  test('opens up to its last whole chunk at every length, or says in one sentence why not', async () => {
    const path = await small()
    const whole = readFileSync(path)
    const [mast] = sessionsOf(await RecordingFile.open(path))
    const all = textsOf(mast!.journal)
    expect(all).toHaveLength(3)
    mast!.journal.file.close()
    const cut = join(scratch(), 'cut.mcap')
    let most = 0
    for (let size = 0; size < whole.byteLength; size++) {
      writeFileSync(cut, whole.subarray(0, size))
      let count = 0
      try {
        const sessions = sessionsOf(await RecordingFile.open(cut))
        for (const { journal, recorded } of sessions) {
          count += journal.last
          expect(recorded.cutOff ?? 0).toBeLessThan(size)
          if (count === 3) expect(textsOf(journal)).toEqual(all)
          journal.close()
        }
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'BAD_RECORDING' || !sentence.test(error.message)) throw error
      }
      expect(count).toBeGreaterThanOrEqual(most)
      most = Math.max(most, count)
    }
    expect(most).toBe(3)
  })

  test('with single bits turned around it never does worse than to say so', async () => {
    const { path } = await talk()
    const whole = readFileSync(path)
    const bent = join(scratch(), 'bent.mcap')
    for (let at = 0; at < whole.byteLength; at += 41) {
      const bytes = Buffer.from(whole)
      bytes[at]! ^= 1 << (at % 8)
      writeFileSync(bent, bytes)
      try {
        for (const { journal } of sessionsOf(await RecordingFile.open(bent))) {
          expect(textsOf(journal)).toHaveLength(journal.last)
          journal.close()
        }
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'BAD_RECORDING') throw error
      }
    }
  })
})

const sentence = /^This recording cannot be read: [^.]*\.$/

/** All rows, each as its frames' texts. */
function textsOf(journal: FileJournal): string[][] {
  return [...new PageView(journal.page(1, 1000, Infinity))].map((row) =>
    row.frames.map(({ bytes }) => Buffer.from(bytes).toString()),
  )
}
