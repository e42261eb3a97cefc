import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PROFILE_VERSION, type Fault } from '../../src-main/contract/index.js'
import { MAX_DOCUMENT_BYTES } from '../../src-main/store/document.js'
import { openStore, type Store } from '../../src-main/store/store.js'
import { until } from '../helpers/until.js'

let directory: string
let told: { level: string; fault: Fault }[]
let stores: Store[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'socketeer-store-'))
  told = []
  stores = []
})
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()))
  await rm(directory, { recursive: true, force: true })
})

async function open(folder = directory): Promise<Store> {
  const store = await openStore({ directory: folder, tell: (level, fault) => told.push({ level, fault }) })
  stores.push(store)
  return store
}
const file = (): string => join(directory, 'default.json')
const setAside = async (): Promise<string[]> => (await readdir(directory)).filter((name) => name.includes('.corrupt-'))

/** A broken file is kept with the same bytes, defaults are used, the person is told where it went; and saving works again. */
async function expectSetAside(why: RegExp): Promise<void> {
  const store = await open()
  expect(store.profile.settings.theme).toBe('system')
  expect(told).toHaveLength(1)
  const fault = told[0]?.fault
  expect(fault?.code).toBe('PROFILE_SET_ASIDE')
  expect(fault?.message).toMatch(why)
  const [kept, ...more] = await setAside()
  expect(more).toEqual([])
  expect(fault?.message).toContain(join(directory, kept ?? '?'))
  store.update({ settings: { theme: 'dark' } })
  await store.flush()
  expect((await open()).profile.settings.theme).toBe('dark')
  expect(told).toHaveLength(1)
}

describe('store: two of us on one profile', () => {
  it('the last writer wins, and both are told, once', async () => {
    const one = await open()
    const two = await open()
    one.update({ settings: { theme: 'dark' } })
    await one.flush()
    expect(told).toEqual([])
    two.update({ settings: { theme: 'light' } })
    await two.flush()
    expect(told.map(({ level, fault }) => [level, fault.code])).toEqual([['warning', 'PROFILE_SHARED']])
    expect(told[0]?.fault.message).toContain('--profile NAME')
    two.update({ settings: { theme: 'system' } })
    await two.flush()
    one.update({ settings: { theme: 'dark' } })
    await one.flush()
    one.update({ settings: { theme: 'light' } })
    await one.flush()
    expect(told).toHaveLength(2)
    expect((await open()).profile.settings.theme).toBe('light')
  })
})

