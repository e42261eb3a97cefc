import { safeStorage } from 'electron'

/** As much of it as secrets need. */
type Keychain = Pick<Electron.SafeStorage, 'encryptString' | 'decryptString'>

/**
 * The system's keychain; undefined where there is none, and secrets are then kept in a file for its owner alone. To be asked once Electron is ready. On a Linux without a keyring
 * Electron says that it can encrypt, but does so with a password that everybody can look up (`basic_text`): that would only look like more.
 */
export function keychain(platform: NodeJS.Platform): Keychain | undefined {
  if (!safeStorage.isEncryptionAvailable()) return undefined
  if (platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text') return undefined
  return safeStorage
}
