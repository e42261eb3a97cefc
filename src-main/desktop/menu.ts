import { Menu, type MenuItemConstructorOptions } from 'electron'

/**
 * The native menu, from roles alone: each has the name and the key that people of that system expect. Without one the
 * clipboard keys do nothing on macOS. Developer tools are for builds that are not packaged.
 */
export function setMenu({ platform, packaged }: { platform: NodeJS.Platform; packaged: boolean }): void {
  const view: MenuItemConstructorOptions[] = [
    { role: 'reload' },
    ...(packaged ? [] : [{ role: 'toggleDevTools' } as const]),
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ]
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      { role: platform === 'darwin' ? 'appMenu' : 'fileMenu' },
      { role: 'editMenu' },
      { label: 'View', submenu: view },
      { role: 'windowMenu' },
    ]),
  )
}
