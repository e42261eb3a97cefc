import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { atEnd } from '../helpers/ending.js'
import { frames, linked, settingsOf } from '../helpers/engine.js'
import { DEADLINE, needPyzmq, PythonPeer } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { says, useOracle } from './oracle.js'

// F12: what stands at an ipc path before we bind there. libzmq deletes it, whatever it is, and steals a live socket (P14); we delete nothing but a socket that is proven dead.

needPyzmq()
const bench = useOracle()
const all = { deadline: DEADLINE }
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'socketeer-f12-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
})
const bind = (path: string) => bench.engine.open(settingsOf('sink', `@ipc://${path}`))

it('F12: a file, a folder, a link to a file, a link to nothing, and a pipe are left as they are, and the sentence says what is there', async () => {
  const at = (name: string) => join(folder, name)
  writeFileSync(at('file'), 'precious')
  mkdirSync(at('folder'))
  symlinkSync(at('file'), at('link'))
  symlinkSync(at('nothing'), at('dangling'))
  spawnSync('mkfifo', [at('pipe')])
  const cases = {
    file: 'an ordinary file',
    folder: 'a folder',
    link: 'a symbolic link',
    dangling: 'a symbolic link',
    pipe: '',
  }
  for (const [name, what] of Object.entries(cases)) {
    const before = lstatSync(at(name)).ino
    const session = await bind(at(name))
    expect(session.state, name).toMatchObject({ kind: 'failed', fault: { code: 'IPC_PATH_TAKEN' } })
    expect(session.state.kind === 'failed' && session.state.fault.message).toContain(what)
    await says(session, 'could not bind IPC_PATH_TAKEN')
    expect(lstatSync(at(name)).ino).toBe(before)
  }
  expect(readFileSync(at('file'), 'utf8')).toBe('precious')
})

it('F12: a live socket of another program is not stolen, be it ZeroMQ or not', async () => {
  const path = join(folder, 'theirs')
  const pull = await PythonPeer.start('pull', '--bind', `ipc://${path}`)
  const session = await bind(path)
  expect(session.state).toMatchObject({ kind: 'failed', fault: { code: 'EADDRINUSE' } })
  const ventilator = await bench.open('ventilator', `>ipc://${path}`)
  await linked(ventilator)
  await ventilator.send(frames('still theirs'))
  await until(() => pull.got().length === 1, all)

  const other = join(folder, 'other')
  const server = createServer((socket) => socket.end())
  server.listen(other)
  await once(server, 'listening')
  atEnd(async () => {
    server.close()
    await once(server, 'close')
  })
  expect((await bind(other)).state).toMatchObject({ kind: 'failed', fault: { code: 'EADDRINUSE' } })
})

it('F12: what a killed program left behind is no hindrance', async () => {
  const path = join(folder, 'stale')
  const pull = await PythonPeer.start('pull', '--bind', `ipc://${path}`)
  await pull.kill('SIGKILL')
  expect(lstatSync(path).isSocket()).toBe(true)
  const sink = await bench.open('sink', `@ipc://${path}`)
  const push = await PythonPeer.start('push', '--connect', `ipc://${path}`)
  push.send([Buffer.from('welcome back')])
  await until(() => sink.numbers().in.messages === 1, all)
})

it('F12: a path of 108 bytes and more, and one in no folder, are refused with the reason', async () => {
  expect((await bind(join(folder, 'x'.repeat(108)))).state).toMatchObject({ fault: { code: 'BAD_ENDPOINT' } })
  expect((await bind(join(folder, 'no', 'where'))).state).toMatchObject({ fault: { code: 'ENOENT' } })
  writeFileSync(join(folder, 'file'), '')
  expect((await bind(join(folder, 'file', 'below'))).state).toMatchObject({ fault: { code: 'ENOENT' } })
})

it('F12: a folder that we may not write to is told of as that', async ({ skip }) => {
  if (process.getuid?.() !== 0) {
    mkdirSync(join(folder, 'locked'), { mode: 0o500 })
    expect((await bind(join(folder, 'locked', 's'))).state).toMatchObject({ fault: { code: 'EACCES' } })
    return
  }
  // Root may write anywhere but here.
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', folder]).status !== 0)
    skip('as root this takes a mount, and mounting does not work here')
  atEnd(() => spawnSync('umount', ['-l', folder]))
  const { state } = await bind(join(folder, 's'))
  expect(state).toMatchObject({ kind: 'failed', fault: { code: expect.stringMatching(/^E/) as string } })
  expect(state.kind === 'failed' && state.fault.message.length).toBeGreaterThan(20)
})
