import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { RecordingFile } from '../../src-main/recording/file.js'
import { sessionsOf } from '../../src-main/recording/opened.js'
import { built, listeningOn } from '../helpers/cli.js'
import { atEnd } from '../helpers/ending.js'
import { boundTo, frames, linked } from '../helpers/engine.js'
import { DEADLINE, LineProcess } from '../helpers/peer.js'
import { startServe } from '../helpers/serve.js'
import { until } from '../helpers/until.js'
import { recordingOf } from '../recording/helpers.js'
import { useOracle } from './oracle.js'

// F18: a disk is full, or may not be written. Recording and saving stop and say why; messages go on.

const bench = useOracle()
const all = { deadline: DEADLINE }

function scratch(): string {
  const made = mkdtempSync(join(tmpdir(), 'socketeer-f18-'))
  atEnd(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** A disk of 1 MiB, or why there is none. */
function smallDisk(...options: string[]): { path: string } | { why: string } {
  const path = scratch()
  const made = spawnSync('mount', ['-t', 'tmpfs', '-o', ['size=1m', ...options].join(','), 'tmpfs', path])
  if (made.status !== 0) return { why: 'a disk of 1 MiB cannot be made here: mounting one takes root' }
  atEnd(() => spawnSync('umount', ['-l', path]))
  return { path }
}

const noise = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes))

it('F18: a recording on a full disk ends with the reason, is whole as far as it goes, and costs the session nothing', async ({
  skip,
}) => {
  const disk = smallDisk()
  if ('why' in disk) return skip(disk.why)
  const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
  const ventilator = await bench.open('ventilator', `>${boundTo(sink)}`)
  await linked(ventilator)
  const recording = recordingOf(bench.engine, disk.path, { sessions: [sink.id] })
  await recording.start()
  for (let n = 1; n <= 300; n++) await ventilator.send([noise(10_000)])
  await until(() => sink.numbers().in.messages === 300, all)
  await until(() => recording.over, { ...all, what: 'the recording to end' })
  const { state, fault, saved, missing, messages } = recording.info()
  expect([state, fault?.code]).toEqual(['failed', 'DISK_FULL'])
  expect(saved + missing).toBe(messages)
  const opened = await RecordingFile.open(join(disk.path, 'take.mcap'))
  expect(sessionsOf(opened)[0]?.journal.last).toBe(saved)
  opened.close()
  await ventilator.send(frames('still here'))
  await until(() => sink.numbers().in.messages === 301, all)
})

it('F18: a command that records on a full disk, and one that writes to /dev/full, end with 1 and one sentence', async ({
  skip,
}) => {
  const disk = smallDisk()
  if ('why' in disk) return skip(disk.why)
  const pull = new LineProcess('socketeer pull', process.execPath, [
    built,
    'pull',
    '@tcp://127.0.0.1:*',
    '--format',
    'base64',
    '--record',
    join(disk.path, 'x.mcap'),
  ])
  const ventilator = await bench.open('ventilator', `>${await listeningOn(pull)}`)
  for (let n = 1; n <= 300; n++) await ventilator.send([noise(10_000)])
  expect(await pull.exited()).toBe(1)
  expect(pull.err.at(-1)).toMatch(/^error: There is no space left for /)

  const blocked = new LineProcess('socketeer pull > /dev/full', 'sh', [
    '-c',
    `exec "${process.execPath}" "${built}" pull @tcp://127.0.0.1:* > /dev/full`,
  ])
  const other = await bench.open('ventilator', `>${await listeningOn(blocked)}`)
  await other.send(frames('nobody can read this'))
  expect(await blocked.exited()).toBe(1)
  expect(blocked.err.at(-1)).toMatch(/^error: Standard output cannot be written: /)
})

it('F18: a profile on a full disk: said once, sockets go on, the old file stays whole, and all is saved when there is room', async ({
  skip,
}) => {
  const disk = smallDisk()
  if ('why' in disk) return skip(disk.why)
  const file = join(disk.path, 'profile', 'default.json')
  const { process: child, view } = await startServe(disk.path)
  const page = await view()
  const notices: string[] = []
  page.on('notice', (notice) => notices.push(notice.fault.code))
  await page.call('profile.update', { patch: { layout: { desk: 'radio' } as never } })
  const desk = () => (JSON.parse(readFileSync(file, 'utf8')) as { layout: { desk?: string } }).layout.desk
  await until(() => desk() === 'radio', all)
  fill(join(disk.path, 'filler'))

  await page.call('profile.update', { patch: { layout: { desk: 'pipeline', filler: 'x'.repeat(50_000) } as never } })
  await until(() => notices.includes('PROFILE_NOT_SAVED'), all)
  await page.call('profile.update', { patch: { layout: { desk: 'chat', filler: 'x'.repeat(50_000) } as never } })
  const { id } = await page.call('session.open', {
    settings: { role: 'sink', endpoints: [{ method: 'bind', address: 'tcp://127.0.0.1:*' }] } as never,
  })
  const sink = (await page.call('session.list')).sessions.find((each) => each.id === id)
  const ventilator = await bench.open('ventilator', `>${sink?.links[0]?.actual}`)
  await ventilator.send(frames('through'))
  await until(async () => (await page.call('session.list')).numbers[0]?.in.messages === 1, all)
  expect(desk()).toBe('radio')

  unlinkSync(join(disk.path, 'filler'))
  await page.call('profile.update', { patch: { layout: { desk: 'chat' } as never } })
  await until(() => desk() === 'chat', all)
  expect(notices.filter((code) => code === 'PROFILE_NOT_SAVED')).toHaveLength(1)
  expect(await child.kill('SIGTERM')).toBe(0)
})

it('F18: a folder that may not be written: a recording is refused with the reason before it begins', async ({
  skip,
}) => {
  const disk = smallDisk('ro')
  if ('why' in disk) return skip(disk.why)
  const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
  await expect(recordingOf(bench.engine, disk.path, { sessions: [sink.id] }).start()).rejects.toMatchObject({
    code: 'READ_ONLY',
  })
})

/** Leaves no byte free. */
function fill(path: string): void {
  mkdirSync(join(path, '..'), { recursive: true })
  for (let size = 512 * 1024; size >= 1; size = size >> 1)
    for (;;)
      try {
        writeFileSync(path, new Uint8Array(size), { flag: 'a' })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        break
      }
}
