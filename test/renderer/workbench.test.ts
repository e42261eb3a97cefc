import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Fault, PROFILE_VERSION, type Profile } from '../../src-main/contract/index.js'
import { local, session } from './browser-things.js'
import { FakeCaller, info, numbers } from './fake-caller.js'

const { Workbench, UNDO_TIME } = await import('../../src-renderer/state/workbench.svelte.js')

const profile: Profile = {
  version: PROFILE_VERSION,
  settings: { theme: 'system', language: 'en', memoryBudget: 0, journalBytes: 512 * 1024 * 1024 },
  sessions: [],
  layout: { desk: 'radio' },
  drafts: { 'send s1': 'kept in the profile' },
  rules: [],
  library: [],
  presets: [],
}

function bench() {
  const caller = new FakeCaller({
    'session.list': () => ({
      sessions: [info('s1', 'server'), info('s2', 'client')],
      numbers: [numbers('s1', { last: 3 })],
      engine: { sessions: 2, sessionLimit: 64, kept: 10, poolLimit: 100 },
    }),
    'profile.get': () => profile,
    'profile.update': () => profile,
    'app.info': () => ({ version: '0', host: 'browser', versions: {}, notices: [] }),
    watch: () => undefined,
    'view.show': () => ['s2'],
    'session.close': ({ id }: { id: string }) => info(id, 'server', { state: { kind: 'closed' } }),
    'session.reopen': ({ id }: { id: string }) => info(id, 'server'),
    'session.forget': () => undefined,
    'session.leaving': () => undefined,
    'session.clear': () => undefined,
    'session.unclear': () => undefined,
  })
  return { caller, bench: new Workbench(caller) }
}

beforeEach(() => {
  session.clear()
  local.clear()
})
afterEach(() => vi.useRealTimers())

describe('the workbench', () => {
  test('a desk that is picked before the profile is there stays picked', async () => {
    const { bench: b, caller } = bench()
    const attached = b.attach(caller)
    b.setDesk('pipeline')
    await attached
    expect(b.desk).toBe('pipeline')
  })

  test('attaching takes the snapshot: sessions, figures, the desk that was left', async () => {
    const { bench: b, caller } = bench()
    await b.attach(caller)
    expect(b.sessions.map(({ id }) => id)).toEqual(['s1', 's2'])
    expect(b.session('s1')?.numbers.last).toBe(3)
    expect(b.engine.sessions).toBe(2)
    expect(b.desk).toBe('radio')
  })

  test('attaching again keeps the session objects, so that what a person does with them goes on', async () => {
    const { bench: b, caller } = bench()
    await b.attach(caller)
    const first = b.session('s1')
    b.setDesk('chat')
    await b.attach(caller)
    expect(b.session('s1')).toBe(first)
    expect(b.desk).toBe('chat')
  })

  test('what has a window of its own is known, and not shown on a desk where something else can be', async () => {
    const { bench: b, caller } = bench()
    await b.attach(caller)
    const client = b.session('s2')!
    expect([b.hasWindow(client), b.shown('client')]).toEqual([true, client])
    caller.emit('session', info('s4', 'client'))
    caller.emit('session', info('s5', 'client'))
    caller.emit('windows', { sessions: ['s5'] })
    expect(b.shown('client')?.id).toBe('s4')
    caller.emit('windows', { sessions: [] })
    expect(b.shown('client')?.id).toBe('s5')
  })

  test('a window of one role keeps its picks to itself, and hears when it is wanted back', async () => {
    const { caller } = bench()
    const b = new Workbench(caller, { alone: true, own: 's1' })
    let taken = 0
    b.onTaken = () => taken++
    await b.attach(caller)
    expect(caller.asked('view.show')).toEqual([{ session: 's1' }])
    b.pick(b.session('s2')!)
    caller.emit('taken', { id: 's2' })
    caller.emit('taken', { id: 's1' })
    expect([taken, caller.asked('profile.update')]).toEqual([1, []])
  })

  test('events change what is there: a new session, a pulse, one that is gone', async () => {
    const { bench: b, caller } = bench()
    await b.attach(caller)
    caller.emit('session', info('s3', 'sink'))
    caller.emit('pulse', {
      sessions: [numbers('s3', { last: 7, in: { messages: 7, bytes: 70, rate1: 5, rate10: 1 } })],
      engine: { sessions: 3, sessionLimit: 64, kept: 20, poolLimit: 100 },
    })
    expect(b.shown('sink')?.numbers.last).toBe(7)
    expect(b.traffic).toBe(5)
    caller.emit('gone', { id: 's3' })
    expect(b.shown('sink')).toBeUndefined()
  })

  test('forgetting closes at once, can be undone, and drops only when the time for that is over', async () => {
    vi.useFakeTimers()
    const { bench: b, caller } = bench()
    await b.attach(caller)
    const server = b.session('s1')!
    await b.forget(server)
    expect(b.sessions.map(({ id }) => id)).toEqual(['s2'])
    expect(caller.asked('session.close')).toEqual([{ id: 's1' }])
    // Should this page crash now, the engine knows what was meant.
    expect(caller.asked('session.leaving')).toEqual([{ id: 's1', leaving: true }])
    await b.undoForget(b.leaving[0]!)
    expect(caller.asked('session.leaving')).toContainEqual({ id: 's1', leaving: false })
    expect(b.sessions).toContain(server)
    expect(server.open).toBe(true)
    await vi.advanceTimersByTimeAsync(UNDO_TIME * 2)
    expect(caller.asked('session.forget')).toEqual([])

    await b.forget(server)
    await vi.advanceTimersByTimeAsync(UNDO_TIME)
    expect(caller.asked('session.forget')).toEqual([{ id: 's1' }])
    expect(b.session('s1')).toBeUndefined()
  })

  test('what went meanwhile can no longer be undone', async () => {
    const { bench: b, caller } = bench()
    await b.attach(caller)
    await b.forget(b.session('s1')!)
    expect(b.canUndo).toBe(true)
    caller.emit('gone', { id: 's1' })
    expect([b.canUndo, b.leaving]).toEqual([false, []])
  })
})

