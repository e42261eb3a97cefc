import * as v from 'valibot'

/** A CURVE key as people write it: 32 bytes in Z85 (ZeroMQ RFC 32), 40 characters. */
export const CurveKeySchema = v.pipe(
  v.string(),
  v.regex(/^[0-9A-Za-z.\-:+=^!/*?&<>()[\]{}@%$#]{40}$/, 'a CURVE key: 40 characters of Z85'),
)
const keyId = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
const name = v.pipe(v.string(), v.maxLength(200))

/** A client that a server knows by its public key. */
export const KnownPeerSchema = v.object({ name: v.optional(name, ''), key: CurveKeySchema })
export type KnownPeer = v.InferOutput<typeof KnownPeerSchema>

/**
 * What guards a session's sockets. In CURVE one end is the server, whichever of them binds: it has a key pair whose public half its clients know. Settings never hold a secret: they name
 * a pair of the keyring.
 */
export const SecuritySchema = v.variant('mechanism', [
  v.object({ mechanism: v.literal('none') }),
  v.object({
    mechanism: v.literal('curve'),
    as: v.literal('server'),
    /** Our pair. */
    key: keyId,
    /** Who may come in: `anyone` who knows our public key, or those in `clients`. */
    admit: v.optional(v.picklist(['anyone', 'listed']), 'anyone'),
    clients: v.optional(v.pipe(v.array(KnownPeerSchema), v.maxLength(10_000)), []),
  }),
  v.object({
    mechanism: v.literal('curve'),
    as: v.literal('client'),
    /** Our pair; left out: one is made at each opening, which is enough where the server admits anyone. */
    key: v.optional(keyId),
    /** The server's public key. */
    server: CurveKeySchema,
  }),
])
export type Security = v.InferOutput<typeof SecuritySchema>

/** A key pair of the keyring, without its secret half. */
export interface KeyInfo {
  id: string
  name: string
  publicKey: string
  /** ms since 1970. */
  made: number
}

/** The arguments of the keyring's requests; see `requestArguments`. */
export const keyRequests = {
  'keys.list': v.optional(v.undefined()),
  /** Makes a pair. */
  'keys.make': v.object({ name }),
  /** Takes a pair over that was made elsewhere. */
  'keys.add': v.object({ name, publicKey: CurveKeySchema, secretKey: CurveKeySchema }),
  'keys.rename': v.object({ id: keyId, name }),
  /** Gone for good: sessions that name it do not open any more. */
  'keys.forget': v.object({ id: keyId }),
  /** A certificate file as CZMQ and pyzmq read them; `secret`: with the secret half in it. Fails with NO_KEY. */
  'keys.certificate': v.object({ id: keyId, secret: v.boolean() }),
} as const

/** Where the keyring is kept: in memory (until the app ends), in a file for its owner alone (mode 0600), or in that file encrypted by the system's keychain. */
export type KeyKeeping = 'memory' | 'file' | 'keychain'

export interface Keys {
  keeping: KeyKeeping
  keys: KeyInfo[]
}
