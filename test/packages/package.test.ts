import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extractAll } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { productionTree } from '../../build/scripts/licences.mjs'
import { root, version } from '../../build/scripts/root.mjs'
import { Client } from '../../src-renderer/bridge/client.js'
import { websocketPort } from '../../src-renderer/bridge/websocket-port.js'
import { expectSame, freePort, LineProcess, python, PythonPeer } from '../helpers/peer.js'
import { until, within } from '../helpers/until.js'
import { request } from '../web/raw.js'
import { pack, Packed, type Arch, type System } from './packed.js'
import { standIn } from './stand-in.js'

/** Bytes of ours in a package, unpacked: all but Electron. */
const LIMIT = 25 * 1024 * 1024
const PACKAGING = 240_000

/** electron-builder makes no app for macOS on Windows. */
const systems = (['linux', 'win32', 'darwin'] as const).filter(
  (system) => system !== 'darwin' || process.platform !== 'win32',
)
const arches = ['x64', 'arm64'] as const
const targets = systems.flatMap((system) => arches.map((arch) => [system, arch] as const))

let folder: string
let out: string
const packed = (system: System, arch: Arch) => new Packed(out, system, arch)
/** The package for this machine. */
const ours = () => packed(process.platform as System, process.arch as Arch)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'socketeer-package-'))
  out = join(folder, 'out')
  standIn(join(folder, 'dist'))
  for (const system of systems) await pack(join(folder, 'dist'), out, system)
}, PACKAGING)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Files of ours in the archive; everything else in it is a package's. */
const OURS =
  /^(package\.json|LICENSE|THIRD-PARTY-NOTICES\.txt|out\/main\/[\w-]+\.js|out\/preload\/preload\.cjs|out\/renderer\/(index\.html|assets\/[\w.-]+\.(js|css|svg|woff2)))$/
/** What a package needs to run. */
const THEIRS = /^(.*\.(js|cjs|mjs|json|wasm|node)|.*\/(licen[cs]e)[^/]*)$/i
const NOT_THEIRS = /\/(test|tests|__tests__|docs?|examples?|scripts?|benchmark)\/|\.min\.|\.umd\./

