import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { curveKeyPair } from 'zeromq'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fault } from '../../src-main/contract/index.js'
import { openKeys, type Cipher } from '../../src-main/store/keys.js'

let directory: string
let told: Fault[]
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'socketeer-keys-'))
  told = []
})
afterEach(() => rm(directory, { recursive: true }))

const open = (cipher?: Cipher) =>
  openKeys({ directory, cipher, make: curveKeyPair, tell: (_level, fault) => told.push(fault) })

/** A keychain in miniature: what it encrypts does not hold the text, and only it can read it back. */
const keychain: Cipher = {
  encryptString: (text) => Buffer.from([...Buffer.from(text)].map((byte) => byte ^ 0x5a)),
  decryptString: (bytes) => Buffer.from([...bytes].map((byte) => byte ^ 0x5a)).toString(),
}

describe('the keyring', () => {
  it('keeps pairs in a file for its owner alone, and shows nobody their secrets', async () => {
    const keys = await open()
    const made = await keys.make('robot')
    const { secretKey } = keys.pair(made.id)!
    expect(JSON.stringify([made, keys.list()])).not.toContain(secretKey)
    expect((await stat(keys.file)).mode & 0o777).toBe(0o600)
    const again = await open()
    expect(again.list()).toEqual({ keeping: 'file', keys: [made] })
    expect(again.pair(made.id)).toEqual(keys.pair(made.id))
    await again.forget(made.id)
    expect((await open()).list().keys).toEqual([])
    expect(again.pair(made.id)).toBeUndefined()
  })

  it('has them encrypted where there is a keychain, and says so where it cannot read them', async () => {
    const keys = await open(keychain)
    const { id } = await keys.make('robot')
    const { secretKey } = keys.pair(id)!
    expect(await readFile(keys.file, 'utf8')).not.toContain(secretKey)
    expect(keys.list().keeping).toBe('keychain')
    expect((await open(keychain)).pair(id)?.secretKey).toBe(secretKey)
    expect((await open()).pair(id)).toBeUndefined()
    const broken = await open({ ...keychain, decryptString: () => { throw new Error('not yours') } }) // prettier-ignore
    expect(broken.pair(id)).toBeUndefined()
  })

  it('loses no pair that another process made meanwhile', async () => {
    const [one, two] = [await open(), await open()]
    await Promise.all([one.make('a'), one.make('b'), one.make('c')])
    await two.make('d')
    expect((await open()).list().keys.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('leaves a file that it cannot use as it is, says so once, and goes on in memory', async () => {
    const file = join(directory, 'keys.json')
    await writeFile(file, '{"version":1,"keys":[{"secret":"D:).secret"}]}')
    const keys = await open()
    expect(told.map(({ code }) => code)).toEqual(['KEYS_STUCK'])
    expect(told[0]?.message).not.toContain('D:)')
    const { id } = await keys.make('x')
    expect(keys.list().keeping).toBe('memory')
    expect(keys.pair(id)).toBeDefined()
    expect(await readFile(file, 'utf8')).toContain('D:)')
  })

  it('keeps nothing that it could not save', async () => {
    const keys = await open()
    await keys.make('a')
    await rm(directory, { recursive: true })
    await writeFile(directory, 'a file where the folder was')
    await expect(keys.make('b')).rejects.toMatchObject({ code: 'KEYS_NOT_SAVED' })
    expect(keys.list().keys.map(({ name }) => name)).toEqual(['a'])
  })

  it('takes over a pair made elsewhere, names it anew, and writes it as a certificate', async () => {
    const keys = await open()
    const pair = curveKeyPair()
    const { id } = await keys.add('old', pair)
    await keys.rename(id, 'say "hi"')
    expect(keys.certificate(id, false)).toContain(`public-key = "${pair.publicKey}"`)
    expect(keys.certificate(id, false)).not.toContain(pair.secretKey)
    expect(keys.certificate(id, true)).toContain(`secret-key = "${pair.secretKey}"`)
    expect(() => keys.certificate('none', false)).toThrow('no key pair')
  })
})
