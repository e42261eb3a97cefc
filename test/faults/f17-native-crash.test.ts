import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { RecordingFile } from '../../src-main/recording/file.js'
import { sessionsOf } from '../../src-main/recording/opened.js'
import { listeningOn, startCli } from '../helpers/cli.js'
import { atEnd } from '../helpers/ending.js'
import { DEADLINE, freePort } from '../helpers/peer.js'
import { startServe } from '../helpers/serve.js'
import { until } from '../helpers/until.js'
import { useOracle } from './oracle.js'

// F17: a native crash. The engine lives in the main process, so an abort or a segmentation fault in libzmq ends Socketeer: every socket closes, and the rows that were in memory
// are gone, as are settings changed within the last 200 ms. What it does not cost: the profile, which is written beside itself and renamed, so that the file is the old one or the
// new one; the sessions, which are listed, closed, at the next start, and offered to be opened again; a recording, which lacks at most its last second.

useOracle()
const all = { deadline: DEADLINE }
const scratch = () => {
  const made = mkdtempSync(join(tmpdir(), 'socketeer-f17-'))
  atEnd(() => rmSync(made, { recursive: true, force: true }))
  return made
}

it.each(['SIGSEGV', 'SIGKILL'] as const)(
  'F17: %s under traffic, in the middle of writing the profile: the next start has the sessions, closed, and opens them again on request',
  async (signal) => {
    const folder = scratch()
    const file = join(folder, 'profile', 'default.json')
    const stored = () =>
      JSON.parse(readFileSync(file, 'utf8')) as { sessions: unknown[]; open: boolean[]; layout: { desk?: string } }
    const [first, second] = [await freePort(), await freePort()]
    const { process: child, view } = await startServe(folder)
    const page = await view()
    const settings = [
      { role: 'sink', name: 'results', endpoints: [{ method: 'bind', address: `tcp://127.0.0.1:${first}` }] },
      { role: 'ventilator', name: 'tasks', endpoints: [{ method: 'connect', address: `tcp://127.0.0.1:${first}` }] },
      {
        role: 'server',
        name: 'desk',
        endpoints: [{ method: 'bind', address: `tcp://127.0.0.1:${second}` }],
        answer: { kind: 'echo' },
      },
    ] as const
    const ids: string[] = []
    for (const each of settings) ids.push((await page.call('session.open', { settings: each as never })).id)
    await page.call('session.close', { id: ids[2]! })
    await page.call('session.repeat', { id: ids[1]!, frames: [new Uint8Array(1000)], count: 0, every: 1 })
    await until(async () => (await page.call('session.list')).numbers.some((n) => n.in.messages > 100), all)
    await until(() => stored().sessions.length === 3 && stored().open[2] === false, {
      ...all,
      what: 'the list to be kept',
    })

    // Writing all the while, so that it is hit in the middle.
    let writes = 0
    const storm = (async () => {
      for (;;) {
        await page.call('profile.update', {
          patch: { layout: { desk: 'pipeline', filler: 'x'.repeat(100_000 + writes++) } as never },
        })
      }
    })().catch(() => undefined)
    await until(() => stored().layout.desk === 'pipeline', all)
    expect(await child.kill(signal)).toBe(signal)
    await storm
    expect(stored()).toMatchObject({ sessions: settings, open: [true, true, false], layout: { desk: 'pipeline' } })

    const again = await startServe(folder)
    const next = await again.view()
    const { sessions } = await next.call('session.list')
    expect(sessions.map(({ settings: { role, name }, state }) => [role, name, state.kind])).toEqual(
      settings.map(({ role, name }) => [role, name, 'closed']),
    )
    expect(await next.call('session.lastOpen')).toEqual(sessions.slice(0, 2).map(({ id }) => id))
    await next.call('session.restore', { open: true })
    await until(
      async () => {
        const { sessions: now } = await next.call('session.list')
        return now[0]?.links[0]?.peers === 1 && now[1]?.links[0]?.state === 'up'
      },
      { ...all, what: 'both to be open again, and connected' },
    )
    expect((await next.call('session.list')).sessions[2]?.state.kind).toBe('closed')
    expect(again.process.err).toEqual([])
    expect(await again.process.kill('SIGTERM')).toBe(0)
    // Nothing was set aside, nothing half written is left for good: the next start but one removes what is a minute old.
    expect(readdirSync(join(folder, 'profile')).filter((name) => name.includes('corrupt'))).toEqual([])
  },
)

it('F17: a recording that was interrupted so is read as far as it came, and says that it was cut off', async () => {
  const file = join(scratch(), 'flight.mcap')
  const pull = startCli('pull', '@tcp://127.0.0.1:*', '--record', file)
  const push = startCli('push', `>${await listeningOn(pull)}`)
  push.write(Array.from({ length: 5000 }, (_, n) => `${n}\n`).join(''))
  await until(() => pull.out.length === 5000, all)
  await until(async () => (await recorded(file)).length === 5000, {
    ...all,
    what: 'what came a second ago to be on the disk',
  })
  push.write(Array.from({ length: 5000 }, (_, n) => `${5000 + n}\n`).join(''))
  await until(() => pull.out.length > 5000, all)
  expect(await pull.kill('SIGSEGV')).toBe('SIGSEGV')
  const texts = await recorded(file)
  expect(texts.length).toBeGreaterThanOrEqual(5000)
  expect(texts).toEqual(Array.from({ length: texts.length }, (_, n) => String(n)))
})

/** The texts of a recording’s one session. */
async function recorded(path: string): Promise<string[]> {
  const opened = await RecordingFile.open(path)
  try {
    expect(opened.contents.cutOff).toBeDefined()
    const [session] = sessionsOf(opened)
    const texts: string[] = []
    for (let seq = 1; seq <= (session?.journal.last ?? 0); seq++)
      texts.push(Buffer.from(session!.journal.row(seq)!.frames[0]!.bytes).toString())
    return texts
  } finally {
    opened.close()
  }
}