describe.each(targets)('the package for %s %s', (system, arch) => {
  test('holds the built programs, their licences and what they need, and nothing else', () => {
    const files = packed(system, arch).files()
    const strays = files.filter((file) => !OURS.test(file) && !file.startsWith('node_modules/'))
    expect(strays).toEqual([])
    const names = ['main', 'serve', 'cli'].map((name) => `out/main/${name}.js`)
    expect(files).toEqual(
      expect.arrayContaining([
        ...names,
        'out/preload/preload.cjs',
        'out/renderer/index.html',
        'package.json',
        'LICENSE',
        'THIRD-PARTY-NOTICES.txt',
      ]),
    )
    const theirs = files.filter((file) => file.startsWith('node_modules/'))
    expect(theirs.filter((file) => !THEIRS.test(file) || NOT_THEIRS.test(file))).toEqual([])
    const packages = new Set(theirs.map((file) => /^node_modules\/(@[^/]+\/)?[^/]+/.exec(file)![0]))
    // Compiled into zeromq's addon, and nothing at run time.
    const needed = productionTree()
      .filter((name) => !/node-addon-api$|@koromix\//.test(name))
      // electron-builder puts into the first row what npm has within another package.
      .map((name) => name.replace(/^.*\/(?=node_modules\/)/, ''))
    expect([...packages].filter((name) => !name.includes('@koromix/'))).toEqual(needed.sort())
  })

  test('has the addons of this system alone, beside the archive', () => {
    const addons = packed(system, arch)
      .files()
      .filter((file) => file.endsWith('.node'))
    expect(
      packed(system, arch)
        .unpacked()
        .filter((file) => file.endsWith('.node')),
    ).toEqual(addons)
    // A universal app has both, and is made of two that are alike.
    const wanted = system === 'darwin' ? [...arches] : [arch]
    const folders = new Set(
      addons.map((file) => /^node_modules\/(zeromq\/build\/\w+\/\w+|@koromix\/[\w-]+\/\w+)\//.exec(file)![1]!),
    )
    const koffi = wanted.filter((one) => existsSync(join(root, `node_modules/@koromix/koffi-${system}-${one}`)))
    expect([...folders].sort()).toEqual(
      [
        ...wanted.map((one) => `zeromq/build/${system}/${one}`),
        ...koffi.map((one) => `@koromix/koffi-${system}-${one}/${system}_${one}`),
      ].sort(),
    )
    expect(addons.filter((file) => /musl|\/node\/\d+\//.test(file))).toEqual([])
  })

  test(`is at most ${LIMIT / 1024 / 1024} MB besides Electron`, () => {
    const { size } = packed(system, arch)
    console.log(`${system} ${arch}: ${(size / 1e6).toFixed(1)} MB, ${packed(system, arch).files().length} files`)
    expect(size).toBeGreaterThan(1024 * 1024)
    expect(size).toBeLessThanOrEqual(LIMIT)
  })

  test('has its fuses set, read back from the program', async () => {
    const wire: Record<string, unknown> = { ...(await getCurrentFuseWire(packed(system, arch).program)) }
    const state = Object.entries(wire).filter(([fuse]) => /^\d+$/.test(fuse))
    const on = state.filter(([, value]) => value === '1'.charCodeAt(0)).map(([fuse]) => Number(fuse))
    const off = state.filter(([, value]) => value === '0'.charCodeAt(0)).map(([fuse]) => Number(fuse))
    // The last is WasmTrapHandlers, which this @electron/fuses has no name for; it is left as Electron has it.
    expect(on).toEqual([FuseV1Options.EnableEmbeddedAsarIntegrityValidation, FuseV1Options.OnlyLoadAppFromAsar, 8])
    expect(off).toEqual([
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ])
  })

  test('has a package.json of its own, and Chromium’s texts in our languages', () => {
    const manifest = JSON.parse(packed(system, arch).read('package.json').toString()) as Record<string, unknown>
    expect(manifest).toMatchObject({
      name: 'socketeer',
      productName: 'Socketeer',
      version,
      main: 'out/main/main.js',
      type: 'module',
    })
    for (const absent of ['scripts', 'devDependencies']) expect(manifest).not.toHaveProperty(absent)
    expect(packed(system, arch).languages.sort()).toEqual(
      system === 'darwin' ? ['en.lproj', 'zh_CN.lproj'] : ['en-US.pak', 'zh-CN.pak'],
    )
  })
})

test('both halves of a universal app for macOS are alike', ({ skip }) => {
  if (process.platform === 'win32') skip('electron-builder makes no app for macOS on Windows')
  expect(packed('darwin', 'x64').header()).toBe(packed('darwin', 'arm64').header())
})

test('every message is in the page, in both languages', () => {
  const app = ours()
  const page = app
    .files()
    .filter((file) => /^out\/renderer\/assets\/.*\.js$/.test(file))
    .map((file) => app.read(file).toString())
    .join('\n')
  for (const language of ['en', 'zh-CN']) {
    const messages = Object.values(
      JSON.parse(readFileSync(join(root, `messages/${language}.json`), 'utf8')) as Record<string, unknown>,
    )
    // Such as a minifier writes as they are, and long enough to be nobody else's.
    const plain = messages.filter(
      (text): text is string => typeof text === 'string' && text.length > 8 && /^[^{}'"`\\\n$]+$/.test(text),
    )
    expect(plain.length).toBeGreaterThan(100)
    const lost = plain.filter((text) => !page.includes(text))
    // A message that nothing uses is not in the page.
    expect(lost.length / plain.length).toBeLessThan(0.05)
  }
})

test('the addons load from the package, and in a thread of it', async () => {
  // Away from the project, so that nothing is found there which is not packaged.
  const unpacked = join(ours().resources, 'app.asar.unpacked/node_modules')
  const program = join(folder, 'load-addons.mjs')
  cpSync(join(import.meta.dirname, 'load-addons.mjs'), program)
  const child = new LineProcess('load-addons.mjs', process.execPath, [program, unpacked])
  expect(await child.exited(), child.told()).toBe(0)
  const libzmq: unknown = process.platform === 'win32' ? 'no C interface' : expect.stringMatching(/^4\.3\.\d+$/)
  expect(child.out.map((line) => JSON.parse(line) as unknown)).toEqual([
    { socket: 'function', libzmq },
    { thread: libzmq },
  ])
})

test('browser mode, served from the packaged files, answers a pyzmq client', async ({ skip }) => {
  if (spawnSync(python, ['-c', 'import zmq']).status !== 0 && process.env['CI'] !== 'true')
    skip('python3-zmq is not installed (apt install python3-zmq)')
  const place = join(folder, 'served')
  mkdirSync(place)
  const app = ours()
  extractAll(app.asar, place)
  cpSync(`${app.asar}.unpacked`, place, { recursive: true })
  const served = new LineProcess(
    'browser mode',
    process.execPath,
    [join(place, 'out/main/serve.js'), '--port', '0', '--no-open'],
    {
      ...process.env,
      SOCKETEER_PROFILE_DIR: join(folder, 'profile'),
      SOCKETEER_DRIVER: 'auto',
    },
  )
  const url = new URL(await served.line((line) => /^Socketeer is ready at (http:\/\/\S+)$/.exec(line)?.[1]))
  const { headers } = await request(Number(url.port), `GET /${url.search}`, [`Host: ${url.host}`])
  const cookie = headers['set-cookie']?.split(';')[0] ?? ''
  const page = await request(Number(url.port), 'GET /', [`Host: ${url.host}`, `Cookie: ${cookie}`])
  expect(page.status).toBe(200)
  expect(page.body).toContain('<script type="module"')

  vi.stubGlobal(
    'WebSocket',
    class extends WebSocket {
      constructor(address: string) {
        super(address, { origin: url.origin, headers: { cookie } })
      }
    },
  )
  onTestFinished(() => void vi.unstubAllGlobals())
  const client = new Client(websocketPort(`ws://${url.host}/port`))
  await within(client.ready, 15_000, 'hello')
  const address = `tcp://127.0.0.1:${await freePort()}`
  await client.call('session.open', {
    settings: { role: 'server', endpoints: [{ method: 'bind', address }], answer: { kind: 'echo' } },
  })
  const asking = await PythonPeer.start('req', '--connect', address)
  const question = [Buffer.from('are you packed?')]
  asking.send(question)
  await until(() => asking.got().length > 0, { deadline: 15_000, what: 'the answer' })
  expectSame(asking.got(), [question])
  client.close()
  expect(await served.kill('SIGTERM'), served.told()).toBe(0)
})
