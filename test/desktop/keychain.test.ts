import { expect, it, vi } from 'vitest'
import { keychain } from '../../src-main/desktop/keychain.js'

const { safeStorage } = vi.hoisted(() => ({
  safeStorage: {
    isEncryptionAvailable: vi.fn(() => true),
    getSelectedStorageBackend: vi.fn(() => 'gnome_libsecret'),
    encryptString: (text: string) => Buffer.from(text),
    decryptString: (bytes: Buffer) => bytes.toString(),
  },
}))
vi.mock('electron', () => ({ safeStorage }))

it.each([
  ['darwin', true, 'unknown', true],
  ['win32', true, 'unknown', true],
  ['linux', true, 'gnome_libsecret', true],
  ['linux', true, 'kwallet6', true],
  ['linux', true, 'basic_text', false],
  ['linux', false, 'unknown', false],
  ['darwin', false, 'unknown', false],
] as const)('secrets go to the keychain on %s where it can encrypt (%s, %s): %s', (platform, can, backend, used) => {
  safeStorage.isEncryptionAvailable.mockReturnValue(can)
  safeStorage.getSelectedStorageBackend.mockReturnValue(backend)
  expect(keychain(platform)).toBe(used ? safeStorage : undefined)
})
