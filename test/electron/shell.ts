import { strict } from './strict.js'
import { app } from './app.js'
import { tell } from './tell.js'

type Template = Electron.MenuItemConstructorOptions[]

/** docs/api/menu.md. A menu is its template: roles are checked by their type. */
export const Menu = strict('Menu', {
  shown: undefined as Template | undefined,
  buildFromTemplate: (template: Template): Template => template,
  setApplicationMenu(menu: Template | null): void {
    app.after('Menu.setApplicationMenu')
    this.shown = menu ?? undefined
  },
})

/** docs/api/native-theme.md. The system's own theme is light. */
export const nativeTheme = strict('nativeTheme', {
  themeSource: 'system' as Electron.NativeTheme['themeSource'],
  get shouldUseDarkColors(): boolean {
    return this.themeSource === 'dark'
  },
} satisfies Pick<Electron.NativeTheme, 'themeSource' | 'shouldUseDarkColors'>)

/** docs/api/dialog.md. Whoever is asked presses the default button. */
export const dialog = strict('dialog', {
  asked: [] as Electron.MessageBoxOptions[],
  async showMessageBox(_window: unknown, options: Electron.MessageBoxOptions): Promise<Electron.MessageBoxReturnValue> {
    app.after('dialog.showMessageBox')
    this.asked.push(options)
    return { response: options.defaultId ?? 0, checkboxChecked: false }
  },
  /** The test says what will be pressed; the default button otherwise. */
  pressed: undefined as number | undefined,
  showMessageBoxSync(_window: unknown, options: Electron.MessageBoxSyncOptions): number {
    app.after('dialog.showMessageBoxSync')
    this.asked.push(options)
    return this.pressed ?? options.defaultId ?? 0
  },
  showErrorBox(title: string, content: string): void {
    tell({ kind: 'error-box', title, content })
  },
})

/** docs/api/safe-storage.md, as on a Linux without a keyring: text is hidden with a password that stands in Chromium's source. */
export const safeStorage = strict('safeStorage', {
  isEncryptionAvailable(): boolean {
    app.after('safeStorage.isEncryptionAvailable')
    return true
  },
  getSelectedStorageBackend: () => 'basic_text',
  encryptString: (text: string): Buffer => Buffer.from(`v10${text}`),
  decryptString: (bytes: Buffer): string => bytes.toString().slice(3),
} satisfies Pick<
  Electron.SafeStorage,
  'isEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptString' | 'decryptString'
>)
