import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Desktop } from '../../electron/launch.js'

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

describe('E3: the page', () => {
  let desktop: Desktop
  beforeAll(async () => {
    desktop = await Desktop.open()
  })
  afterAll(() => desktop.remove())

  it.each(permissions)('is not granted %s', async (permission) => {
    expect(await desktop.do('permission', 1, permission)).toEqual({ asked: false, checked: false })
  })

  it('may put text on the clipboard, from our own origin alone', async () => {
    const name = 'clipboard-sanitized-write'
    expect(await desktop.do('permission', 1, name)).toEqual({ asked: true, checked: true })
    expect(await desktop.do('permission', 1, name, 'https://example.org/')).toEqual({ asked: false, checked: false })
    expect(await desktop.do('permission', 1, name, '')).toEqual({ asked: false, checked: false })
  })

  it('is given no device', async () => {
    expect(await desktop.do('devices')).toEqual([false, false, false])
  })
})
