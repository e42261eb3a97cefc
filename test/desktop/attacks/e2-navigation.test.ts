import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Desktop } from '../../electron/launch.js'
import { until } from '../../helpers/until.js'

describe('E2: the page', () => {
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

  it('goes nowhere for a file that is dropped on it, and opens nothing for a middle click or target=_blank', async () => {
    // With `navigateOnDragDrop` off, Chromium hands a file to the page; should it want to navigate all the same, that is denied.
    expect((await desktop.do('windows'))[0]?.options.webPreferences).toMatchObject({
      navigateOnDragDrop: false,
      webviewTag: false,
    })
    expect(await desktop.do('navigate', 1, 'will-navigate', 'file:///home/person/run.html')).toBe(true)
    // docs/api/web-contents.md: all three ask the window-open handler.
    for (const url of [
      'https://example.org/middle',
      'javascript:alert(1)',
      'data:text/html,x',
      'socketeer://sub/tcp://10.0.0.1:1',
      'about:blank',
    ])
      expect(await desktop.do('open', 1, url), url).toEqual({ action: 'deny' })
    expect(await desktop.do('windows')).toHaveLength(1)
  })

  it('may keep what it made itself, and downloads nothing else', async () => {
    expect(await desktop.do('download', 1, 'blob:app://socketeer/9b1c')).toBe(false)
    for (const url of ['https://example.org/x.exe', 'data:text/plain,x', 'app://socketeer/', 'file:///etc/passwd'])
      expect(await desktop.do('download', 1, url), url).toBe(true)
    expect(await desktop.do('download', 1, 'blob:app://evil/1', 'app://evil/')).toBe(true)
  })

  it.each(['https://example.org/', 'http://127.0.0.1:1/', 'ws://127.0.0.1:1/', 'file:///etc/passwd'])(
    'has its requests to %s cancelled before they are made',
    async (url) => {
      expect(await desktop.do('fetch', url)).toMatchObject({ status: 0 })
    },
  )
})
