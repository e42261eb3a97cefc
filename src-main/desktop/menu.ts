import { Menu, type MenuItemConstructorOptions } from 'electron'
import { roleNames, type RoleName } from '../contract/index.js'
import type { Profiles } from './theme.js'
import { wordsOf, type Words } from './words.js'

export interface MenuOptions {
  platform: NodeJS.Platform
  packaged: boolean
  /** Opens a window of that role, or the workbench. */
  open: (role: RoleName | undefined) => void
}

const line: MenuItemConstructorOptions = { type: 'separator' }

/** The native menu, in the person's language, made again when that changes. Without one the clipboard keys do nothing on macOS. */
export function followMenu(profiles: Profiles, options: MenuOptions): void {
  let shown: Words | undefined
  const show = (): void => {
    const words = wordsOf(profiles.profile)
    if (words === shown) return
    shown = words
    Menu.setApplicationMenu(Menu.buildFromTemplate(templateOf(words, options)))
  }
  show()
  profiles.onChange(show)
}

/** Roles where there are any: each has the key, and the behaviour, that people of that system expect. */
function templateOf(w: Words, { platform, packaged, open }: MenuOptions): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin'
  const about: MenuItemConstructorOptions = { role: 'about', label: w.about }
  const help: MenuItemConstructorOptions = { role: 'help', label: w.help, submenu: [about] }
  const quit: MenuItemConstructorOptions = { role: 'quit', label: w.quit }
  const appMenu: MenuItemConstructorOptions = {
    label: 'Socketeer',
    submenu: [
      about,
      line,
      { role: 'services', label: w.services },
      line,
      { role: 'hide', label: w.hide },
      { role: 'hideOthers', label: w.hideOthers },
      { role: 'unhide', label: w.unhide },
      line,
      quit,
    ],
  }
  // Not with Alt: together with Ctrl that is AltGr, and types characters.
  const windows = roleNames.map((role, i): MenuItemConstructorOptions => ({
    label: w[role],
    accelerator: `CmdOrCtrl+Shift+${i + 1}`,
    click: () => open(role),
  }))
  return [
    ...(mac ? [appMenu] : []),
    {
      label: w.file,
      submenu: [
        { label: w.workbench, accelerator: 'CmdOrCtrl+Shift+0', click: () => open(undefined) },
        { label: w.newWindow, submenu: windows },
        line,
        { role: 'close', label: w.close },
        ...(mac ? [] : [line, quit]),
      ],
    },
    {
      label: w.edit,
      submenu: [
        { role: 'undo', label: w.undo },
        { role: 'redo', label: w.redo },
        line,
        { role: 'cut', label: w.cut },
        { role: 'copy', label: w.copy },
        { role: 'paste', label: w.paste },
        { role: 'selectAll', label: w.selectAll },
      ],
    },
    {
      label: w.view,
      submenu: [
        { role: 'reload', label: w.reload },
        ...(packaged ? [] : [{ role: 'toggleDevTools', label: w.tools } as const]),
        line,
        { role: 'resetZoom', label: w.resetZoom },
        { role: 'zoomIn', label: w.zoomIn },
        { role: 'zoomOut', label: w.zoomOut },
        line,
        { role: 'togglefullscreen', label: w.fullscreen },
      ],
    },
    {
      label: w.window,
      role: 'window',
      submenu: [
        { role: 'minimize', label: w.minimize },
        ...(mac ? [line, { role: 'front', label: w.front } as const] : []),
      ],
    },
    ...(mac ? [] : [help]),
  ]
}
