import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { atEnd } from '../helpers/ending.js'
import { DEADLINE, LineProcess } from '../helpers/peer.js'
import { startServe } from '../helpers/serve.js'
import { until } from '../helpers/until.js'
import { useOracle } from './oracle.js'

// F22: Socketeer is started twice. In browser mode the two run beside each other: on ports of their own, and told so when they share a profile, whose file stays whole; with
// --profile each has its own. (The desktop app’s second start shows the first one’s window: test/desktop/life.test.ts.)

useOracle()
const all = { deadline: DEADLINE }
const scratch = () => {
  const made = mkdtempSync(join(tmpdir(), 'socketeer-f22-'))
  atEnd(() => rmSync(made, { recursive: true, force: true }))
  return made
}
const desk = (name: string) => ({ patch: { layout: { desk: name } as never } })

it('F22: two on one profile: each serves, both are told, the last change is what is kept', async () => {
  const folder = scratch()
  const file = join(folder, 'profile', 'default.json')
  const kept = () => (JSON.parse(readFileSync(file, 'utf8')) as { layout: { desk?: string } }).layout.desk
  const [one, two] = await Promise.all([startServe(folder), startServe(folder)])
  expect(one.url.port).not.toBe(two.url.port)
  const [first, second] = [await one.view(), await two.view()]
  const told: [string, string][] = []
  first.on('notice', ({ fault }) => told.push(['first', fault.code]))
  second.on('notice', ({ fault }) => told.push(['second', fault.code]))
  await first.call('profile.update', desk('radio'))
  await until(() => kept() === 'radio', all)
  await second.call('profile.update', desk('pipeline'))
  await until(() => kept() === 'pipeline', all)
  await until(() => told.length === 1, all)
  await first.call('profile.update', desk('chat'))
  await until(() => kept() === 'chat', all)
  await until(() => told.length === 2, all)
  expect(told).toEqual([
    ['second', 'PROFILE_SHARED'],
    ['first', 'PROFILE_SHARED'],
  ])
  for (const view of [first, second]) {
    const { id } = await view.call('session.open', {
      settings: { role: 'sink', endpoints: [{ method: 'bind', address: 'tcp://127.0.0.1:*' }] } as never,
    })
    const { sessions } = await view.call('session.list')
    expect(sessions.find((each) => each.id === id)?.state.kind).toBe('open')
  }
  for (const { process: child } of [one, two]) expect(await child.kill('SIGTERM')).toBe(0)
})

it('F22: with a profile of its own, the second has nothing of the first; on a taken port it ends with one sentence', async () => {
  const folder = scratch()
  const one = await startServe(folder)
  const two = await startServe(folder, '--profile', 'rig')
  const [first, second] = [await one.view(), await two.view()]
  await first.call('profile.update', desk('radio'))
  await second.call('profile.update', desk('pipeline'))
  const read = (name: string) =>
    JSON.parse(readFileSync(join(folder, 'profile', name), 'utf8')) as { layout: { desk?: string } }
  await until(() => read('default.json').layout.desk === 'radio' && read('rig.json').layout.desk === 'pipeline', all)
  const third = new LineProcess(
    'a third',
    process.execPath,
    ['out/main/serve.js', '--no-open', '--port', one.url.port],
    {
      ...process.env,
      SOCKETEER_PROFILE_DIR: join(folder, 'third'),
    },
  )
  expect(await third.exited()).toBe(1)
  expect(third.err).toEqual([expect.stringContaining(`Port ${one.url.port} of 127.0.0.1 is in use by another program`)])
})