describe('store: what is kept', () => {
  it('starts from the defaults without writing anything, and says nothing', async () => {
    const store = await open()
    expect(store.profile).toMatchObject({
      version: PROFILE_VERSION,
      settings: { theme: 'system', language: 'system' },
      sessions: [],
      drafts: {},
    })
    await store.close()
    expect(await readdir(directory)).toEqual([])
    expect(told).toEqual([])
  })

  it('gives back after a restart what was changed, section by section', async () => {
    const store = await open()
    store.update({ drafts: { s1: 'halb fertig ✓' } })
    store.update({ layout: { desk: 'radio' }, drafts: undefined })
    await store.close()
    const again = await open()
    expect(again.profile).toEqual(store.profile)
    expect(again.profile).toMatchObject({ layout: { desk: 'radio' }, drafts: { s1: 'halb fertig ✓' } })
  })

  it('writes by itself soon after a change', async () => {
    const store = await open()
    store.update({ layout: { desk: 'pipeline' } })
    await until(async () => (await readFile(file(), 'utf8')).includes('pipeline'), {
      what: 'the profile to be on disk',
    })
  })

  it('ends with the last change however many are made while one is being written', async () => {
    const store = await open()
    const writes: Promise<void>[] = []
    for (let i = 0; i < 50; i++) {
      store.update({ drafts: { note: String(i) } })
      if (i % 3 === 0) writes.push(store.flush())
    }
    await store.close()
    await Promise.all(writes)
    expect((await open()).profile.drafts).toEqual({ note: '49' })
    expect(await readdir(directory)).toEqual(['default.json'])
  })

  it('tells listeners of a change and who made it, until they take it back', async () => {
    const store = await open()
    const heard: unknown[] = []
    const undo = store.onChange((profile, by) => heard.push([profile.layout.desk, by]))
    store.update({ layout: { desk: 'radio' } }, 'view 1')
    undo()
    store.update({ layout: { desk: 'chat' } }, 'view 1')
    expect(heard).toEqual([['radio', 'view 1']])
  })

  it.skipIf(process.platform === 'win32')('keeps its file and folder to its user', async () => {
    const nested = join(directory, 'a', 'b')
    const store = await open(nested)
    store.update({ layout: { desk: 'radio' } })
    await store.close()
    expect((await stat(nested)).mode & 0o777).toBe(0o700)
    expect((await stat(join(nested, 'default.json'))).mode & 0o777).toBe(0o600)
  })

  it('refuses what JSON cannot hold, and what it could not read back, and changes nothing', async () => {
    const store = await open()
    const before = store.profile
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    for (const value of [Number.NaN, 10n, new Uint8Array(2), new Date(0), [undefined], cycle])
      expect(() => store.update({ presets: [{ value }] as never })).toThrow(/plain JSON/)
    expect(() => store.update({ drafts: { long: 'x'.repeat(MAX_DOCUMENT_BYTES) } })).toThrow(/may have 16777216/)
    expect(store.profile).toBe(before)
  })

  it('is not fooled by __proto__ keys', async () => {
    await writeFile(
      file(),
      '{"version":1,"__proto__":{"evil":1},"drafts":{"__proto__":{"evil":1},"constructor":"x","a":"b"},"layout":{"__proto__":{"desk":"radio"}}}',
    )
    const store = await open()
    expect(({} as Record<string, unknown>)['evil']).toBeUndefined()
    expect((store.profile as unknown as Record<string, unknown>)['evil']).toBeUndefined()
    expect(store.profile.layout.desk).toBe('chat')
    expect(store.profile.drafts).toEqual({ a: 'b' })
    expect(told).toEqual([])
  })
})

describe('store: a file that cannot be used is set aside, never lost', () => {
  it('cut off at any byte', async () => {
    const store = await open()
    store.update({ drafts: { a: 'ä✓' }, layout: { desk: 'radio' } })
    await store.close()
    const whole = await readFile(file())
    // The last byte is the newline after the closing brace: without it the document is still whole.
    for (let length = 0; length < whole.length - 1; length++) {
      const folder = join(directory, String(length))
      await mkdir(folder)
      await writeFile(join(folder, 'default.json'), whole.subarray(0, length))
      const cut = await open(folder)
      expect(cut.profile.layout.desk).toBe('chat')
      const names = await readdir(folder)
      expect(names).toHaveLength(1)
      expect(names[0]).toMatch(/^default\.corrupt-.+\.json$/)
      expect(await readFile(join(folder, names[0] ?? '?'))).toEqual(whole.subarray(0, length))
    }
    expect(told).toHaveLength(whole.length - 1)
  })

  it.each([
    ['null', /not a JSON object/],
    ['[]', /not a JSON object/],
    ['"text"', /not a JSON object/],
    ['{}', /does not say its version/],
    ['{"version":"1"}', /does not say its version/],
    ['{"version":1.5}', /does not say its version/],
    ['{"version":0}', /version 0, from which there is no way/],
    ['{"version":-1}', /version -1/],
    ['{"version":1,"settings":{"theme":"pink"}}', /settings\.theme is not what it should be/],
    ['{"version":1,"sessions":{}}', /sessions is not what it should be/],
    [
      '{"version":1,"sessions":[{"role":"server","endpoints":[{"method":"bind","address":5}]}]}',
      /sessions\.0\.endpoints\.0\.address/,
    ],
    ['{"version":1,"drafts":{"a":1}}', /drafts\.a/],
    [Buffer.from([0x7b, 0xff, 0x7d]), /not text in UTF-8/],
    ['{"version":1}{"version":1}', /not JSON/],
  ])('wrong content %j', async (content, why) => {
    await writeFile(file(), content)
    await expectSetAside(why)
  })

  it('of a newer version, which is kept untouched for the newer program', async () => {
    const newer = '{"version":99,"anything":true}'
    await writeFile(file(), newer)
    await expectSetAside(/version 99, from a newer Socketeer; this one reads up to version \d+/)
    expect(await readFile(join(directory, (await setAside())[0] ?? '?'), 'utf8')).toBe(newer)
  })

  it('a folder in its place', async () => {
    await mkdir(file())
    await expectSetAside(/it is a folder|cannot be read/)
  })

  it.skipIf(process.platform === 'win32')('a pipe in its place, without waiting for a writer', async () => {
    execFileSync('mkfifo', [file()])
    await expectSetAside(/not an ordinary file/)
  })

  it('a huge file, without reading it', async () => {
    await writeFile(file(), '')
    await truncate(file(), 100 * 1024 * 1024)
    await expectSetAside(/it has 104857600 bytes, and a profile may have 16777216/)
  })

  it.skipIf(process.platform === 'win32')('a link that leads in a circle', async () => {
    await symlink('default.json', file())
    await expectSetAside(/cannot be read \(ELOOP\)/)
  })
})

