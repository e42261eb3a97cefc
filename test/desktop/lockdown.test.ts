import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Desktop } from '../electron/launch.js'
import { until } from '../helpers/until.js'

/** docs/api/session.md: every name that either permission handler can be given, and one that is not known yet. */
const permissions = [
  'clipboard-read',
  'display-capture',
  'fullscreen',
  'geolocation',
  'hid',
  'idle-detection',
  'media',
  'mediaKeySystem',
  'midi',
  'midiSysex',
  'notifications',
  'pointerLock',
  'keyboardLock',
  'openExternal',
  'serial',
  'speaker-selection',
  'storage-access',
  'top-level-storage-access',
  'usb',
  'window-management',
  'unknown',
  'fileSystem',
  'deprecated-sync-clipboard-read',
  'of-a-later-version',
]

describe('the page (E2: navigation and windows, E3: permissions)', () => {
  let desktop: Desktop
  beforeAll(async () => {
    desktop = await Desktop.open()
  })
  afterAll(() => desktop.remove())

  it.each([
    'https://example.org/',
    'http://127.0.0.1:8155/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'app://evil/',
    'app://socketeer/other',
  ])('goes nowhere: %s', async (url) => {
    for (const how of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const)
      expect(await desktop.do('navigate', 1, how, url), how).toBe(true)
  })

  it('may load itself again, but in no other frame and by no redirection', async () => {
    expect(await desktop.do('navigate', 1, 'will-navigate', 'app://socketeer/')).toBe(false)
    expect(await desktop.do('navigate', 1, 'will-frame-navigate', 'app://socketeer/')).toBe(true)
    expect(await desktop.do('navigate', 1, 'will-redirect', 'app://socketeer/')).toBe(true)
  })

  it('opens no window and embeds no webview', async () => {
    expect(await desktop.do('open', 1, 'https://example.org/')).toEqual({ action: 'deny' })
    for (const url of ['app://socketeer/other', 'app://evil/', 'app://socketeer.evil/?role=worker'])
      expect(await desktop.do('open', 1, url)).toEqual({ action: 'deny' })
    expect(await desktop.do('attachWebview', 1)).toBe(true)
    expect(await desktop.do('windows')).toHaveLength(1)
    await until(() => desktop.errors.includes('Denied a new window for https://example.org/.'), {
      what: 'the denial in the log',
    })
  })

  it.each(permissions)('is not granted %s', async (permission) => {
    expect(await desktop.do('permission', 1, permission)).toEqual({ asked: false, checked: false })
  })

  it('may put text on the clipboard, from our own origin alone', async () => {
    const name = 'clipboard-sanitized-write'
    expect(await desktop.do('permission', 1, name)).toEqual({ asked: true, checked: true })
    expect(await desktop.do('permission', 1, name, 'https://example.org/')).toEqual({ asked: false, checked: false })
    expect(await desktop.do('permission', 1, name, '')).toEqual({ asked: false, checked: false })
  })

  it('may keep what it made itself, and downloads nothing else', async () => {
    expect(await desktop.do('download', 1, 'blob:app://socketeer/9b1c')).toBe(false)
    for (const url of ['https://example.org/x.exe', 'data:text/plain,x', 'app://socketeer/', 'file:///etc/passwd'])
      expect(await desktop.do('download', 1, url), url).toBe(true)
    expect(await desktop.do('download', 1, 'blob:app://evil/1', 'app://evil/')).toBe(true)
  })

  it('is given no device', async () => {
    expect(await desktop.do('devices')).toEqual([false, false, false])
  })

  it.each(['https://example.org/', 'http://127.0.0.1:1/', 'ws://127.0.0.1:1/', 'file:///etc/passwd'])(
    'has its requests to %s cancelled before they are made',
    async (url) => {
      expect(await desktop.do('fetch', url)).toMatchObject({ status: 0 })
    },
  )
})
