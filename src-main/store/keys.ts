import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFile } from 'atomically'
import * as v from 'valibot'
import { CurveKeySchema, Fault, type KeyInfo, type KeyKeeping, type Keys } from '../contract/index.js'

/** The system's keychain, where there is one: Electron's `safeStorage` has this shape. */
export interface Cipher {
  encryptString(text: string): Buffer
  /** Throws when it was encrypted for somebody else. */
  decryptString(bytes: Buffer): string
}

/** A pair as the file has it. `secret` is in Z85, or, encrypted, in base64. */
const KeySchema = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  name: v.pipe(v.string(), v.maxLength(200)),
  made: v.number(),
  publicKey: CurveKeySchema,
  secret: v.variant('kept', [
    v.object({ kept: v.literal('plain'), key: CurveKeySchema }),
    v.object({ kept: v.literal('encrypted'), key: v.pipe(v.string(), v.maxLength(4096), v.base64()) }),
  ]),
})
const FileSchema = v.object({ version: v.literal(1), keys: v.pipe(v.array(KeySchema), v.maxLength(10_000)) })
type Key = v.InferOutput<typeof KeySchema>

export interface KeyStoreOptions {
  /** The folder of the profiles. */
  readonly directory: string
  readonly cipher?: Cipher | undefined
  /** Makes a pair, both halves in Z85. */
  readonly make: () => { publicKey: string; secretKey: string }
  readonly tell: (level: 'warning' | 'error', fault: Fault) => void
}

/** Opens the keyring of this machine's user: one for all profiles. It never fails: a file that cannot be used is left as it is, and new keys live until the end of the run. */
export async function openKeys(options: KeyStoreOptions): Promise<KeyStore> {
  const file = join(options.directory, 'keys.json')
  try {
    return new KeyStore(file, await read(file), true, options)
  } catch (error) {
    const why = (error as Error).message
    options.tell(
      'error',
      new Fault(
        'KEYS_STUCK',
        `The keys in ${file} could not be used: ${why}. The file is left as it is, and keys made now are kept until Socketeer ends.`,
        { file, why },
      ),
    )
    return new KeyStore(file, [], false, options)
  }
}

/** No keys when there is no file. Throws an error whose message ends a sentence. */
async function read(file: string): Promise<Key[]> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
  try {
    return v.parse(FileSchema, JSON.parse(text)).keys
  } catch {
    // Not the parser's own words: they may quote what is in the file.
    throw new Error('it is not a keyring of this version')
  }
}

/** CURVE key pairs by id. A secret leaves it for a socket, or into a certificate that a person asks for. */
export class KeyStore {
  readonly file: string
  #keys: Map<string, Key>
  readonly #saves: boolean
  readonly #options: KeyStoreOptions
  #writing: Promise<void> = Promise.resolve()

  constructor(file: string, keys: readonly Key[], saves: boolean, options: KeyStoreOptions) {
    this.file = file
    this.#keys = new Map(keys.map((key) => [key.id, key]))
    this.#saves = saves
    this.#options = options
  }

  list(): Keys {
    const keeping: KeyKeeping = !this.#saves ? 'memory' : this.#options.cipher === undefined ? 'file' : 'keychain'
    return { keeping, keys: [...this.#keys.values()].map(infoOf) }
  }

  /** For a socket. Undefined when it is not here, or cannot be decrypted here. */
  pair(id: string): { publicKey: string; secretKey: string } | undefined {
    const key = this.#keys.get(id)
    if (key === undefined) return undefined
    const { publicKey, secret } = key
    if (secret.kept === 'plain') return { publicKey, secretKey: secret.key }
    try {
      const secretKey = this.#options.cipher?.decryptString(Buffer.from(secret.key, 'base64'))
      return secretKey === undefined ? undefined : { publicKey, secretKey }
    } catch {
      return undefined
    }
  }

  /** Resolves when it is on disk. Rejects with Fault `KEYS_NOT_SAVED`: then it is not kept at all. */
  make(name: string): Promise<KeyInfo> {
    return this.add(name, this.#options.make())
  }

  async add(name: string, pair: { publicKey: string; secretKey: string }): Promise<KeyInfo> {
    const { cipher } = this.#options
    const key: Key = {
      id: randomUUID().slice(0, 8),
      name,
      made: Date.now(),
      publicKey: pair.publicKey,
      secret:
        cipher === undefined
          ? { kept: 'plain', key: pair.secretKey }
          : { kept: 'encrypted', key: cipher.encryptString(pair.secretKey).toString('base64') },
    }
    await this.#change(key.id, key)
    return infoOf(key)
  }

  async rename(id: string, name: string): Promise<KeyInfo> {
    const key = { ...this.#known(id), name }
    await this.#change(id, key)
    return infoOf(key)
  }

  async forget(id: string): Promise<void> {
    this.#known(id)
    await this.#change(id, undefined)
  }

  /** A certificate as zcert_save(3) of CZMQ writes them and `zmq.auth.load_certificate` of pyzmq reads them. Throws Fault `NO_KEY`. */
  certificate(id: string, secret: boolean): string {
    const { name, publicKey } = this.#known(id)
    const pair = this.pair(id)
    if (secret && pair === undefined) throw noKey(id)
    const lines = [
      `#   ${secret ? 'ZeroMQ CURVE **Secret** Certificate: give it to nobody' : 'ZeroMQ CURVE public certificate'}`,
      '',
      'metadata',
      `    name = "${name.replaceAll(/["\\\n\r]/g, ' ')}"`,
      'curve',
      `    public-key = "${publicKey}"`,
      ...(secret ? [`    secret-key = "${pair?.secretKey}"`] : []),
    ]
    return `${lines.join('\n')}\n`
  }

  #known(id: string): Key {
    const key = this.#keys.get(id)
    if (key === undefined) throw noKey(id)
    return key
  }

  async #change(id: string, key: Key | undefined): Promise<void> {
    const writing = this.#writing.then(() => this.#write(id, key))
    this.#writing = writing.catch(() => undefined)
    try {
      await writing
    } catch (error) {
      const why = (error as Error).message
      throw new Fault('KEYS_NOT_SAVED', `The keys could not be saved to ${this.file}: ${why}.`, {
        file: this.file,
        why,
      })
    }
  }

  /** Onto what is in the file now: another profile's process may have made keys as well. */
  async #write(id: string, key: Key | undefined): Promise<void> {
    const keys = new Map(
      (this.#saves ? await read(this.file) : [...this.#keys.values()]).map((each) => [each.id, each]),
    )
    if (key === undefined) keys.delete(id)
    else keys.set(id, key)
    if (this.#saves) {
      await mkdir(this.#options.directory, { recursive: true, mode: 0o700 })
      const text = `${JSON.stringify({ version: 1, keys: [...keys.values()] }, undefined, 2)}\n`
      await writeFile(this.file, text, { mode: 0o600, timeout: 1000, tmpPurge: false })
    }
    this.#keys = keys
  }
}

function infoOf({ id, name, publicKey, made }: Key): KeyInfo {
  return { id, name, publicKey, made }
}

function noKey(id: string): Fault {
  return new Fault('NO_KEY', `There is no key pair “${id}” in this machine’s keyring.`, { id })
}