describe('store: a folder that cannot be written', () => {
  it('says once that nothing is saved, goes on in memory, and saves when it can again', async () => {
    // A file where the folder should be: it cannot be written whoever runs the test.
    const blocked = join(directory, 'blocked')
    await writeFile(blocked, '')
    const store = await openStore({
      directory: join(blocked, 'sub'),
      tell: (level, fault) => told.push({ level, fault }),
    })
    stores.push(store)
    const before = told.length
    store.update({ layout: { desk: 'radio' } })
    await store.flush()
    store.update({ drafts: { a: 'b' } })
    await store.flush()
    expect(store.profile).toMatchObject({ layout: { desk: 'radio' }, drafts: { a: 'b' } })
    const failures = told.slice(before).filter(({ fault }) => fault.code === 'PROFILE_NOT_SAVED')
    expect(failures).toHaveLength(1)
    expect(failures[0]?.fault.message).toContain(store.file)
    await rm(blocked)
    await store.close()
    expect(JSON.parse(await readFile(store.file, 'utf8'))).toMatchObject({ drafts: { a: 'b' } })
  })

  it('never writes over a broken file that it could not move', async () => {
    // The name has no room for what a file set aside is called: this stops every user, root too.
    const name = 'n'.repeat(245)
    const precious = join(directory, `${name}.json`)
    await writeFile(precious, 'precious')
    const store = await openStore({ directory, name, tell: (level, fault) => told.push({ level, fault }) })
    expect(told).toMatchObject([{ level: 'error', fault: { code: 'PROFILE_STUCK' } }])
    expect(told[0]?.fault.message).toMatch(/nothing will be saved/)
    store.update({ layout: { desk: 'radio' } })
    await store.close()
    expect(await readFile(precious, 'utf8')).toBe('precious')
  })
})

describe('store: half-written files', () => {
  it('of earlier runs are removed; one that may still be written is left alone', async () => {
    const [old, young] = [`${file()}.tmp-1000000000aaaaaa`, `${file()}.tmp-2000000000bbbbbb`]
    await writeFile(old, 'half')
    await writeFile(young, 'half')
    await utimes(old, 0, 0)
    await open()
    const left = await readdir(directory)
    expect(left).not.toContain(basename(old))
    expect(left).toContain(basename(young))
  })
})
