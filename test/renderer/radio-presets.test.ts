import * as v from 'valibot'
import { beforeEach, expect, test } from 'vitest'
import { MAX_PRESETS, PresetSchema, type SessionSettings } from '../../src-main/contract/index.js'
import { local, session as tab } from './browser-things.js'
import { FakeCaller, info } from './fake-caller.js'

const { Presets } = await import('../../src-renderer/desks/radio/presets/presets.svelte.js')
const { ProfileState } = await import('../../src-renderer/state/profile.svelte.js')
const { SessionView } = await import('../../src-renderer/state/session.svelte.js')

type Subscriber = Extract<SessionSettings, { role: 'subscriber' }>

/** Presets of an open subscriber; the engine takes what it is told. */
function presets() {
  const first = info('s', 'subscriber')
  let settings = first.settings as Subscriber
  const told: string[] = []
  const answer = (change: Partial<Subscriber>) => {
    settings = { ...settings, ...change }
    return { ...first, settings }
  }
  const caller = new FakeCaller({
    'profile.update': () => undefined,
    'session.reopen': ({ settings: next }: { settings: Subscriber }) => (told.push('reopen'), answer(next)),
    'radio.set': ({ radio }: { radio: Subscriber['radio'] }) => (told.push('radio'), answer({ radio })),
    'session.subscribe': ({ topic }: { topic: string }) => {
      told.push(`+${topic}`)
      view.change(answer({ topics: [...settings.topics, topic] }))
    },
    'session.unsubscribe': ({ topic }: { topic: string }) => {
      told.push(`-${topic}`)
      view.change(answer({ topics: settings.topics.filter((each) => each !== topic) }))
    },
  })
  const view = new SessionView(caller, first)
  return { told, view, caller, presets: new Presets(caller, new ProfileState(caller), view) }
}
const names = (of: InstanceType<typeof Presets>) => of.all.map(({ name }) => name)

beforeEach(() => {
  tab.clear()
  local.clear()
})

test('what a subscriber is tuned to is saved under a name, replaced, renamed and deleted, and had back', async () => {
  const { presets: it, view } = presets()
  it.save('  rig 10 ')
  it.save(' ')
  expect([names(it), it.current?.name]).toEqual([['rig 10'], 'rig 10'])
  await view.subscribe('car/')
  expect(it.current).toBeUndefined()
  it.save('rig 9')
  it.save('rig 10')
  expect([it.all.map(({ topics }) => topics), it.found('').map(({ name }) => name)]).toEqual([
    [
      ['', 'car/'],
      ['', 'car/'],
    ],
    ['rig 9', 'rig 10'],
  ])
  expect(it.found('CAR').length).toBe(2)
  expect(it.found('nowhere')).toEqual([])
  const [ten, nine] = it.all
  it.rename(nine!.id, 'rig 10')
  it.rename(nine!.id, 'bench')
  expect(names(it)).toEqual(['rig 10', 'bench'])
  it.remove(ten!.id)
  expect([names(it), it.deleted?.name]).toEqual([['bench'], 'rig 10'])
  it.save('rig 10')
  it.undo()
  expect([names(it), it.deleted]).toEqual([['rig 10 (2)', 'bench', 'rig 10'], undefined])
})

test('a preset with the same stations is tuned to without closing anything; another one reopens', async () => {
  const { presets: it, view, told } = presets()
  it.save('all')
  await view.subscribe('car/')
  await view.unsubscribe('')
  it.save('car')
  told.length = 0
  await it.tune(it.named('all')!)
  expect([told, it.current?.name, it.tuned]).toEqual([['radio', '+', '-car/'], 'all', 'all'])
  await it.back()
  expect([view.settings.role === 'subscriber' && view.settings.topics, it.tuned]).toEqual([['car/'], undefined])

  told.length = 0
  const away = v.parse(PresetSchema, {
    id: 'x',
    name: 'away',
    endpoints: [{ method: 'connect', address: 'tcp://rig:1' }],
  })
  await it.tune(away)
  expect([told, view.settings.endpoints]).toEqual([['reopen'], away.endpoints])
  expect(view.settings.role === 'subscriber' && view.settings.topics).toEqual([''])
})

test('there is a limit, and it is held', () => {
  const { presets: it } = presets()
  for (let n = 0; n <= MAX_PRESETS; n++) it.save(`n${n}`)
  expect([it.all.length, it.full, names(it).at(-1)]).toEqual([MAX_PRESETS, true, `n${MAX_PRESETS - 1}`])
  it.save('n0')
  expect(it.all.length).toBe(MAX_PRESETS)
})
