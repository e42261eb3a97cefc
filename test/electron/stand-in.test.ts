import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compiledStandIn } from './compile.js'

/*
 * The stand-in is only worth something if it refuses what Electron refuses. Each case is a small main process of its own.
 */
describe('the stand-in for electron', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'socketeer-stand-in-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  let count = 0
  /** What a main process throws, or prints. */
  async function run(body: string): Promise<string> {
    const file = join(folder, `${++count}.mjs`)
    await writeFile(
      file,
      `import { app, BrowserWindow, ipcMain, Menu, protocol, session } from 'electron'
       const say = (text) => process.send({ say: String(text) }, () => process.exit(0))
       try { ${body} } catch (error) { say(error.message) }`,
    )
    const child = fork(join(import.meta.dirname, 'start.mjs'), [await compiledStandIn(), file], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, STAND_IN_USER_DATA: folder },
    })
    const [message] = (await once(child, 'message')) as [{ say: string }]
    return message.say
  }

  it.each([
    [
      'a call that is not in it',
      'app.disableHardwareAcceleration()',
      'not in the stand-in: app.disableHardwareAcceleration',
    ],
    ['a property that is not in it', 'app.name = "x"', 'not in the stand-in: app.name'],
    [
      'an event that is not in it',
      "app.on('gpu-info-update', () => {})",
      "not in the stand-in: the event 'gpu-info-update' of app",
    ],
    ['a window before ready', 'new BrowserWindow({})', 'new BrowserWindow cannot be used before app is ready'],
    [
      'a protocol handler before ready',
      "protocol.handle('app', () => {})",
      'protocol.handle cannot be used before app is ready',
    ],
    ['the session before ready', 'session.defaultSession', 'session.defaultSession cannot be used before app is ready'],
    [
      'the sandbox after ready',
      'app.whenReady().then(() => app.enableSandbox()).catch((error) => say(error.message))',
      'app.enableSandbox can only be called before app is ready',
    ],
    [
      'schemes after ready',
      'app.whenReady().then(() => protocol.registerSchemesAsPrivileged([])).catch((error) => say(error.message))',
      'protocol.registerSchemesAsPrivileged can only be called before app is ready',
    ],
    [
      'schemes twice',
      'protocol.registerSchemesAsPrivileged([]); protocol.registerSchemesAsPrivileged([])',
      'protocol.registerSchemesAsPrivileged can be called only once',
    ],
    [
      'a message to a destroyed page',
      'app.whenReady().then(() => { const { webContents } = new BrowserWindow({}); app.on("window-all-closed", () => {}); BrowserWindow.getAllWindows()[0].destroy(); webContents.send("socketeer") }).catch((error) => say(error.message))',
      'Object has been destroyed',
    ],
    [
      'shared memory in a message',
      'app.whenReady().then(() => new BrowserWindow({}).webContents.send("socketeer", { bytes: new Uint8Array(new SharedArrayBuffer(1)) })).catch((error) => say(error.message))',
      'An object could not be cloned: #<SharedArrayBuffer>.',
    ],
  ])('refuses %s', async (_what, body, message) => {
    expect(await run(body)).toBe(message)
  })

  it('becomes ready only when the entry has run to its end', async () => {
    expect(await run('let end = false; app.whenReady().then(() => say(end)); await null; await null; end = true')).toBe(
      'true',
    )
  })
})
