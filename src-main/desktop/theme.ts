import { nativeTheme } from 'electron'
import type { Profile, Undo } from '../contract/index.js'

/** `--bg` of src-renderer/lib/theme.css: what a window shows before its page is there. */
const BACKGROUND = { light: '#f7f7f9', dark: '#121216' }

/** As much of the store as this needs. */
export interface Profiles {
  readonly profile: Profile
  onChange(listener: (profile: Profile) => void): Undo
}

/** Menus, dialogs and the page's own idea of the system's theme follow what the person chose. */
export function followTheme(profiles: Profiles): void {
  nativeTheme.themeSource = profiles.profile.settings.theme
  profiles.onChange(({ settings }) => {
    if (nativeTheme.themeSource !== settings.theme) nativeTheme.themeSource = settings.theme
  })
}

export function background(): string {
  return nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light
}
