import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import {
  RecordingSettingsSchema,
  ReplaySettingsSchema,
  type RecordingInfo,
  type ReplayInfo,
  type ReplaySettingsInput,
} from '../../src-main/contract/index.js'
import { Recordings } from '../../src-main/recording/recordings.js'
import { boundTo, frames, linked, rows, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { scratch } from './helpers.js'

const bench = useEngine()
const settings = (more: object = {}) => v.parse(RecordingSettingsSchema, { sessions: 'all', ...more })
const replaying = (given: ReplaySettingsInput) => v.parse(ReplaySettingsSchema, given)

function recordingsIn(folder: string) {
  const told: { recording: RecordingInfo[]; replay: ReplayInfo[] } = { recording: [], replay: [] }
  const recordings = new Recordings({ engine: bench.engine, folder, version: 'test' })
  recordings.listen({ recording: (info) => told.recording.push(info), replay: (info) => told.replay.push(info) })
  return { recordings, told }
}

/** A sink that hears `texts`, recorded from before the first of them. */
async function recorded(recordings: Recordings, texts: readonly string[], name?: string) {
  const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
  const source = await bench.open('ventilator', `>${boundTo(sink)}`)
  await linked(source)
  const { id } = await recordings.start(settings({ sessions: [sink.id], name }))
  for (const text of texts) await source.send(frames('t', text))
  await until(() => sink.numbers().in.messages === texts.length)
  return recordings.stop(id)
}

describe('recordings of one run', () => {
  test('go into a folder of their own, are listed, opened, taken away and had back', async () => {
    const folder = join(scratch(), 'recordings')
    const { recordings, told } = recordingsIn(folder)
    expect(await recordings.show()).toEqual({ folder, files: [], recordings: [], replays: [] })
    const info = await recorded(recordings, ['one', 'two'], 'drive')
    expect(info).toMatchObject({ state: 'stopped', messages: 2, saved: 2, missing: 0, files: ['drive.mcap'] })
    expect(told.recording.at(-1)).toMatchObject({ id: info.id, state: 'stopped' })
    if (process.platform !== 'win32') expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect((await recordings.show()).files).toMatchObject([{ name: 'drive.mcap', growing: false }])

    const [session] = await recordings.open('drive.mcap')
    const opened = bench.engine.session(session!.id)
    expect(rows(opened, 'in')).toEqual([
      ['t', 'one'],
      ['t', 'two'],
    ])
    // What is open already is not opened again.
    expect(await recordings.open('drive.mcap')).toMatchObject([{ id: session!.id }])
    await recordings.folder.remove('drive.mcap')
    expect((await recordings.show()).files).toEqual([])
    await recordings.folder.restore('drive.mcap')
    expect((await recordings.show()).files).toHaveLength(1)
    await recordings.folder.remove('drive.mcap')
    await recordings.close()
    expect(readdirSync(folder)).toEqual([])
    await expect(recordings.open('drive.mcap')).rejects.toMatchObject({ code: 'NO_FILE' })
  })

  test('never write over each other, and one that is written is not taken away', async () => {
    const folder = scratch()
    const { recordings } = recordingsIn(folder)
    await recorded(recordings, ['one'], 'same')
    const { id } = await recordings.start(settings({ name: 'same' }))
    const { files } = await recordings.show()
    expect(files.map(({ name, growing }) => [name, growing]).sort()).toEqual([
      ['same (2).mcap', true],
      ['same.mcap', false],
    ])
    await expect(recordings.folder.remove('same (2).mcap')).rejects.toMatchObject({ code: 'RECORDING_BUSY' })
    await recordings.close()
    expect((await recordings.show()).recordings.find((each) => each.id === id)).toMatchObject({ state: 'stopped' })
    expect(existsSync(join(folder, 'same (2).mcap'))).toBe(true)
  })

  test('cannot be had where no folder can be made, and say so', async () => {
    const { recordings } = recordingsIn('/dev/null/recordings')
    await expect(recordings.start(settings())).rejects.toThrow('/dev/null')
    expect((await recordings.show()).recordings).toEqual([])
  })

  test('are replayed to the wire, steered, and end with the session that they read', async () => {
    const { recordings, told } = recordingsIn(scratch())
    await recorded(recordings, ['one', 'two', 'three'], 'take')
    const [session] = await recordings.open('take.mcap')
    const listener = await bench.open('sink', 'tcp://127.0.0.1:*')
    const endpoint = { method: 'connect', address: boundTo(listener) } as const
    const far = { method: 'connect', address: 'tcp://192.0.2.1:5000' } as const
    await expect(
      recordings.replay(session!.id, replaying({ role: 'ventilator', endpoint: far })),
    ).rejects.toMatchObject({
      code: 'BEYOND_LOOPBACK',
    })
    await expect(recordings.replay(listener.id, replaying({ role: 'ventilator', endpoint }))).rejects.toMatchObject({
      code: 'NOT_RECORDED',
    })
    const { id } = await recordings.replay(
      session!.id,
      replaying({ role: 'ventilator', endpoint, paused: true, speed: 0 }),
    )
    await recordings.steer(id, 'step')
    await until(() => listener.numbers().in.messages === 1)
    await recordings.steer(id, 'play')
    await until(() => listener.numbers().in.messages === 3)
    expect(rows(listener, 'in').map(([, text]) => text)).toEqual(['one', 'two', 'three'])
    await until(() => told.replay.at(-1)?.state === 'done')
    await bench.engine.forget(session!.id)
    expect((await recordings.show()).replays).toEqual([])
    await expect(recordings.steer(id, 'play')).rejects.toMatchObject({ code: 'NO_REPLAY' })
    await recordings.close()
  })
})
