import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import * as v from 'valibot'
import { Fault, RecordingSettingsSchema, WorkspaceSchema } from '../../src-main/contract/index.js'
import { Engine } from '../../src-main/engine/engine.js'
import { RecordingFile } from '../../src-main/recording/file.js'
import { list } from '../../src-main/recording/opened.js'
import { Recording } from '../../src-main/recording/recording.js'
import { openStore } from '../../src-main/store/store.js'
import { readWorkspace } from '../../src-main/store/workspace.js'
import { boundTo, frames, linked, settingsOf } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import { arbitraryOf, junk } from './arbitrary.js'
import { isFault, type Property } from './property.js'

/** What can have happened to a file: bytes that changed, a piece that is gone or there twice, an end that is missing. */
const damage = fc.array(
  fc.record({
    kind: fc.constantFrom('change', 'cut', 'repeat', 'end', 'number'),
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    size: fc.nat(40),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
  { minLength: 1, maxLength: 4 },
)
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never

function damaged(file: Uint8Array, blows: Damage): Buffer {
  let bytes: Buffer = Buffer.from(file)
  for (const blow of blows) {
    const at = Math.floor(blow.at * bytes.byteLength)
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
    if (blow.kind === 'change') Buffer.from(blow.bytes).copy(bytes, at)
    // A length that is absurd leads farther astray than a letter that is wrong.
    else if (blow.kind === 'number') after.fill(0xff, 0, Math.min(blow.size % 9, after.byteLength))
    else if (blow.kind === 'cut') bytes = Buffer.concat([before, after.subarray(blow.size)])
    else if (blow.kind === 'repeat') bytes = Buffer.concat([before, after.subarray(0, blow.size), after])
    else bytes = Buffer.from(before)
  }
  return bytes
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'socketeer-fuzz-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const workspaces: Property = {
  name: 'any file can be dropped as a workspace: it is read, or refused with a sentence',
  few: 300,
  check: async (seed, draws) =>
    fc.assert(
      fc.property(fc.oneof(arbitraryOf(WorkspaceSchema, {}), junk), damage, fc.boolean(), (value, blows, whole) => {
        const text =
          JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each)) ?? ''
        for (const each of [whole ? text : damaged(Buffer.from(text), blows).toString('utf8')])
          try {
            readWorkspace(each)
          } catch (error) {
            if (!(error instanceof Fault) || error.code !== 'BAD_WORKSPACE' || !isFault(error)) throw error
          }
      }),
      { seed, numRuns: draws },
    ),
}

export const profiles: Property = {
  name: 'a start comes to its end whatever the profile has become: used, or set aside whole with a sentence',
  few: 60,
  check: (seed, draws) =>
    inFolder(async (folder) => {
      const told: Fault[] = []
      const tell = (_level: string, fault: Fault) => void told.push(fault)
      const fresh = await openStore({ directory: folder, tell })
      fresh.update({ drafts: { chat: 'half a word 半' }, layout: { desk: 'radio' } })
      await fresh.close()
      const [name = ''] = await readdir(folder)
      const good = await readFile(join(folder, name))
      await fc.assert(
        fc.asyncProperty(damage, async (blows) => {
          for (const each of await readdir(folder)) await rm(join(folder, each))
          told.length = 0
          const bad = damaged(good, blows)
          await writeFile(join(folder, name), bad)
          const store = await openStore({ directory: folder, tell })
          await store.close()
          const aside = (await readdir(folder)).filter((each) => each !== name)
          if (told.length !== aside.length) throw new Error(`${told.length} sentences for ${aside.length} files`)
          if (!told.every(isFault)) throw new Error('no sentence')
          for (const each of aside)
            if (!(await readFile(join(folder, each))).equals(bad)) throw new Error('what was set aside is not whole')
        }),
        { seed, numRuns: draws },
      )
    }),
}

/** A small recording with all that there can be: frames, JSON, links, two sessions. */
async function recorded(engine: Engine, folder: string): Promise<Uint8Array> {
  const server = await engine.open(settingsOf('server', 'tcp://127.0.0.1:*', { answer: { kind: 'echo' } }))
  const client = await engine.open(settingsOf('client', boundTo(server)))
  await linked(client)
  const settings = v.parse(RecordingSettingsSchema, { sessions: 'all' })
  const recording = new Recording('1', settings, { folder, name: 'take', version: 'fuzz' }, engine, () => undefined)
  await recording.start()
  for (let i = 0; i < 5; i++) await client.ask(frames('one', `{"n":${i}}`, ''))
  await until(() => server.numbers().out.messages === 5)
  await recording.stop()
  return readFile(join(folder, 'take.mcap'))
}

export const recordings: Property = {
  name: 'any damage to a recording: it is opened and read as far as it goes, or refused with a sentence',
  few: 150,
  check: (seed, draws) =>
    inFolder(async (folder) => {
      const engine = new Engine()
      try {
        const good = await recorded(engine, folder)
        const path = join(folder, 'bad.mcap')
        await fc.assert(
          fc.asyncProperty(damage, async (blows) => {
            await writeFile(path, damaged(good, blows))
            try {
              for (const session of list(await RecordingFile.open(path), engine)) {
                const { first, last } = session.numbers()
                for (let seq = first; seq <= Math.min(last, first + 50); seq++) session.row(seq)
                await engine.forget(session.id)
              }
            } catch (error) {
              if (!(error instanceof Fault) || !isFault(error)) throw error
            }
          }),
          { seed, numRuns: draws },
        )
      } finally {
        await engine.close()
      }
    }),
}
