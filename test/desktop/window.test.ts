import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROFILE_VERSION } from '../../src-main/contract/index.js'
import { Desktop, preload } from '../electron/launch.js'
import { until } from '../helpers/until.js'

/** User data of somebody who chose a theme. */
async function withTheme(theme: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'socketeer-desktop-'))
  await mkdir(join(folder, 'profile'))
  await writeFile(
    join(folder, 'profile/default.json'),
    JSON.stringify({ version: PROFILE_VERSION, settings: { theme } }),
  )
  return folder
}

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
  })

  it('opens role windows that the page asks for, compact, with the same preferences; each session has one', async () => {
    for (const query of ['?role=worker&session=s1', '?role=worker', '?role=worker&session=s1', ''])
      expect(await desktop.do('open', 1, `app://socketeer/${query}`)).toEqual({ action: 'deny' })
    await until(async () => (await desktop.do('windows')).every(({ loaded }) => loaded), {
      what: 'the windows to load',
    })
    const [workbench, torn, fresh, ...more] = await desktop.do('windows')
    expect(more).toEqual([])
    expect(workbench?.focused).toBe(1)
    expect(torn).toMatchObject({ url: 'app://socketeer/?role=worker&session=s1', focused: 1 })
    expect(fresh?.options).toMatchObject({ width: 620, height: 720 })
    expect(fresh?.options.webPreferences).toEqual(workbench?.options.webPreferences)

    // One that would lose messages stays until the person says otherwise.
    const [, second, third] = [workbench, torn, fresh].map((window) => window?.id ?? 0)
    await desktop.do('stay', second ?? 0, 0)
    await desktop.do('close', second ?? 0)
    expect(await desktop.do('windows')).toHaveLength(3)
    await desktop.do('stay', second ?? 0, 1)
    await desktop.do('close', second ?? 0)
    await desktop.do('close', third ?? 0)
    expect(await desktop.do('windows')).toHaveLength(1)
    expect((await desktop.do('app')).asked.map(({ buttons }) => buttons)).toEqual(
      Array(2).fill(['Stay', 'Close all the same']),
    )
  })

  it('has the colours of its page before that is there, and follows the chosen theme', async () => {
    const style = await readFile(join(import.meta.dirname, '../../src-renderer/lib/theme.css'), 'utf8')
    const [light, dark] = [...style.matchAll(/--bg:\s*(#\w+)/g)].map(([, colour]) => colour)
    expect((await desktop.do('windows'))[0]?.options.backgroundColor).toBe(light)
    await desktop.listen()
    await desktop.call('profile.update', { patch: { settings: { theme: 'dark' } } })
    await until(async () => (await desktop.do('app')).theme === 'dark', { what: 'the dark theme' })

    const next = await Desktop.open({ userData: await withTheme('dark') })
    expect((await next.do('windows'))[0]?.options.backgroundColor).toBe(dark)
    expect(await next.do('app')).toMatchObject({ theme: 'dark' })
    await next.remove()
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

  it('has a menu with the clipboard keys on every system, in the language of the profile, that opens windows by role', async () => {
    const mac = process.platform === 'darwin'
    const labels = async () => (await desktop.do('app')).menu.map(({ label }) => label)
    expect(await labels()).toEqual([
      ...(mac ? ['Socketeer'] : []),
      'File',
      'Edit',
      'View',
      'Window',
      ...(mac ? [] : ['Help']),
    ])
    const edit = (await desktop.do('app')).menu.find(({ label }) => label === 'Edit')
    expect(edit?.submenu).toEqual(
      expect.arrayContaining([
        { role: 'copy', label: 'Copy' },
        { role: 'paste', label: 'Paste' },
      ]),
    )

    for (const { label, query } of [
      { label: 'Worker', query: '?role=worker' },
      { label: 'Sink', query: '?role=sink' },
    ]) {
      await desktop.do('choose', 'File', 'New window as…', label)
      await until(async () => (await desktop.do('windows')).some(({ url }) => url === `app://socketeer/${query}`), {
        what: `the window of the ${label}`,
      })
    }
    await desktop.listen()
    await desktop.call('profile.update', { patch: { settings: { language: 'zh-CN' } } })
    await until(async () => (await labels()).includes('文件'), { what: 'the menu in Chinese' })
  })
})
