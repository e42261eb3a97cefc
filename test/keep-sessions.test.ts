import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createApp, type App } from '../src-main/app.js'
import { workspaceHandlers } from '../src-main/bridge/workspace.js'
import { boundTo, settingsOf } from './helpers/engine.js'
import { until } from './helpers/until.js'

let directory: string
const apps: App[] = []
const start = async () => {
  const app = await createApp({ host: 'browser', directory })
  apps.push(app)
  return app
}
beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'socketeer-sessions-'))))
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
  await rm(directory, { recursive: true })
})

it('lists the sessions of the last run, closed, with their settings and in their order, demos left out', async () => {
  const first = await start()
  const sink = await first.engine.open(settingsOf('sink', 'tcp://127.0.0.1:*', { name: 'results' }))
  await first.engine.open(settingsOf('subscriber', 'tcp://127.0.0.1:9', { topics: ['a'] }))
  await first.engine.open(settingsOf('client', 'http://nowhere', { name: 'failed' }))
  const gone = await first.engine.open(settingsOf('sink', 'tcp://127.0.0.1:*', { name: 'gone' }))
  await first.engine.forget(gone.id)
  await first.engine.demo('radio')
  first.engine.list()[1]?.subscribe('b')
  expect(boundTo(sink)).not.toBe('')
  await first.close()

  const second = await start()
  const sessions = second.engine.list()
  expect(sessions.map((s) => [s.settings.role, s.settings.name, s.state.kind])).toEqual([
    ['sink', 'results', 'closed'],
    ['subscriber', '', 'closed'],
    ['client', 'failed', 'closed'],
  ])
  expect(sessions[1]?.settings).toMatchObject({ topics: ['a', 'b'] })
  expect(second.engine.numbers().sessions).toBe(0)
  await sessions[0]!.reopen(sessions[0]!.settings)
  expect(sessions[0]?.state.kind).toBe('open')
})

it('writes changes while it runs, so that a crash loses none', async () => {
  const app = await start()
  await app.engine.open(settingsOf('sink', 'tcp://127.0.0.1:*', { name: 'kept' }))
  await until(async () => (await readFile(join(directory, 'default.json'), 'utf8')).includes('"kept"'), {
    what: 'the file to name the session',
  })
})

/** A sink that was open when the first run ended; what the second one is told about it. */
async function afterOpenSink(settings: object = {}) {
  const first = await start()
  first.store.update({ settings: { ...first.store.profile.settings, ...settings } })
  await first.engine.open(settingsOf('sink', 'tcp://127.0.0.1:*', { name: 'was open' }))
  const closed = await first.engine.open(settingsOf('sink', 'tcp://127.0.0.1:*', { name: 'was closed' }))
  await closed.close()
  await first.close()
  const second = await start()
  const states = () => second.engine.list().map((s) => [s.settings.name, s.state.kind])
  return { second, states }
}

it('asks what becomes of sockets that were open, until that is answered', async () => {
  const { second, states } = await afterOpenSink()
  expect(second.lastOpen.waiting).toEqual([second.engine.list()[0]?.id])
  await second.close()
  const third = await start()
  expect(third.lastOpen.waiting).toHaveLength(1)
  await third.lastOpen.answer(true)
  expect(third.engine.list().map(({ state }) => state.kind)).toEqual(['open', 'closed'])
  expect(third.lastOpen.waiting).toEqual([])
  expect(states()).toEqual([])
})

it('leaves them closed, and does not ask again about those', async () => {
  const { second, states } = await afterOpenSink()
  await second.lastOpen.answer(false)
  expect(states()).toEqual([
    ['was open', 'closed'],
    ['was closed', 'closed'],
  ])
  await second.close()
  expect((await start()).lastOpen.waiting).toEqual([])
})

it('does as it was told for good', async () => {
  const always = await afterOpenSink({ reopen: 'always' })
  await until(() => always.states()[0]?.[1] === 'open', { what: 'the sink to open by itself' })
  expect(always.states()[1]).toEqual(['was closed', 'closed'])
  await always.second.close()
  const never = await afterOpenSink({ reopen: 'never' })
  expect(never.second.lastOpen.waiting).toEqual([])
})

it('opens the others though one is forgotten meanwhile, and leaves alone what a person has opened', async () => {
  const first = await start()
  for (const name of ['one', 'forgotten', 'opened', 'last'])
    await first.engine.open(settingsOf('sink', 'tcp://127.0.0.1:*', { name }))
  await first.close()
  const { engine, lastOpen } = await start()
  const [, forgotten, opened] = engine.list()
  const states: string[] = []
  opened!.onChange(() => states.push(opened!.state.kind))
  await Promise.all([lastOpen.answer(true), engine.forget(forgotten!.id), engine.reopen(opened!.id, opened!.settings)])
  expect(engine.list().map((s) => [s.settings.name, s.state.kind])).toEqual([
    ['one', 'open'],
    ['opened', 'open'],
    ['last', 'open'],
  ])
  expect(states).not.toContain('closing')
})

it('opens the other sessions of a workspace though one of them is forgotten meanwhile', async () => {
  const { engine, store, lastOpen } = await start()
  for (const name of ['one', 'forgotten', 'last']) await engine.open(settingsOf('sink', 'tcp://127.0.0.1:*', { name }))
  const handlers = workspaceHandlers({ engine, store, lastOpen })
  const text = handlers['workspace.save']()
  await Promise.all(engine.list().map(({ id }) => engine.forget(id)))
  const undo = engine.onChange(() => {
    const [one, forgotten] = engine.list()
    if (one?.state.kind !== 'opening') return
    undo()
    void engine.forget(forgotten!.id)
  })
  await handlers['workspace.open']({ text, open: [0, 1, 2], replace: false })
  expect(engine.list().map((s) => [s.settings.name, s.state.kind])).toEqual([
    ['one', 'open'],
    ['last', 'open'],
  ])
})
