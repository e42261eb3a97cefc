import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { Client } from '../../src-renderer/bridge/client.js'
import { websocketPort } from '../../src-renderer/bridge/websocket-port.js'
import { LineProcess } from '../helpers/peer.js'
import { until, within } from '../helpers/until.js'
import { exchange, request } from './raw.js'

/** Browser mode as it is shipped: a process of its own, built. */
const program = fileURLToPath(new URL('../../out/main/serve.js', import.meta.url))
const ready = /^Socketeer is ready at (http:\/\/\S+)$/

let directory: string
beforeEach(async () => {
  if (!existsSync(program)) throw new Error(`${program} is not there: run npm run build first.`)
  directory = await mkdtemp(join(tmpdir(), 'socketeer-process-'))
})
afterEach(async () => {
  vi.unstubAllGlobals()
  await rm(directory, { recursive: true, force: true })
})

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, SOCKETEER_PROFILE_DIR: join(directory, 'profile') })

function start(...args: string[]): LineProcess {
  return new LineProcess('browser mode', process.execPath, [program, ...args], environment())
}

async function started(...args: string[]): Promise<{ process: LineProcess; url: URL }> {
  const child = start('--port', '0', '--no-open', ...args)
  return { process: child, url: new URL(await child.line((line) => ready.exec(line)?.[1])) }
}

/** A view in a browser that opened the link: its WebSocket sends origin and cookie by itself. */
async function view(url: URL): Promise<Client> {
  const { headers } = await request(Number(url.port), `GET /${url.search}`, [`Host: ${url.host}`])
  const cookie = headers['set-cookie']?.split(';')[0] ?? ''
  class BrowserWebSocket extends WebSocket {
    constructor(address: string) {
      super(address, { origin: url.origin, headers: { cookie } })
    }
  }
  vi.stubGlobal('WebSocket', BrowserWebSocket)
  const client = new Client(websocketPort(`ws://${url.host}/port`))
  await within(client.ready, 15_000, 'hello')
  return client
}

it('prints exactly one line with a link that works, and serves the built page', async () => {
  const { process: child, url } = await started()
  expect(url.hostname).toBe('127.0.0.1')
  const port = Number(url.port)
  const { status, headers } = await request(port, `GET /${url.search}`, [`Host: ${url.host}`])
  expect(status).toBe(303)
  const page = await request(port, 'GET /', [`Host: ${url.host}`, `Cookie: ${headers['set-cookie']?.split(';')[0]}`])
  expect(page.status).toBe(200)
  expect(page.body).toContain('<script type="module"')
  expect(child.out).toHaveLength(1)
  expect(child.err).toEqual([])
})

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'on %s closes its sockets and exits 0 soon, twice told or once',
  async (signal) => {
    const { process: child, url } = await started()
    const client = await view(url)
    await client.call('demo.start', { desk: 'chat' })
    // Linger for ever, and messages for a peer that is not there: what keeps a careless program from ending.
    const { id } = await client.call('session.open', {
      settings: {
        role: 'ventilator',
        endpoints: [{ method: 'connect', address: 'tcp://127.0.0.1:9' }],
        options: { linger: -1 },
      },
    })
    await client.call('session.send', { id, frames: [new Uint8Array(1000)] })
    await client.call('profile.update', { patch: { layout: { desk: 'radio' } } })
    const begun = performance.now()
    child.child.kill(signal)
    child.child.kill(signal)
    expect(await child.exited()).toBe(0)
    const took = performance.now() - begun
    // What a careless program waits for never comes. 2 s is the promise on a machine that is its own; here others have it too.
    expect(took).toBeLessThan(10_000)
    expect(JSON.parse(await readFile(join(directory, 'profile', 'default.json'), 'utf8'))).toMatchObject({
      layout: { desk: 'radio' },
    })
  },
)

it('never tells the token again: not in its arguments, not in what it logs (A4, A9: another user of this machine)', async () => {
  const { process: child, url } = await started()
  const port = Number(url.port)
  const token = url.searchParams.get('token') ?? ''
  await request(port, `GET /${url.search}`, [`Host: ${url.host}`])
  await request(port, `GET /${url.search}`, [`Host: ${url.host}`])
  await request(port, `GET /${url.search}`, ['Host: evil.example'])
  await exchange(port, `${token}\r\n\r\n`)
  if (process.platform === 'linux') {
    const pid = String(child.child.pid)
    expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(token)
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toContain(token)
  }
  await child.kill('SIGTERM')
  expect(child.out.slice(1).join()).toBe('')
  expect(child.err.join()).not.toContain(token)
})

it('says in one sentence that a port is in use, and exits 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const child = start('--no-open', '--port', String(port))
  expect(await child.exited()).toBe(1)
  expect(child.out).toEqual([])
  expect(child.err).toEqual([
    `socketeer: Port ${port} of 127.0.0.1 is in use by another program; choose another with --port N, or any free one with --port 0.`,
  ])
  taken.close()
})

