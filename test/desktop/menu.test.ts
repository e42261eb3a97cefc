import { describe, expect, it, vi } from 'vitest'
import { followMenu } from '../../src-main/desktop/menu.js'
import type { Profile } from '../../src-main/contract/index.js'

type Item = Electron.MenuItemConstructorOptions

const { shown } = vi.hoisted(() => ({ shown: { menu: [] as Electron.MenuItemConstructorOptions[] } }))
vi.mock('electron', () => ({
  app: { getLocale: () => 'en-US' },
  Menu: {
    buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => template,
    setApplicationMenu: (template: Electron.MenuItemConstructorOptions[]) => (shown.menu = template),
  },
}))

const never = (): never => {
  throw new Error('nobody chose this')
}

/** The menu of a system, and how to change the language. */
function menuOn(platform: NodeJS.Platform, update?: () => void) {
  let change: (profile: Profile) => void = never
  const inLanguage = (language: string) => ({ settings: { language } }) as Profile
  const profiles = {
    profile: inLanguage('en'),
    onChange: (listener: typeof change) => ((change = listener), () => undefined),
  }
  followMenu(profiles, {
    platform,
    packaged: true,
    open: never,
    act: never,
    files: { pick: never, open: never, forgetAll: never },
    memory: { recent: [], onRecent: () => undefined },
    update,
  })
  return { speak: (language: string) => change((profiles.profile = inLanguage(language))) }
}

const submenu = (item: Item | undefined) => (item?.submenu ?? []) as Item[]
const all = (items: readonly Item[]): Item[] => items.flatMap((item) => [item, ...all(submenu(item))])
const rolesIn = (label: string) => submenu(shown.menu.find((item) => item.label === label)).map(({ role }) => role)

describe.each(['linux', 'win32', 'darwin'] as const)('the menu on %s', (platform) => {
  const mac = platform === 'darwin'

  it('has what people of that system expect, where they expect it', () => {
    menuOn(platform)
    expect(shown.menu.map(({ label }) => label)).toEqual([
      ...(mac ? ['Socketeer'] : []),
      'File',
      'Edit',
      'View',
      'Window',
      'Help',
    ])
    expect(rolesIn(mac ? 'Socketeer' : 'File')).toContain('quit')
    expect(rolesIn('File').includes('quit')).toBe(!mac)
    expect(rolesIn('Edit').filter((role) => role !== undefined)).toEqual([
      'undo',
      'redo',
      'cut',
      'copy',
      'paste',
      'selectAll',
    ])
    expect(rolesIn('View')).toEqual(expect.arrayContaining(['resetZoom', 'zoomIn', 'zoomOut']))
    // What is packaged has no developer tools.
    expect(all(shown.menu).map(({ role }) => role)).not.toContain('toggleDevTools')
  })

  it('has each key once, and a label on all that is no line', () => {
    menuOn(platform, never)
    const keys = all(shown.menu).flatMap(({ accelerator }) => accelerator ?? [])
    expect(new Set(keys).size).toBe(keys.length)
    expect(all(shown.menu).filter(({ type, label }) => type !== 'separator' && !label)).toEqual([])
  })

  it('is all in Chinese where the person chose that', () => {
    const { speak } = menuOn(platform, never)
    speak('zh-CN')
    const labels = all(shown.menu).flatMap(({ label }) => label ?? [])
    expect(labels.length).toBeGreaterThan(30)
    expect(labels.filter((label) => !/[一-鿿]/.test(label))).toEqual(mac ? ['Socketeer'] : [])
  })
})
