import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Desktop } from '../electron/launch.js'
import { preload } from '../electron/launch.js'

describe('the desktop window', () => {
  let desktop: Desktop
  beforeAll(async () => {
    desktop = await Desktop.open()
  })
  afterAll(() => desktop.remove())

  it('is one window of 1280 × 800, never smaller than 900 × 600, shown once there is something to see', async () => {
    const windows = await desktop.do('windows')
    expect(windows).toHaveLength(1)
    expect(windows[0]).toMatchObject({
      url: 'app://socketeer/',
      visible: true,
      options: { width: 1280, height: 800, minWidth: 900, minHeight: 600, show: false },
    })
    expect(windows[0]?.options.backgroundColor).toMatch(/^#[0-9a-f]{6}$/)
  })

  it('isolates, sandboxes and starves its page', async () => {
    const [window] = await desktop.do('windows')
    expect(window?.options.webPreferences).toEqual({
      preload,
      devTools: true,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      backgroundThrottling: true,
    })
    expect(await desktop.do('app')).toMatchObject({ sandboxed: true, spelling: false })
  })

  it('gives its page one line with two functions, and nothing of Electron', async () => {
    expect(await desktop.do('exposed', 1)).toEqual({
      names: [['socketeer', ['send', 'onMessage']]],
      required: ['electron'],
    })
  })

  it('has a menu of roles, so that the clipboard keys work on every system', async () => {
    const { menu } = await desktop.do('app')
    expect(menu?.map(({ role, label }) => role ?? label)).toEqual([
      process.platform === 'darwin' ? 'appMenu' : 'fileMenu',
      'editMenu',
      'View',
      'windowMenu',
    ])
  })
})
