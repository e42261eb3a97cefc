import { createConnection } from 'node:net'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Pull, Push } from 'zeromq'
import { bundle, Desktop } from '../electron/launch.js'
import { useDesktop } from '../electron/use-desktop.js'
import { until, within } from '../helpers/until.js'

/** Milliseconds from the wish to quit to the end of the process: what hangs would hang for ever. That it takes under 2 s stands in quit.test.ts. */
const SOON = 30_000

const { open, keep } = useDesktop()

/** A ventilator with messages that nobody will ever take: what makes a careless exit hang. */
async function withStuckMessages(desktop: Desktop): Promise<string> {
  await desktop.listen()
  const sink = await desktop.call('session.open', {
    settings: { role: 'sink', endpoints: [{ method: 'bind', address: 'tcp://127.0.0.1:*' }] },
  })
  const { id } = await desktop.call('session.open', {
    settings: {
      role: 'ventilator',
      endpoints: [{ method: 'connect', address: 'tcp://127.0.0.1:1' }],
      options: { linger: -1 },
    },
  })
  for (let n = 0; n < 10; n++) await desktop.call('session.send', { id, frames: [Uint8Array.of(n)] })
  return sink.links[0]?.actual ?? ''
}

async function refuses(endpoint: string): Promise<void> {
  const { hostname, port } = new URL(endpoint)
  const socket = createConnection(Number(port), hostname)
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNREFUSED')
}

describe('a profile by name', () => {
  it('is an app of its own beside the first, with its own settings; a name that cannot be is refused', async () => {
    const first = await open()
    const second = await open({ userData: first.userData, args: ['--profile', 'rig'] })
    await second.listen()
    await second.call('profile.update', { patch: { settings: { theme: 'dark' } } })
    await until(async () => existsSync(join(first.userData, 'profile/rig.json')), { what: 'the file of the profile' })
    expect(existsSync(join(first.userData, 'profiles/rig/SingletonLock'))).toBe(true)

    const bad = await Desktop.start({ args: ['--profile', '../x'] })
    keep(bad)
    expect(await within(bad.ended, SOON, 'the refusal')).toBe(2)
    expect(bad.errors).toContain('--profile must be a name of letters')
  })
})

describe('a second start', () => {
  it('shows the window of the first, and ends', async () => {
    const first = await open()
    await first.do('minimize', 1)
    const second = await Desktop.start({ userData: first.userData })
    keep(second)
    expect(await within(second.ended, SOON, 'the second to end')).toBe(0)
    const told = second.told.find((each) => each.kind === 'second-instance')
    expect(told).toBeDefined()

    await first.do('secondInstance', told?.kind === 'second-instance' ? told.argv : [], '/')
    expect(await first.do('windows')).toMatchObject([{ id: 1, minimized: false, visible: true, focused: 1 }])
  })

  it('is a first one again after the first has quit', async () => {
    const first = await open()
    await first.do('quit').catch(() => undefined)
    expect(await within(first.ended, SOON, 'the first to end')).toBe(0)
    const second = await open({ userData: first.userData })
    expect(await second.do('windows')).toHaveLength(1)
  })
})

