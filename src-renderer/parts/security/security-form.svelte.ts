import * as v from 'valibot'
import {
  CurveKeySchema,
  type FaultShape,
  type KeyInfo,
  type KeyKeeping,
  type KnownPeer,
  type Security,
} from '../../../src-main/contract/index.js'
import type { Caller } from '../../bridge/client.js'
import { saveFile } from '../../lib/save-file.js'
import { faultOf } from '../../state/workbench.svelte.js'

export type SecurityKind = 'none' | 'server' | 'client'

/** As it is kept between two runs: no secret is in it. */
export interface KeptSecurity {
  kind: SecurityKind
  key: string
  admit: 'anyone' | 'listed'
  clients: string
  server: string
}

export const isKey = (text: string): boolean => v.is(CurveKeySchema, text)

/** How a session is guarded, being written; and the keyring that it chooses from. */
export class SecurityForm {
  readonly #caller: Caller
  readonly #changed: () => void
  #kind = $state<SecurityKind>('none')
  /** The chosen pair's id; '' none, which a client may leave to each opening. */
  key = $state('')
  admit = $state<'anyone' | 'listed'>('anyone')
  /** A line a client: its public key, with a name in front if wanted. */
  clients = $state('')
  server = $state('')
  keys = $state.raw<readonly KeyInfo[]>([])
  keeping = $state.raw<KeyKeeping | undefined>(undefined)
  fault = $state.raw<FaultShape | undefined>(undefined)

  constructor(caller: Caller, changed: () => void = () => undefined) {
    this.#caller = caller
    this.#changed = changed
  }

  get kind(): SecurityKind {
    return this.#kind
  }
  set kind(kind: SecurityKind) {
    this.#kind = kind
    if (kind !== 'none' && this.keeping === undefined) void this.load()
    this.changed()
  }

  readonly chosen = $derived(this.keys.find(({ id }) => id === this.key))
  /** The list of clients, and the first line of it that is none. */
  readonly listed = $derived(readClients(this.clients))
  /** What is still missing, as a name for its sentence; undefined when it can be used. */
  readonly missing = $derived.by((): 'key' | 'server' | 'clients' | undefined => {
    if (this.#kind === 'none') return undefined
    if (this.#kind === 'client') return isKey(this.server.trim()) ? undefined : 'server'
    if (this.key === '') return 'key'
    return this.admit === 'listed' && (this.listed.bad !== undefined || this.listed.peers.length === 0)
      ? 'clients'
      : undefined
  })

  get settings(): Security {
    if (this.#kind === 'none') return { mechanism: 'none' }
    if (this.#kind === 'client')
      return {
        mechanism: 'curve',
        as: 'client',
        server: this.server.trim(),
        ...(this.key === '' ? {} : { key: this.key }),
      }
    return { mechanism: 'curve', as: 'server', key: this.key, admit: this.admit, clients: this.listed.peers }
  }

  set settings(security: Security) {
    this.#kind = security.mechanism === 'none' ? 'none' : security.as
    if (security.mechanism === 'none') return
    this.key = security.key ?? ''
    if (security.as === 'client') this.server = security.server
    else {
      this.admit = security.admit
      this.clients = security.clients.map(({ name, key }) => (name === '' ? key : `${name} ${key}`)).join('\n')
    }
    void this.load()
  }

  get kept(): KeptSecurity {
    const { kind, key, admit, clients, server } = this
    return { kind, key, admit, clients, server }
  }

  set kept(kept: KeptSecurity | undefined) {
    this.#kind = kept?.kind ?? 'none'
    this.key = kept?.key ?? ''
    this.admit = kept?.admit ?? 'anyone'
    this.clients = kept?.clients ?? ''
    this.server = kept?.server ?? ''
    if (this.#kind !== 'none') void this.load()
  }

  changed(): void {
    this.#changed()
  }

  load(): Promise<void> {
    return this.#try(async () => {
      const { keeping, keys } = await this.#caller.call('keys.list')
      this.keys = keys
      this.keeping = keeping
    })
  }

  /** Makes a pair, and chooses it. */
  make(name: string): Promise<void> {
    return this.#try(async () => {
      const made = await this.#caller.call('keys.make', { name })
      this.keys = [...this.keys, made]
      this.key = made.id
      this.changed()
    })
  }

  forget(): Promise<void> {
    const id = this.key
    return this.#try(async () => {
      await this.#caller.call('keys.forget', { id })
      this.keys = this.keys.filter((key) => key.id !== id)
      this.key = ''
      this.changed()
    })
  }

  /** Saves the chosen pair as the kind of file that pyzmq and CZMQ load. */
  certificate(secret: boolean): Promise<void> {
    return this.#try(async () => {
      const text = await this.#caller.call('keys.certificate', { id: this.key, secret })
      const name = this.chosen?.name || 'curve'
      saveFile(new Blob([text], { type: 'text/plain' }), `${name}.${secret ? 'key_secret' : 'key'}`)
    })
  }

  async #try(action: () => Promise<void>): Promise<void> {
    this.fault = undefined
    try {
      await action()
    } catch (error) {
      this.fault = faultOf(error)
    }
  }
}

/** Lines of `key` or `name key`. */
function readClients(text: string): { peers: KnownPeer[]; bad: number | undefined } {
  const peers: KnownPeer[] = []
  let bad: number | undefined
  text.split('\n').forEach((line, i) => {
    const [, name = '', key = ''] = /^\s*(?:(.*\S)\s+)?(\S+)\s*$/.exec(line) ?? []
    if (line.trim() === '') return
    if (isKey(key)) peers.push({ name: name.slice(0, 200), key })
    else bad ??= i + 1
  })
  return { peers, bad }
}
