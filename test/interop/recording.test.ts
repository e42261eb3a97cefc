import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { RecordingFile } from '../../src-main/recording/file.js'
import { sessionsOf } from '../../src-main/recording/opened.js'
import { listeningOn, startCli } from '../helpers/cli.js'
import { DEADLINE, expectSame, needPyzmq, python } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { ANY, samples, startPeer } from './party.js'

needPyzmq()

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'socketeer-recording-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** What a Python script that was written from the MCAP specification, without our code, says of a file. */
function layoutOf(path: string) {
  const script = fileURLToPath(new URL('mcap_layout.py', import.meta.url))
  const { status, stdout, stderr } = spawnSync(python, [script, path], { encoding: 'utf8', timeout: DEADLINE })
  return { status, said: stdout + stderr }
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

it('what is recorded has the layout of the MCAP specification, and a byte that is turned around does not', async () => {
  const folder = scratch()
  const file = join(folder, 'air.mcap')
  const pub = await startPeer('pub', ANY)
  const sub = startCli('sub', await pub.endpoint(), '--record', file, '--count', String(samples.length))
  await until(() => pub.subscribed().length > 0, { deadline: DEADLINE, what: 'the subscription' })
  for (const message of samples) pub.send(message)
  expect(await sub.exited()).toBe(0)
  const { status, said } = layoutOf(file)
  expect({ status, said }).toMatchObject({ status: 0 })
  const opened = await RecordingFile.open(file)
  const { stretches, channels, metadata } = opened.contents
  let messages = 0
  for (const { counts } of stretches) for (const count of counts!.values()) messages += count
  opened.close()
  expect(messages).toBeGreaterThanOrEqual(samples.length)
  expect(JSON.parse(said)).toMatchObject({
    messages,
    channels: channels.size,
    chunks: stretches.length,
    metadata: metadata.length,
  })
  // In the magic, in the summary's checksum, in the first chunk's times.
  const whole = readFileSync(file)
  for (const at of [3, whole.byteLength - 12, stretches[0]!.at + 12]) {
    const bent = Buffer.from(whole)
    bent[at]! ^= 1
    writeFileSync(join(folder, 'bent.mcap'), bent)
    expect(layoutOf(join(folder, 'bent.mcap')).status).toBe(1)
  }
})

it('two recordings are compared on the command line: 0 when they are the same, 1 and where when they are not', async () => {
  const folder = scratch()
  const pub = await startPeer('pub', ANY)
  const record = async (name: string, messages: readonly Uint8Array[][], times: number) => {
    const file = join(folder, name)
    const sub = startCli('sub', await pub.endpoint(), '--record', file, '--count', String(messages.length))
    await until(() => pub.subscribed().length === times, { deadline: DEADLINE, what: 'the subscription' })
    for (const message of messages) pub.send(message)
    expect(await sub.exited()).toBe(0)
    return file
  }
  const said = ['1', '2', '3', '4'].map((text) => [Buffer.from('tick'), Buffer.from(text)])
  const first = await record('first.mcap', said, 1)
  const second = await record('second.mcap', said, 2)
  const third = await record('third.mcap', [said[0]!, said[2]!, said[3]!], 3)
  const same = startCli('compare', first, second)
  expect(await same.exited()).toBe(0)
  expect(same.out).toEqual(['4 and 4 messages: 4 same, 0 changed, 0 missing, 0 extra in 1 topic'])
  const other = startCli('compare', first, third)
  expect(await other.exited()).toBe(1)
  expect(other.out).toEqual([
    '4 and 3 messages: 3 same, 0 changed, 1 missing, 0 extra in 1 topic',
    '"tick" (in): 4 and 3 messages: 3 same, 0 changed, 1 missing, 0 extra',
    'first difference: missing in "tick", message 2 of the first',
  ])
  expect(other.err).toEqual(['error: The recordings differ in 1 message.'])
})