describe('quitting', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('closes every socket and exits with 0 on %s', async (signal) => {
    const desktop = await open()
    const endpoint = await withStuckMessages(desktop)
    desktop.signal(signal)
    expect(await within(desktop.ended, SOON, 'the app to end')).toBe(0)
    await refuses(endpoint)
  })

  it.skipIf(process.platform === 'darwin')('comes with the last window, and does the same', async () => {
    const desktop = await open()
    const endpoint = await withStuckMessages(desktop)
    await desktop.do('close', 1).catch(() => undefined)
    expect(await within(desktop.ended, SOON, 'the app to end')).toBe(0)
    await refuses(endpoint)
  })

  it('first hands over what was just sent, and saves what was just changed', async () => {
    const desktop = await open()
    await desktop.listen()
    const pull = new Pull({ linger: 0, receiveTimeout: 5000 })
    await pull.bind('tcp://127.0.0.1:*')
    const { id } = await desktop.call('session.open', {
      settings: { role: 'ventilator', endpoints: [{ method: 'connect', address: pull.lastEndpoint ?? '' }] },
    })
    const up = async (): Promise<boolean> =>
      (await desktop.call('session.list', undefined)).sessions[0]?.links[0]?.state === 'up'
    await until(up, { what: 'the link to be up' })
    const count = 100
    for (let n = 0; n < count; n++)
      await desktop.call('session.send', { id, frames: [new Uint8Array(100_000).fill(n)] })
    await desktop.call('profile.update', { patch: { drafts: { chat: 'half a sent' } } })
    desktop.signal('SIGTERM')

    const received: (number | undefined)[] = []
    while (received.length < count) received.push((await pull.receive())[0]?.[0])
    expect(received).toEqual(Array.from({ length: count }, (_, n) => n))
    expect(await within(desktop.ended, SOON, 'the app to end')).toBe(0)
    const profile = await readFile(join(desktop.userData, 'profile/default.json'), 'utf8')
    expect(JSON.parse(profile)).toMatchObject({ drafts: { chat: 'half a sent' } })
    pull.close()
  })

  it('is not held up by a peer that keeps sending', async () => {
    const desktop = await open()
    const endpoint = await withStuckMessages(desktop)
    const flood = new Push({ linger: 0, sendHighWaterMark: 10 })
    flood.connect(endpoint)
    let sending = true
    const sent = (async () => {
      while (sending) await flood.send('x'.repeat(1000)).catch(() => (sending = false))
    })()
    await until(async () => (await desktop.call('session.list', undefined)).engine.kept > 1000, { what: 'a flood' })
    desktop.signal('SIGTERM')
    expect(await within(desktop.ended, SOON, 'the app to end')).toBe(0)
    sending = false
    flood.close()
    await sent
  })
})

describe('a start that fails', () => {
  it('says why in a box, and ends with 1', async () => {
    // The same bundle beside which no page was built.
    const folder = await mkdtemp(join(tmpdir(), 'socketeer-unbuilt-'))
    await cp(dirname(bundle), join(folder, 'main'), { recursive: true })
    await symlink(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'))
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    const desktop = await Desktop.start({ userData: folder, entry: join(folder, 'main/main.js') })
    keep(desktop)
    expect(await within(desktop.ended, SOON, 'the app to end')).toBe(1)
    expect(desktop.told).toEqual([
      {
        kind: 'error-box',
        title: 'Socketeer cannot start',
        content: expect.stringMatching(/^There is no page in .*renderer/) as unknown,
      },
    ])
  })
})

describe('a page that dies', () => {
  const documents = async (desktop: Desktop): Promise<number> => (await desktop.do('windows'))[0]?.documents ?? 0

  it('is loaded again three times a minute, and then the person is asked', async () => {
    const desktop = await open()
    await desktop.listen()
    const { id } = await desktop.call('session.open', {
      settings: { role: 'sink', endpoints: [{ method: 'bind', address: 'tcp://127.0.0.1:*' }] },
    })
    for (const life of [2, 3, 4]) {
      await desktop.do('crash', 1, 'crashed')
      await until(async () => (await documents(desktop)) === life, { what: `document ${life}` })
      expect((await desktop.do('app')).asked).toHaveLength(0)
    }
    await desktop.do('crash', 1, 'oom')
    await until(async () => (await desktop.do('app')).asked.length === 1, { what: 'the question' })
    // The stand-in presses the default button: load it again.
    await until(async () => (await documents(desktop)) === 5, { what: 'document 5' })
    await desktop.listen()
    expect((await desktop.call('session.list', undefined)).sessions.map((session) => session.id)).toEqual([id])
  })

  it('that ended in good order stays away', async () => {
    const desktop = await open()
    await desktop.do('crash', 1, 'clean-exit')
    await desktop.do('activate')
    expect(await documents(desktop)).toBe(1)
  })
})

describe('what the person chose', () => {
  it.skipIf(process.platform === 'darwin')(
    'keeps the sockets when the last window closes, and a second start brings a window back',
    async () => {
      const desktop = await open()
      const endpoint = await withStuckMessages(desktop)
      await desktop.call('profile.update', { patch: { settings: { keepOpen: true } } })
      await desktop.do('close', 1)
      expect(await desktop.do('windows')).toEqual([])
      const { hostname, port } = new URL(endpoint)
      const socket = createConnection(Number(port), hostname)
      await once(socket, 'connect')
      socket.destroy()
      await desktop.do('secondInstance', [], '/')
      expect(await desktop.do('windows')).toHaveLength(1)
      desktop.signal('SIGTERM')
      expect(await within(desktop.ended, SOON, 'the app to end')).toBe(0)
      await refuses(endpoint)
    },
  )
})
