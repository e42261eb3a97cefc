import { curveKeyPair } from 'zeromq'
import type { LinkEventKind, Security } from '../../contract/index.js'
import { pairOf, type Keyring } from './keyring.js'
import { keepDoor } from './zap.js'

/** Socket options, as zeromq.js names them; set before any bind or connect. */
export interface CurveOptions {
  readonly curveServer?: boolean
  readonly curvePublicKey?: string
  readonly curveSecretKey?: string
  readonly curveServerKey?: string
  readonly zapDomain?: string
  readonly zapEnforceDomain?: boolean
}

/** What guards the sockets of one session, for as long as they are open. */
export interface Guard {
  readonly options: CurveOptions
  /** What a failed handshake is explained by. */
  readonly security: Security
  /** Our public key, in Z85, as the other end must know it; '' without CURVE. */
  readonly publicKey: string
  /** Of a server: whom it admits, for the receiving thread, which answers libzmq itself. */
  readonly door?: Door
  /** To be awaited before anything is bound. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

export interface Door {
  readonly domain: string
  /** In Z85; undefined: anyone. */
  readonly keys: readonly string[] | undefined
  /** Is to be told who came. */
  heard(this: void, key: string, host: string, welcome: boolean): void
}

const idle = { ready: Promise.resolve(), close: () => Promise.resolve() }
/** Sockets without CURVE. */
export const unguarded: Guard = { options: {}, security: { mechanism: 'none' }, publicKey: '', ...idle }

/**
 * To be called before the session's sockets are made, and closed after them.
 * @param domain the session's own name for libzmq's questions
 * @param tell what the timeline is to say of those who come in or are turned away: `address` is their IP address, `detail` their key, after their name if they are known
 * Throws Fault `NO_KEY`.
 */
export function guard(
  security: Security,
  keyring: Keyring,
  domain: string,
  tell: (kind: LinkEventKind, address: string, detail: string) => void,
): Guard {
  if (security.mechanism === 'none') return unguarded
  if (security.as === 'client') {
    const { publicKey, secretKey } = security.key === undefined ? curveKeyPair() : pairOf(keyring, security.key)
    const options = { curvePublicKey: publicKey, curveSecretKey: secretKey, curveServerKey: security.server }
    return { options, security, publicKey, ...idle }
  }
  const { publicKey, secretKey } = pairOf(keyring, security.key)
  const names = new Map(security.clients.map(({ key, name }) => [key, name]))
  const heard = (key: string, host: string, welcome: boolean) => {
    const name = names.get(key) ?? ''
    tell(welcome ? 'encrypted' : 'turned-away', host, name === '' ? key : `${name} ${key}`)
  }
  const kept = keepDoor(domain, (key, host) => {
    const welcome = security.admit === 'anyone' || names.has(key)
    heard(key, host, welcome)
    return welcome
  })
  const door = { domain, keys: security.admit === 'anyone' ? undefined : [...names.keys()], heard }
  // Enforced: should nobody answer libzmq's question, nobody comes in.
  const options = { curveServer: true, curveSecretKey: secretKey, zapDomain: domain, zapEnforceDomain: true }
  return { options, security, publicKey, door, ...kept }
}
