import { basename } from 'node:path'
import { Menu, type MenuItemConstructorOptions } from 'electron'
import { roleNames, type RoleName } from '../contract/index.js'
import type { Files } from './files.js'
import type { Memory } from './memory.js'
import type { Profiles } from './theme.js'
import { wordsOf, type Words } from './words.js'

export interface MenuOptions {
  platform: NodeJS.Platform
  packaged: boolean
  /** Opens a window of that role, or the workbench. */
  open: (role: RoleName | undefined) => void
  /** Has the page in front do what has this id among its actions; or the workbench, for what only that can do. */
  act: (id: string, where?: 'workbench') => void
  files: Pick<Files, 'pick' | 'open' | 'forgetAll'>
  memory: Pick<Memory, 'recent' | 'onRecent'>
  /** Looks for a newer version; undefined where there is nowhere to look. */
  update: (() => void) | undefined
}

const line: MenuItemConstructorOptions = { type: 'separator' }

/** The native menu, in the person's language, made again when that changes. Without one the clipboard keys do nothing on macOS. */
export function followMenu(profiles: Profiles, options: MenuOptions): void {
  let shown: Words | undefined
  const show = (): void => {
    shown = wordsOf(profiles.profile)
    Menu.setApplicationMenu(Menu.buildFromTemplate(templateOf(shown, options)))
  }
  show()
  profiles.onChange((profile) => {
    if (wordsOf(profile) !== shown) show()
  })
  options.memory.onRecent(show)
}

/** Roles where there are any: each has the key, and the behaviour, that people of that system expect. */
function templateOf(w: Words, options: MenuOptions): MenuItemConstructorOptions[] {
  const { platform, packaged, open, act, update } = options
  const mac = platform === 'darwin'
  /** Its keys are the page's, which hears them first: here they are shown. */
  const item = (label: string, id: string, keys?: string, where?: 'workbench'): MenuItemConstructorOptions => ({
    label,
    click: () => act(id, where),
    ...(keys === undefined ? {} : { accelerator: keys, registerAccelerator: false }),
  })
  const about = item(w.about, 'about')
  const settings = item(w.settings, 'settings', 'CmdOrCtrl+,')
  const help: MenuItemConstructorOptions = {
    role: 'help',
    label: w.help,
    submenu: [
      item(w.help, 'help', 'F1'),
      item(w.keys, 'keys'),
      line,
      item(w.diagnostics, 'diagnostics'),
      ...(update === undefined ? [] : [{ label: w.update, click: update }]),
      ...(mac ? [] : [about]),
    ],
  }
  const quit: MenuItemConstructorOptions = { role: 'quit', label: w.quit }
  const appMenu: MenuItemConstructorOptions = {
    label: 'Socketeer',
    submenu: [
      about,
      line,
      settings,
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
        {
          label: w.openWorkspace,
          accelerator: 'CmdOrCtrl+O',
          registerAccelerator: false,
          click: () => options.files.pick('workspaceFile'),
        },
        { label: w.openRecording, click: () => options.files.pick('recordingFile') },
        recentOf(w, options),
        item(w.saveWorkspace, 'workspace save', 'CmdOrCtrl+S', 'workbench'),
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
        item(w.palette, 'palette', 'CmdOrCtrl+K'),
        item(w.map, 'go map', undefined, 'workbench'),
        ...(mac ? [] : [settings]),
        line,
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
    help,
  ]
}

/** Files that were opened by their path. */
function recentOf(w: Words, { files, memory }: MenuOptions): MenuItemConstructorOptions {
  const { recent } = memory
  return {
    label: w.openRecent,
    enabled: recent.length > 0,
    submenu: [
      ...recent.map((path) => ({ label: basename(path), toolTip: path, click: () => files.open(path) })),
      ...(recent.length > 0 ? [line] : []),
      { label: w.clearRecent, click: () => files.forgetAll() },
    ],
  }
}