it.each([
  [['--receive', 'fast'], /^socketeer: --receive must be auto, thread or portable, and "fast" is none of them\.$/],
  [['--port', '99999'], /^socketeer: --port must be a whole number from 0 to 65535, and "99999" is not\.$/],
  [
    ['--colour'],
    /^socketeer: Unknown option '--colour': only --port N, --host H, --profile NAME, --receive HOW and --no-open are understood here\.$/,
  ],
])('says in one sentence what is wrong with %j, and exits 2', async (args, words) => {
  const child = start(...args)
  expect(await child.exited()).toBe(2)
  expect(child.out).toEqual([])
  expect(child.err).toHaveLength(1)
  expect(child.err[0]).toMatch(words)
})

it('warns when it lets other machines in', async () => {
  const { process: child } = await started('--host', '0.0.0.0')
  expect(await child.line((line) => line, 'err')).toMatch(
    /^socketeer: --host 0\.0\.0\.0 lets other machines in: .*unencrypted\.$/,
  )
})

it('starts with the defaults when the settings cannot be read, and says where they are kept', async () => {
  const folder = join(directory, 'profile')
  const first = await started()
  await (await view(first.url)).call('profile.update', { patch: { layout: { desk: 'radio' } } })
  await first.process.kill('SIGTERM')
  await writeFile(join(folder, 'default.json'), '{"version":1,')
  const second = await started()
  expect(second.process.err).toHaveLength(1)
  expect(second.process.err[0]).toMatch(
    /could not be used: it is not JSON .* The file is kept as .*default\.corrupt-.*\.json, and the defaults are used\.$/,
  )
  expect((await (await view(second.url)).call('app.info')).notices).toMatchObject([
    { level: 'warning', fault: { code: 'PROFILE_SET_ASIDE' } },
  ])
})

it.skipIf(process.platform !== 'linux')(
  'opens the system’s browser with a link of its own, and says when there is none',
  async () => {
    const opener = join(directory, 'xdg-open')
    const opened = join(directory, 'opened')
    await writeFile(opener, `#!/bin/sh\nprintf %s "$1" > ${opened}.part && mv ${opened}.part ${opened}\n`)
    await chmod(opener, 0o700)
    const env = { ...environment(), PATH: `${directory}${delimiter}${process.env['PATH'] ?? ''}` }
    const child = new LineProcess('browser mode', process.execPath, [program, '--port', '0'], env)
    const printed = new URL(await child.line((line) => ready.exec(line)?.[1]))
    const given = new URL(
      await until(() => readFile(opened, 'utf8').catch(() => ''), { what: 'the browser to be opened' }),
    )
    expect(given.origin).toBe(printed.origin)
    expect(given.search).not.toBe(printed.search)
    for (const { search } of [given, printed])
      expect((await request(Number(printed.port), `GET /${search}`, [`Host: ${printed.host}`])).status).toBe(303)
    expect(child.err).toEqual([])

    await rm(opener)
    const without = new LineProcess('browser mode', process.execPath, [program, '--port', '0'], {
      ...env,
      PATH: directory,
    })
    expect(await without.line((line) => line, 'err')).toMatch(
      /^socketeer: No browser could be opened \(.+\): open the address yourself\.$/,
    )
  },
)

it('ends when whoever started it with a channel goes', async () => {
  const child = fork(program, ['--port', '0', '--no-open'], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: environment(),
  })
  try {
    const [line] = (await once(child.stdout!, 'data')) as [Buffer]
    expect(String(line).trim()).toMatch(ready)
    const exit = once(child, 'exit') as Promise<[number]>
    child.disconnect()
    expect((await within(exit, 15_000, 'it to end'))[0]).toBe(0)
  } finally {
    child.kill('SIGKILL')
  }
})

it('goes on when nobody reads any more what it prints', async () => {
  const { process: child, url } = await started()
  const client = await view(url)
  child.child.stdout!.destroy()
  child.child.stderr!.destroy()
  const notices: unknown[] = []
  client.on('notice', (notice) => notices.push(notice))
  for (let i = 0; i < 3; i++) {
    const other = new (globalThis.WebSocket as unknown as typeof WebSocket)(`ws://${url.host}/port`)
    // A fresh WebSocket of this browser, which talks nonsense: each is a line on standard error.
    other.on('open', () => other.send('nonsense'))
    await once(other, 'close')
    await until(() => notices.length > i, { what: 'the notice' })
  }
  expect((await client.call('app.info')).notices).toHaveLength(3)
  child.child.kill('SIGTERM')
  const [code] = (await within(once(child.child, 'exit'), 15_000, 'it to end')) as [number]
  expect(code).toBe(0)
})
