import { readdirSync } from 'node:fs'
import * as v from 'valibot'
import { expect, test, vi } from 'vitest'
import { RecordedPartSchema, ReplaySettingsSchema, type PartFormat } from '../../src-main/contract/index.js'
import { Recordings } from '../../src-main/recording/recordings.js'
import { boundTo, frames, useEngine } from '../helpers/engine.js'
import { recordingOf, scratch } from './helpers.js'

const bench = useEngine()
const part = v.parse(RecordedPartSchema, {})
const MESSAGES = 100

/** What two publishers said, in several chunks, opened again. */
async function opened() {
  const folder = scratch()
  const publishers = await Promise.all(
    ['mast', 'other'].map((name) => bench.open('publisher', 'tcp://127.0.0.1:*', { name })),
  )
  const recording = recordingOf(bench.engine, folder, { sessions: 'all' })
  await recording.start()
  const noise = () => crypto.getRandomValues(new Uint8Array(20_000))
  for (let n = 0; n < MESSAGES; n++) for (const publisher of publishers) await publisher.send([...frames('t'), noise()])
  await recording.stop()
  const recordings = new Recordings({ engine: bench.engine, folder, version: 'test' })
  const [mast, other] = (await recordings.open('take.mcap')).map(({ id }) => id)
  return { folder, recordings, mast: mast!, other: other! }
}

/** Does it while every look at the clock is the last of its turn: so others have theirs wherever that can be. */
async function hurried<T>(work: () => Promise<T>): Promise<T> {
  let time = performance.now()
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (time += 10))
  try {
    return await work()
  } finally {
    clock.mockRestore()
  }
}

/** Work that has the session forgotten when it first tells how far it is. */
function forgetting(id: string) {
  let told = 0
  const progress = () => {
    if (told++ === 0) void bench.engine.forget(id)
  }
  return { work: { progress }, told: () => told }
}

type Reading = (recordings: Recordings, id: string, work: { progress: () => void }) => Promise<unknown>
const written =
  (format: PartFormat): Reading =>
  (recordings, id, work) =>
    recordings.export(id, format, part, undefined, work)
const readings: [string, Reading][] = [
  ['an export as MCAP', written('mcap')],
  ['an export as JSON Lines', written('jsonl')],
  ['an export as CSV', written('csv')],
  ['a comparison', (recordings, id, work) => recordings.compare(id, id, work)],
  ['a count over time', (recordings, id, work) => recordings.density(id, 2000, work)],
]

test.each(readings)('%s ends with a clear fault when the recording is forgotten under it', async (_name, read) => {
  const { folder, recordings, mast, other } = await opened()
  await bench.engine.forget(other)
  const { work, told } = forgetting(mast)
  await expect(hurried(() => read(recordings, mast, work))).rejects.toMatchObject({
    code: 'RECORDING_CLOSED',
    message: 'take.mcap was forgotten while it was still being read. Open it again, and then try once more.',
  })
  expect(told()).toBeGreaterThan(0)
  expect(readdirSync(folder)).toEqual(['take.mcap'])
  await recordings.close()
})

test.each(readings)('%s goes on while another session keeps the file open', async (_name, read) => {
  const { recordings, mast, other } = await opened()
  const expected = await read(recordings, mast, { progress: () => undefined })
  const { work, told } = forgetting(mast)
  const found = await hurried(() => read(recordings, mast, work))
  expect(told()).toBeGreaterThan(0)
  const withoutName = (value: unknown) => ({ ...(value as object), name: undefined })
  expect(withoutName(found)).toEqual(withoutName(expected))
  await bench.engine.forget(other)
  await recordings.close()
})

test('a replay whose recording is forgotten before it begins leaves no session behind', async () => {
  const { recordings, mast, other } = await opened()
  await bench.engine.forget(other)
  const listener = await bench.open('sink', 'tcp://127.0.0.1:*')
  const endpoint = { method: 'connect', address: boundTo(listener) }
  const before = bench.engine.list().filter(({ id }) => id !== mast)
  const replay = recordings.replay(mast, v.parse(ReplaySettingsSchema, { role: 'ventilator', endpoint }))
  await Promise.all([expect(replay).rejects.toMatchObject({ code: 'NO_SESSION' }), bench.engine.forget(mast)])
  expect(bench.engine.list()).toEqual(before)
  expect((await recordings.show()).replays).toEqual([])
  await recordings.close()
})
