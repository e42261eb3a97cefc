import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createApp, type App } from '../../src-main/app.js'
import { atEnd } from '../helpers/ending.js'
import { frames, linked, boundTo, settingsOf } from '../helpers/engine.js'
import { resident } from '../helpers/memory.js'
import { DEADLINE } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { useOracle } from './oracle.js'

// F19: settings that cannot be used. Socketeer starts with the defaults, keeps the file under another name, byte for byte, and says so; what can be used is used.

useOracle()

const scratch = () => {
  const made = mkdtempSync(join(tmpdir(), 'socketeer-f19-'))
  atEnd(() => rmSync(made, { recursive: true, force: true }))
  return made
}
const fileIn = (directory: string) => join(directory, 'default.json')
const asideIn = (directory: string) => readdirSync(directory).filter((name) => name.includes('.corrupt-'))

async function withApp<T>(directory: string, use: (app: App) => Promise<T> | T): Promise<T> {
  const app = await createApp({ host: 'browser', directory })
  try {
    return await use(app)
  } finally {
    await app.close()
  }
}

/** The bytes of a profile with a session, as Socketeer writes it. */
async function goodProfile(): Promise<Buffer> {
  const directory = scratch()
  await withApp(directory, async (app) => {
    app.store.update({ layout: { desk: 'radio' } as never })
    app.engine.add(settingsOf('sink', 'tcp://127.0.0.1:*', { name: 'kept' }))
  })
  return readFileSync(fileIn(directory))
}

/** It opens sockets and passes a message on. */
async function works({ engine }: App): Promise<void> {
  const sink = await engine.open(settingsOf('sink', 'tcp://127.0.0.1:*'))
  const ventilator = await engine.open(settingsOf('ventilator', `>${boundTo(sink)}`))
  await linked(ventilator)
  await ventilator.send(frames('works'))
  await until(() => sink.numbers().in.messages === 1, { deadline: DEADLINE })
}

describe('F19: the whole program starts, works and says what it did, with', () => {
  it.each<[string, Uint8Array | string]>([
    ['an empty file', ''],
    ['no JSON', '{ "version": '],
    ['JSON that is no object', '[1, 2, 3]'],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x00)],
    ['types that are wrong', '{ "version": 1, "sessions": "none" }'],
    ['a role that there is not', '{ "version": 1, "sessions": [{ "role": "oracle", "endpoints": [] }] }'],
    ['a version of the future', '{ "version": 999 }'],
  ])('%s', async (_, content) => {
    const directory = scratch()
    writeFileSync(fileIn(directory), content)
    await withApp(directory, async (app) => {
      const [notice] = app.notices.list()
      expect(notice?.fault.code).toBe('PROFILE_SET_ASIDE')
      expect(notice?.fault.message).toContain('The file is kept as ')
      expect(app.engine.list()).toEqual([])
      await works(app)
    })
    const [kept] = asideIn(directory)
    expect(readFileSync(join(directory, kept!))).toEqual(Buffer.from(content as string))
  })

  it('a depth that nobody reads', async () => {
    const directory = scratch()
    writeFileSync(fileIn(directory), `{ "version": 1, "layout": ${'['.repeat(50_000)}${']'.repeat(50_000)} }`)
    await withApp(directory, works)
  })

  it('a file of 100 MB, without reading it', async () => {
    const directory = scratch()
    writeFileSync(fileIn(directory), '{}')
    truncateSync(fileIn(directory), 100 * 1024 * 1024)
    const before = resident()
    await withApp(directory, (app) => {
      expect(app.notices.list()[0]?.fault.message).toContain('104857600 bytes')
      expect(resident() - before).toBeLessThan(64 * 1024 * 1024)
    })
  })

  it('a folder in its place', async () => {
    const directory = scratch()
    mkdirSync(fileIn(directory))
    await withApp(directory, async (app) => {
      expect(app.notices.list()[0]?.fault.message).toContain('it is a folder')
      await works(app)
    })
  })

  it('keys that would reach the prototype: they reach nothing', async () => {
    const directory = scratch()
    writeFileSync(
      fileIn(directory),
      '{ "version": 1, "__proto__": { "polluted": 1 }, "layout": { "__proto__": { "polluted": 1 }, "constructor": { "prototype": { "polluted": 1 } } } }',
    )
    await withApp(directory, works)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

it('F19: cut off at any byte, and with any of 200 bits flipped: used if it can be, set aside byte for byte if not, never lost', async () => {
  const good = await goodProfile()
  const step = Math.ceil(good.byteLength / 60)
  const cuts = Array.from({ length: 60 }, (_, n) => good.subarray(0, n * step))
  const flips = fc.sample(fc.nat(good.byteLength * 8 - 1), 200).map((bit) => {
    const bent = Buffer.from(good)
    bent[bit >> 3]! ^= 1 << (bit & 7)
    return bent
  })
  const { openStore } = await import('../../src-main/store/store.js')
  const directory = scratch()
  let aside = 0
  for (const content of [...cuts, ...flips]) {
    writeFileSync(fileIn(directory), content)
    const told: string[] = []
    const store = await openStore({ directory, tell: (_level, fault) => void told.push(fault.code) })
    await store.close()
    if (told.length === 0) continue
    aside++
    expect(told).toEqual(['PROFILE_SET_ASIDE'])
    const [kept] = asideIn(directory)
    expect(readFileSync(join(directory, kept!))).toEqual(content)
    rmSync(join(directory, kept!))
  }
  // Some flips only change a letter, and a file without its last line end is whole.
  expect(aside).toBeGreaterThan(60)
})

it('F19: what was kept is there at the next start', async () => {
  const directory = scratch()
  writeFileSync(fileIn(directory), await goodProfile())
  await withApp(directory, (app) => {
    expect(app.notices.list()).toEqual([])
    expect(app.engine.list().map(({ settings, state }) => [settings.name, state.kind])).toEqual([['kept', 'closed']])
  })
})
