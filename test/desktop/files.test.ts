import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Desktop } from '../electron/launch.js'
import { useDesktop } from '../electron/use-desktop.js'
import { until } from '../helpers/until.js'
import { writeForeign } from '../recording/foreign.js'

const TEXT = '{ "kind": "socketeer-workspace" }'
let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'socketeer-files-'))
  file = join(folder, 'lab.socketeer.json')
  await writeFile(file, TEXT)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const { open } = useDesktop()

const events = (desktop: Desktop, name: string) =>
  desktop.frames().flatMap((frame) => (frame.kind === 'event' && frame.name === name ? [frame.value] : []))
const asked = { name: 'lab.socketeer.json', text: TEXT }

it('has the page ask about a workspace: of its first start, as soon as the page listens; of later ones; as macOS hands it over; and picked', async () => {
  const desktop = await open({ args: [file] })
  expect(events(desktop, 'workspaceFile')).toEqual([])
  await desktop.listen()
  await until(() => events(desktop, 'workspaceFile').length === 1, { what: 'the file of the start' })

  // By a path that counts from where that start was made.
  await desktop.do('secondInstance', ['socketeer', '--flag', basename(file)], folder)
  await until(() => events(desktop, 'workspaceFile').length === 2, { what: 'the file of a second start' })
  await desktop.do('openFile', file)
  await until(() => events(desktop, 'workspaceFile').length === 3, { what: 'the file of the system' })
  await desktop.do('choose', 'File', 'Open workspace…')
  await desktop.do('pick', file)
  await desktop.do('choose', 'File', 'Open workspace…')
  await until(() => events(desktop, 'workspaceFile').length === 4, { what: 'the file that was picked' })
  await desktop.do('choose', 'File', 'Open again', basename(file))
  await until(() => events(desktop, 'workspaceFile').length === 5, { what: 'the file of the list' })
  expect(events(desktop, 'workspaceFile')).toEqual(Array(5).fill(asked))
  expect(await desktop.call('session.list', undefined)).toMatchObject({ sessions: [] })
  expect((await desktop.do('app')).recent).toContain(file)
})

it('shows a recording, wherever it lies and however it comes, as one opened session', async () => {
  const drive = join(folder, 'a drive.mcap')
  await writeForeign(drive, 4)
  const desktop = await open({ args: [drive] })
  await desktop.listen()
  const shown = (n: number) =>
    until(() => events(desktop, 'recordingFile').length === n, { what: `the recording, for the ${n}. time` })
  await shown(1)
  await desktop.do('secondInstance', ['socketeer', 'a drive.mcap'], folder)
  await shown(2)
  // As Linux' desktops say it, beside a file that is not ours and one of another machine.
  const urls = [pathToFileURL(drive).href, 'file://elsewhere/x.mcap', 'notes.txt']
  await desktop.do('secondInstance', ['socketeer', ...urls], '/')
  await shown(3)
  await desktop.do('openFile', drive)
  await shown(4)
  await desktop.do('pick', drive)
  await desktop.do('choose', 'File', 'Open recording…')
  await shown(5)
  await desktop.do('choose', 'File', 'Open again', 'a drive.mcap')
  await shown(6)
  const { sessions } = await desktop.call('session.list', undefined)
  expect(sessions).toMatchObject([{ state: { kind: 'closed' }, recorded: { file: 'a drive.mcap', messages: 4 } }])
  expect(events(desktop, 'recordingFile')).toEqual(Array(6).fill({ sessions }))
  expect((await desktop.do('app')).asked).toEqual([])
})

it('says why a recording cannot be shown', async () => {
  const broken = join(folder, 'broken.mcap')
  await writeFile(broken, 'no recording at all')
  const desktop = await open({ args: [broken] })
  await until(async () => (await desktop.do('app')).asked.length === 1, { what: 'the sentence' })
  expect((await desktop.do('app')).asked[0]).toMatchObject({
    message: '“broken.mcap” cannot be opened.',
    detail: 'This recording cannot be read: it is not an MCAP file.',
  })
  expect((await desktop.do('app')).recent).toEqual([])
})

it('says why a file cannot be opened, and offers it no more', async () => {
  const gone = join(folder, 'gone.socketeer.json')
  await writeFile(gone, TEXT)
  const desktop = await open()
  await desktop.do('openFile', gone)
  const offered = async () =>
    (await desktop.do('app')).menu.find(({ label }) => label === 'File')?.submenu as unknown as {
      label: string
      submenu: { label: string }[]
    }[]
  const recent = async () =>
    (await offered()).find(({ label }) => label === 'Open again')?.submenu.map(({ label }) => label)
  await until(async () => (await recent())?.includes('gone.socketeer.json'), { what: 'the file to be offered' })
  await rm(gone)
  await desktop.do('choose', 'File', 'Open again', 'gone.socketeer.json')
  await until(async () => (await desktop.do('app')).asked.length === 1, { what: 'the sentence' })
  expect((await desktop.do('app')).asked[0]).toMatchObject({
    message: '“gone.socketeer.json” cannot be opened.',
    detail: expect.stringContaining('gone.socketeer.json') as unknown,
  })
  expect(await recent()).toEqual(['Clear this list'])
})

it('has the page in front do what was chosen from the menu, and the workbench what only that can do', async () => {
  const desktop = await open()
  await desktop.do('choose', 'View', 'Commands')
  await desktop.listen()
  await until(() => events(desktop, 'act').length === 1, { what: 'what was chosen before the page listened' })
  await desktop.do('choose', 'File', 'New window as…', 'Sink')
  await until(async () => (await desktop.do('windows'))[1]?.loaded === true, { what: 'the second window' })
  await desktop.do('focus', 2)
  await desktop.do('listen', 2)
  await desktop.do('choose', 'Help', 'Copy diagnostics')
  await desktop.do('choose', 'File', 'Save workspace')
  const to = (window: number) =>
    desktop.told.flatMap((told) => {
      const frame =
        told.kind === 'frame' && told.window === window ? (told.frame as { name?: string; value?: unknown }) : {}
      return frame.name === 'act' ? [frame.value] : []
    })
  await until(() => to(2).length === 1 && to(1).length === 2, { what: 'both choices' })
  expect(to(1)).toEqual([{ id: 'palette' }, { id: 'workspace save' }])
  expect(to(2)).toEqual([{ id: 'diagnostics' }])
})