describe('closing', () => {
  test('can be undone for some seconds; of what was closed, cleared and forgotten, the last comes back first', async () => {
    vi.useFakeTimers()
    const { bench: b, caller } = bench()
    await b.attach(caller)
    const server = b.session('s1')!
    expect(b.canUndo).toBe(false)
    await b.close(server)
    await vi.advanceTimersByTimeAsync(10)
    await b.clear(b.session('s2')!)
    await b.undo()
    expect([caller.asked('session.unclear').length, server.open]).toEqual([1, false])
    await b.undo()
    expect([server.open, b.canUndo]).toEqual([true, false])
    await b.close(server)
    await vi.advanceTimersByTimeAsync(UNDO_TIME)
    expect(b.canUndo).toBe(false)
    await b.undo()
    expect(server.open).toBe(false)
  })
})

describe('clearing', () => {
  test('can be undone for some seconds: what shows the session is then made anew', async () => {
    vi.useFakeTimers()
    const { bench: b, caller } = bench()
    await b.attach(caller)
    const server = b.session('s1')!
    await b.clear(server)
    expect(b.cleared.map(({ rows }) => rows)).toEqual([3])
    expect(b.canUndo).toBe(true)
    await b.undo()
    expect(caller.asked('session.unclear')).toEqual([{ id: 's1' }])
    expect([b.canUndo, b.session('s1') === server, b.session('s1')?.id]).toEqual([false, false, 's1'])

    await b.clear(b.session('s1')!)
    await vi.advanceTimersByTimeAsync(UNDO_TIME)
    expect(b.canUndo).toBe(false)
    await b.undo()
    expect(caller.asked('session.unclear')).toHaveLength(1)
  })

  test('that came too late says so', async () => {
    const { bench: b, caller } = bench()
    await b.attach(caller)
    caller.answers['session.unclear'] = () => {
      throw new Fault('TOO_LATE', 'The rows are gone.')
    }
    await b.clear(b.session('s1')!)
    await b.undo()
    expect(b.notices.map(({ fault }) => fault.code)).toEqual(['TOO_LATE'])
    await b.attach(caller)
    expect(b.notices).toHaveLength(1)
    b.dismiss(b.notices[0]!)
    expect(b.notices).toHaveLength(0)
    // What counts up keeps its place, and stays away once a person has sent it away.
    const news = (id: number, message: string) =>
      caller.emit('notice', { id, time: 0, level: 'info', fault: { code: 'X', message } })
    for (const [id, message] of [[1, 'at 1 %'], [2, 'other'], [1, 'at 2 %']] as const) news(id, message) // prettier-ignore
    expect(b.notices.map(({ fault }) => fault.message)).toEqual(['at 2 %', 'other'])
    b.dismiss(b.notices[0]!)
    news(1, 'at 3 %')
    expect(b.notices.map(({ fault }) => fault.message)).toEqual(['other'])
  })
})

describe('drafts', () => {
  test('the tab’s own come first, then the profile’s', async () => {
    const { bench: b, caller } = bench()
    await b.attach(caller)
    expect(b.profile.draft('send s1')).toBe('kept in the profile')
    b.profile.setDraft('send s1', 'typed here')
    expect(b.profile.draft('send s1')).toBe('typed here')
    expect(new Workbench(caller).profile.draft('send s1')).toBe('typed here')
  })

  test('they are written after a pause, all at once, and again if the line was down', async () => {
    vi.useFakeTimers()
    const { bench: b, caller } = bench()
    await b.attach(caller)
    const update = caller.answers['profile.update']
    caller.answers['profile.update'] = () => {
      throw new Fault('PORT_CLOSED', 'down')
    }
    b.profile.setDraft('a', '1')
    b.profile.setDraft('b', '2')
    await vi.advanceTimersByTimeAsync(1000)
    expect(caller.asked('profile.update')).toHaveLength(1)
    if (update !== undefined) caller.answers['profile.update'] = update
    await b.attach(caller)
    await vi.advanceTimersByTimeAsync(1)
    expect(caller.asked('profile.update').at(-1)).toMatchObject({ patch: { drafts: { a: '1', b: '2' } } })
    expect(b.profile.draft('a')).toBe('1')
  })
})
