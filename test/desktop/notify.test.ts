import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { LinkState, Profile, SessionInfo } from '../../src-main/contract/index.js'
import { notifyLost } from '../../src-main/desktop/notify.js'

const { shown, window } = vi.hoisted(() => ({
  shown: [] as { title: string; body: string }[],
  window: { visible: false },
}))
vi.mock('electron', () => ({
  app: { getLocale: () => 'en-US' },
  BrowserWindow: { getAllWindows: () => [{ isVisible: () => window.visible, isMinimized: () => false }] },
  Notification: class {
    static isSupported = (): boolean => true
    constructor(readonly options: { title: string; body: string }) {}
    on(): void {}
    show(): void {
      shown.push(this.options)
    }
  },
}))

beforeEach(() => {
  vi.useFakeTimers()
  window.visible = false
})
afterEach(() => {
  vi.useRealTimers()
  shown.length = 0
})

/** One session with one link, whose state the returned function changes. */
function watched(notify: boolean) {
  let changed = (): void => undefined
  let info: unknown
  const profile = { settings: { notifyLost: notify, language: 'en' } } as Profile
  notifyLost(
    {
      list: () => [{ info: () => info as SessionInfo }],
      onChange: (listener) => ((changed = listener), () => undefined),
    },
    { profile, onChange: () => () => undefined },
    () => undefined,
  )
  return (link: LinkState, kind = 'open'): void => {
    const links = [{ index: 0, state: link, address: 'tcp://127.0.0.1:5556' }]
    info = { id: 's1', settings: { name: 'pose' }, state: { kind }, links }
    changed()
    vi.advanceTimersByTime(300)
  }
}

it('tells once of a link that was up and is not, while no window is seen', () => {
  const becomes = watched(true)
  becomes('connecting')
  expect(shown).toEqual([])
  becomes('up')
  becomes('waiting')
  becomes('connecting')
  expect(shown).toEqual([{ title: 'Link lost', body: 'pose (tcp://127.0.0.1:5556)' }])
})

it.each([
  ['nobody wants it', false, false, 'open'],
  ['a window is seen', true, true, 'open'],
  ['the session was closed', true, false, 'closed'],
])('is silent when %s', (_when, notify, visible, kind) => {
  window.visible = visible
  const becomes = watched(notify)
  becomes('up')
  becomes('closed', kind)
  expect(shown).toEqual([])
})
