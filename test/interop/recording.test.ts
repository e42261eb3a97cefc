import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { RecordingFile } from '../../src-main/recording/file.js'
import { sessionsOf } from '../../src-main/recording/opened.js'
import { listeningOn, startCli } from '../helpers/cli.js'
import { DEADLINE, expectSame, needPyzmq } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { ANY, samples, startPeer } from './party.js'

needPyzmq()

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'socketeer-recording-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

//   pyzmq PUB ──▶ socketeer sub --record FILE        socketeer replay FILE ──▶ pyzmq SUB
it('what a pyzmq publisher said is recorded, and a pyzmq subscriber hears it again', async () => {
  const file = join(scratch(), 'air.mcap')
  const pub = await startPeer('pub', ANY)
  const sub = startCli('sub', await pub.endpoint(), '--json', '--record', file, '--count', String(samples.length))
  await until(() => pub.subscribed().length > 0, { deadline: DEADLINE, what: 'the subscription' })
  for (const message of samples) pub.send(message)
  expect(await sub.exited()).toBe(0)
  expect(sub.err.at(-1)).toBe(`recorded ${samples.length} messages in air.mcap`)

  const replay = startCli('replay', file, 'tcp://127.0.0.1:*', '--speed', '10', '--wait')
  const listener = await startPeer('sub', `>${await listeningOn(replay)}`)
  await until(() => listener.got().length === samples.length, { deadline: DEADLINE, what: 'all of it' })
  expectSame(listener.got(), [...samples])
  expect(await replay.exited()).toBe(0)
})

it('a recording that was killed has all that was on the disk, and can be replayed', async () => {
  const file = join(scratch(), 'killed.mcap')
  const pub = await startPeer('pub', ANY)
  const sub = startCli('sub', await pub.endpoint(), '--record', file)
  await until(() => pub.subscribed().length > 0, { deadline: DEADLINE, what: 'the subscription' })
  for (const message of samples) pub.send(message)
  await until(() => sub.out.length >= samples.length, { deadline: DEADLINE, what: 'the messages' })
  // What it has heard is on the disk within a second.
  await until(
    async () => {
      const opened = await RecordingFile.open(file)
      const rows = sessionsOf(opened).reduce((sum, { journal }) => sum + journal.last, 0)
      opened.close()
      return rows === samples.length
    },
    { deadline: DEADLINE, what: 'all of them on the disk' },
  )
  await sub.kill('SIGKILL')
  const opened = await RecordingFile.open(file)
  expect(opened.contents.cutOff).toBeDefined()
  opened.close()

  const pull = await startPeer('pull', ANY)
  const replay = startCli('replay', file, await pull.endpoint(), '--as', 'push', '--connect', '--fast')
  expect(await replay.exited()).toBe(0)
  await until(() => pull.got().length === samples.length, { deadline: DEADLINE, what: 'all of it' })
  expectSame(pull.got(), [...samples])
})
