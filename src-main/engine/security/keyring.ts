import { Fault } from '../../contract/index.js'

/** Both halves in Z85, 40 characters each. */
export interface KeyPair {
  readonly publicKey: string
  readonly secretKey: string
}

/** Where the engine finds a pair that settings name. */
export interface Keyring {
  pair(id: string): KeyPair | undefined
}

export const emptyKeyring: Keyring = { pair: () => undefined }

/** The pair, or Fault `NO_KEY`. */
export function pairOf(keyring: Keyring, id: string): KeyPair {
  const pair = keyring.pair(id)
  if (pair !== undefined) return pair
  throw new Fault(
    'NO_KEY',
    `The key pair “${id}” that this session uses is not in this machine’s keyring. Choose another one in its settings, or make one.`,
    { id },
  )
}
