import { Emitter, strict } from './strict.js'
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
  /** Of a window, or of the app: then the options come first. */
  async showMessageBox(...values: unknown[]): Promise<Electron.MessageBoxReturnValue> {
    app.after('dialog.showMessageBox')
    const options = values.at(-1) as Electron.MessageBoxOptions
    this.asked.push(options)
    return { response: this.pressed ?? options.defaultId ?? 0, checkboxChecked: false }
  },
  /** The test says what will be pressed; the default button otherwise. */
  pressed: undefined as number | undefined,
  showMessageBoxSync(_window: unknown, options: Electron.MessageBoxSyncOptions): number {
    app.after('dialog.showMessageBoxSync')
    this.asked.push(options)
    return this.pressed ?? options.defaultId ?? 0
  },
  /** The test says which file will be picked; nothing otherwise. */
  picked: undefined as string | undefined,
  async showOpenDialog(_options: Electron.OpenDialogOptions): Promise<Electron.OpenDialogReturnValue> {
    app.after('dialog.showOpenDialog')
    return { canceled: this.picked === undefined, filePaths: this.picked === undefined ? [] : [this.picked] }
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
/** docs/api/notification.md */
export const Notification = strict(
  'Notification',
  class extends Emitter {
    static shown: Electron.NotificationConstructorOptions[] = []

    constructor(readonly options: Electron.NotificationConstructorOptions) {
      app.after('new Notification')
      super('Notification', ['click'])
      return strict('Notification', this)
    }

    static isSupported(): boolean {
      return true
    }

    show(): void {
      Notification.shown.push(this.options)
    }
  },
)
