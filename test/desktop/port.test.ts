import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Request } from 'zeromq'
import { PageView, type ArgumentsOf } from '../../src-main/contract/index.js'
import { Desktop } from '../electron/launch.js'
import { until } from '../helpers/until.js'

/*
 *   page ── preload ── IPC ── main ── engine          all built; only Electron itself is the stand-in
 *                                        │ ROUTER
 *                                        REQ           a real peer, in this process
 */

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)
const server: ArgumentsOf<'session.open'>['settings'] = {
  role: 'server',
  endpoints: [{ method: 'bind', address: 'tcp://127.0.0.1:*' }],
}

describe('the line between the page and the engine', () => {
  let desktop: Desktop
  beforeEach(async () => {
    desktop = await Desktop.open()
  })
  afterEach(() => desktop.remove())

  /** Opens a server and asks it over a real socket. */
  async function ask(frames: Uint8Array[]) {
    const { id } = await desktop.call('session.open', { settings: server })
    const info = await until(
      async () => (await desktop.call('session.list', undefined)).sessions.find((each) => each.id === id && each.links[0]?.actual),
      { what: 'the server to listen' },
    )
    const peer = new Request({ linger: 0, receiveTimeout: 5000 })
    peer.connect(info.links[0]?.actual ?? '')
    await peer.send(frames)
    return { id, peer }
  }

  it('says hello as soon as the page listens, and not before', async () => {
    expect(desktop.told).toEqual([])
    await desktop.listen()
    expect(desktop.frames()[0]).toEqual({ kind: 'hello', version: 1 })
  })

  it('opens a real session, and carries bytes both ways as bytes', async () => {
    await desktop.listen()
    const { id, peer } = await ask([everyByte, new Uint8Array(0)])
    const row = await until(
      async () => {
        const page = new PageView(await desktop.call('session.page', { id, from: 1, count: 10 }))
        return page.rows > 0 ? page.row(0) : undefined
      },
      { what: 'the question to be in the journal' },
    )
    expect(row.frames.map(({ bytes }) => [...bytes])).toEqual([[...everyByte], []])

    await desktop.call('session.send', { id, frames: [everyByte.slice().reverse()] })
    const [answer] = await peer.receive()
    expect([...(answer ?? [])]).toEqual([...everyByte].reverse())
    peer.close()
  })

  it('says what is wrong with a code and a sentence', async () => {
    await desktop.listen()
    await expect(desktop.call('session.forget', { id: 'none' })).rejects.toMatchObject({ name: 'Fault', code: 'NO_SESSION' })
    await expect(desktop.call('session.forget', {} as { id: string })).rejects.toMatchObject({ code: 'BAD_ARGUMENTS' })
  })

  it.each([
    ['a subframe of our own page', { url: 'app://socketeer/' }, 'it came from a subframe'],
    ['a subframe without an address', { url: 'about:blank' }, 'it came from a subframe'],
    ['a subframe of another origin', { url: 'https://example.org/' }, 'it came from a subframe'],
    ['a frame that is gone', 'gone', 'its frame is gone'],
  ] as const)('never answers %s, and logs it', async (_who, from, reason) => {
    await desktop.listen()
    const before = desktop.told.length
    await desktop.do('ipc', 1, from)
    await desktop.do('ipc', 1, from, { kind: 'call', id: 7, name: 'app.info' })
    await until(() => desktop.errors.split(`Refused a message: ${reason}`).length === 3, { what: 'two refusals' })
    // Answered in order: what comes after the refused ones shows that nothing came of them.
    await desktop.call('app.info', undefined)
    expect(desktop.told.slice(before).map((told) => told.kind === 'frame' && (told.frame as { id?: number }).id)).not.toContain(7)
    expect(desktop.frames().filter(({ kind }) => kind === 'hello')).toHaveLength(1)
  })

  it.each([
    'about:blank',
    '',
    'about:srcdoc',
    'devtools://devtools/bundled/inspector.html',
    'https://socketeer/',
    'app://evil/',
    'app://socketeer.evil/',
    'app://socketeer:8155/',
    'app://user@socketeer/',
    'appp://socketeer/',
    'file:///app://socketeer/',
    'data:text/html,app://socketeer/',
    'https://evil/?app://socketeer/',
  ])('never answers the main frame while it shows %s', async (url) => {
    await desktop.do('showElsewhere', 1, url)
    await desktop.do('ipc', 1, 'main')
    await desktop.do('ipc', 1, 'main', { kind: 'call', id: 7, name: 'app.info' })
    await until(() => desktop.errors.split('Refused a message: it came from another page').length === 3, { what: 'two refusals' })
    expect(desktop.told).toEqual([])
  })

  it('takes no frame before the page has opened its port', async () => {
    await desktop.do('send', 1, { kind: 'call', id: 1, name: 'app.info' })
    await until(() => desktop.errors.includes('a frame came before the page had opened its port'), { what: 'the refusal' })
    expect(desktop.told).toEqual([])
  })

  it('survives frames that are no frames', async () => {
    await desktop.listen()
    for (const frame of [null, 0, 'call', [], {}, { kind: 'hello' }, { kind: 'call' }, { kind: 'call', id: -1 }, new Uint8Array(1000)])
      await desktop.do('send', 1, frame)
    expect(await desktop.call('app.info', undefined)).toMatchObject({ host: 'desktop' })
  })

  it('gives a reloaded page a port of its own, takes the old view off, and loses no row', async () => {
    await desktop.listen()
    const { id, peer } = await ask([everyByte])
    await desktop.do('reload', 1)
    await until(async () => (await desktop.do('windows'))[0]?.documents === 2, { what: 'the second document' })
    const old = desktop.frames(1).length
    await desktop.listen()
    expect(desktop.frames(2)[0]).toEqual({ kind: 'hello', version: 1 })

    const { sessions } = await desktop.call('session.list', undefined)
    expect(sessions.map((session) => session.id)).toEqual([id])
    const page = await until(
      async () => {
        const view = new PageView(await desktop.call('session.page', { id, from: 1, count: 10 }))
        return view.rows === 1 ? view : undefined
      },
      { what: 'the row from before' },
    )
    expect([...(page.row(0).frames[0]?.bytes ?? [])]).toEqual([...everyByte])
    await desktop.call('session.send', { id, frames: [everyByte] })
    await peer.receive()
    // A view that was still attached would be told of the answer.
    await until(() => desktop.frames(2).some((frame) => frame.kind === 'event'), { what: 'news of the session' })
    expect(desktop.frames(1)).toHaveLength(old)
    peer.close()
  })

  it('keeps its line when a navigation is denied', async () => {
    await desktop.listen()
    expect(await desktop.do('navigate', 1, 'will-navigate', 'https://example.org/')).toBe(true)
    expect(await desktop.call('app.info', undefined)).toMatchObject({ host: 'desktop' })
  })

  it('tells the page where it runs', async () => {
    await desktop.listen()
    expect(await desktop.call('app.info', undefined)).toMatchObject({
      host: 'desktop',
      versions: { electron: expect.any(String) as string, chrome: expect.any(String) as string },
    })
  })
})
