import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { SessionSettingsInput } from '../../src-main/contract/index.js'
import { atEnd } from '../helpers/ending.js'
import { DEADLINE, freePort } from '../helpers/peer.js'
import { startServe, type View } from '../helpers/serve.js'
import { until } from '../helpers/until.js'
import { descriptorsOf, useOracle } from './oracle.js'

// F16: a window goes while everything is under way: a question without an answer, a flood, a bind, a search. Nothing of it reaches a view that is gone, sockets live on, and the
// program ends within its 2 s though messages are queued. (A role window closes its session: test/e2e/role-window.e2e.ts. The desktop’s windows: test/desktop/.)

useOracle()
const all = { deadline: DEADLINE }

const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'socketeer-f16-'))
  atEnd(() => rmSync(made, { recursive: true, force: true }))
  return made
}
const open = (view: View, role: string, address: string, more: object = {}) =>
  view.call('session.open', {
    settings: {
      role,
      endpoints: [{ method: address.startsWith('@') ? 'bind' : 'connect', address: address.slice(1) }],
      ...more,
    } as SessionSettingsInput,
  })

it('F16: five views torn away in the middle of everything; sessions go on, the sixth sees them all, SIGTERM ends it with 0', async () => {
  const directory = folder()
  const { process: child, view } = await startServe(directory)
  const stored = () =>
    JSON.parse(readFileSync(join(directory, 'profile', 'default.json'), 'utf8')) as { sessions: unknown[] }
  const watcher = await view()
  const port = await freePort()
  const sink = await open(watcher, 'sink', `@tcp://127.0.0.1:${port}`)
  const source = await open(watcher, 'ventilator', `>tcp://127.0.0.1:${port}`)
  const { id: silent } = await open(watcher, 'client', `>tcp://127.0.0.1:${await freePort()}`)
  await watcher.call('session.send', { id: silent, frames: [Buffer.from('nobody will answer')] })
  await watcher.call('session.repeat', { id: source.id, frames: [new Uint8Array(100)], count: 0, every: 1 })
  const received = async () => {
    const { numbers } = await watcher.call('session.list')
    return numbers.find(({ id }) => id === sink.id)?.in.messages ?? 0
  }
  await until(async () => (await received()) > 100, all)
  // While the list is being written, a file is open.
  await until(() => stored().sessions.length === 3, { ...all, what: 'the list to be kept' })
  const descriptors = descriptorsOf(child.child.pid!) ?? 0

  for (let n = 0; n < 5; n++) {
    const goes = await view()
    const never = () => undefined
    goes.call('session.send', { id: silent, frames: [Buffer.from('out of turn')] }).catch(never)
    open(goes, 'server', `@tcp://127.0.0.1:*`, { name: `half open ${n}` }).catch(never)
    goes.call('session.search', { id: sink.id, filter: { text: 'x' } }).catch(never)
    goes.call('session.page', { id: sink.id, from: 1, count: 500 }).catch(never)
    goes.tear()
  }
  const before = await received()
  await until(async () => (await received()) > before + 100, { ...all, what: 'the flood to go on' })
  // What had been asked for before the line tore was done, or was not; nothing in between.
  const { sessions } = await watcher.call('session.list')
  for (const { settings, state } of sessions) expect([settings.name, state.kind]).toEqual([settings.name, 'open'])
  for (const { id, settings } of sessions)
    if (settings.name.startsWith('half open')) await watcher.call('session.forget', { id })
  await until(() => (descriptorsOf(child.child.pid!) ?? 0) <= descriptors, {
    ...all,
    what: 'its descriptors to be as before',
  })

  // A queue that nobody takes, and a linger without end.
  const { id } = await open(watcher, 'ventilator', `>tcp://127.0.0.1:${await freePort()}`, { options: { linger: -1 } })
  await watcher.call('session.send', { id, frames: [new Uint8Array(1000)] })
  child.child.kill('SIGTERM')
  expect(await child.exited()).toBe(0)
  expect(child.err).toEqual([])
})
