import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Session } from '../../src-main/engine/session.js'
import type { Recording } from '../../src-main/recording/recording.js'
import type { SessionHost } from '../../src-main/recording/sources.js'
import { TakeFile } from '../../src-main/recording/take-file.js'
import { frames, useEngine } from '../helpers/engine.js'
import { until, within } from '../helpers/until.js'
import { framesIn, readByOracle, readThrough, recordingOf, scratch } from './helpers.js'

const bench = useEngine()
const LONG = 15_000

const publisher = () => bench.open('publisher', 'tcp://127.0.0.1:*')

/** Says so many more, all in one turn of the event loop. */
function say(session: Session, count: number, frame = frames('said')[0]!): void {
  for (let n = 0; n < count; n++) session.put([frame])
}

/** The engine's sessions; `begun` is called whenever a recording begins to follow them: its file is made next. */
const hostWith = (begun: () => void): SessionHost => ({
  list: () => {
    begun()
    return bench.engine.list()
  },
  onChange: (listener) => bench.engine.onChange(listener),
})

/** Before the first call goes on as it does, something else happens. */
function before(name: 'close', then: () => void): void {
  const { [name]: original } = TakeFile.prototype
  const spy = vi.spyOn(TakeFile.prototype, name)
  spy.mockImplementation(function (this: TakeFile, ...given) {
    spy.mockRestore()
    then()
    return original.apply(this, given)
  })
  onTestFinished(() => spy.mockRestore())
}

test.each([
  ['that was scheduled', 50],
  ['that begins at once', 0],
])('a recording %s is stopped as it begins: its file has an end', async (_name, wait) => {
  await publisher()
  const folder = scratch()
  let stopped: Promise<void> | undefined
  const host = hostWith(() => void (stopped ??= recording.stop()))
  const recording: Recording = recordingOf(host, folder, { sessions: 'all', at: Date.now() + wait })
  await recording.start()
  await until(() => stopped !== undefined, { what: 'it to begin' })
  await stopped
  expect(recording.info()).toMatchObject({ state: 'stopped', files: ['take.mcap'], missing: 0 })
  expect((await readThrough(join(folder, 'take.mcap'))).at(-1)?.type).toBe('Footer')
})

test('a recording that is stopped as one of its times ends does not begin again with the next', async () => {
  await publisher()
  const folder = scratch()
  const times = { sessions: 'all' as const, at: Date.now(), every: 1, stopAfter: 0.1 }
  let stopped: Promise<void> | undefined
  before('close', () => void (stopped = recording.stop()))
  let begun = 0
  const recording = recordingOf(
    hostWith(() => begun++),
    folder,
    times,
  )
  await recording.start()
  await until(() => stopped !== undefined, { what: 'the end of its first time' })
  await stopped
  const listed = begun
  // Another one with the same times shows when it would have begun.
  const other = recordingOf(bench.engine, scratch(), { ...times, at: Date.now() })
  await other.start()
  await until(() => other.info().files.length === 3, { what: 'two more times', deadline: LONG })
  await other.stop()
  expect(recording.info()).toMatchObject({ state: 'stopped', files: ['take.mcap'] })
  expect(begun).toBe(listed)
})

test('a recording whose file cannot be made listens to nobody', async () => {
  const session = await publisher()
  const folder = scratch()
  writeFileSync(join(folder, 'take.mcap'), 'mine')
  let listening = 0
  const counted =
    <T extends unknown[]>(listen: (...given: T) => () => void) =>
    (...given: T) => {
      const undo = listen(...given)
      listening++
      return () => {
        listening--
        undo()
      }
    }
  session.onLink = counted(session.onLink.bind(session))
  session.onClearing = counted(session.onClearing.bind(session))
  let most = 0
  const host: SessionHost = {
    list: () => bench.engine.list(),
    onChange: counted((listener) => {
      most = listening + 1
      return bench.engine.onChange(listener)
    }),
  }
  await expect(recordingOf(host, folder, { sessions: 'all' }).start()).rejects.toMatchObject({ code: 'FILE_EXISTS' })
  expect([most, listening]).toEqual([3, 0])
})

test('what is cleared while a recording stops is in it; what comes after that is not', async () => {
  const session = await publisher()
  const folder = scratch()
  let clear: (() => void) | undefined = () => {
    say(session, 1)
    session.clear()
  }
  const recording = recordingOf(bench.engine, folder, { sessions: 'all' }, () => {
    if (recording.info().state !== 'stopping') return
    clear?.()
    clear = undefined
  })
  await recording.start()
  say(session, 1000)
  await recording.stop()
  expect(clear).toBeUndefined()
  expect(recording.info()).toMatchObject({ state: 'stopped', messages: 1000, saved: 1000, missing: 0 })
  const { messages } = await readByOracle(join(folder, 'take.mcap'))
  expect(messages.filter(({ encoding }) => encoding === 'socketeer')).toHaveLength(1000)
})

test('what is cleared between two files of a recording is counted as missing, in the next file too', async () => {
  const session = await publisher()
  const folder = scratch()
  before('close', () => {
    say(session, 7)
    session.clear()
  })
  const recording = recordingOf(bench.engine, folder, { sessions: 'all', splitBytes: 64 * 1024 })
  await recording.start()
  say(session, 1, randomBytes(400_000))
  await until(() => recording.info().files.length === 2, { what: 'the second file', deadline: LONG })
  say(session, 3)
  await recording.stop()
  expect(recording.info()).toMatchObject({ state: 'stopped', messages: 4, saved: 4, missing: 7 })
  const { messages } = await readByOracle(join(folder, 'take-002.mcap'))
  expect(messages.filter(({ encoding }) => encoding === 'socketeer').map(({ data }) => framesIn(data))).toHaveLength(3)
  const gaps = messages.filter(({ topic }) => topic === 'publisher/gaps')
  expect(gaps.map(({ data }) => JSON.parse(Buffer.from(data).toString()) as unknown)).toEqual([
    { missing: 7, before: 9 },
  ])
})

test('a disk that is full while a recording stops ends it all the same', async ({ skip }) => {
  const folder = scratch()
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
  if (mounted.status !== 0) skip('a disk of 1 MiB cannot be made here: mounting one takes root')
  onTestFinished(() => void spawnSync('umount', ['-l', folder]))
  const session = await publisher()
  const recording = recordingOf(bench.engine, folder, { sessions: 'all' })
  await recording.start()
  // More than one turn reads: the disk is known to be full before all is read.
  say(session, 100, randomBytes(1_000_000))
  await within(recording.stop(), LONG, 'its end')
  const { state, fault, messages, saved, missing } = recording.info()
  expect([state, fault?.code]).toEqual(['failed', 'DISK_FULL'])
  expect(messages).toBeLessThan(100)
  expect(saved + missing).toBe(messages)
})
