import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type * as v from 'valibot'
import { Request } from 'zeromq'
import { PageView, type Answer, type ServerSettings } from '../../src-main/contract/index.js'
import { Desktop } from '../electron/launch.js'
import { until } from '../helpers/until.js'

/*
 *   page ── preload ── IPC ── main ── engine          all built; only Electron itself is the stand-in
 *                                        │ ROUTER
 *                                        REQ           a real peer, in this process
 */

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)
const server: v.InferInput<typeof ServerSettings> = {
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
  async function ask(frames: Uint8Array[], answer: Answer = { kind: 'hand' }) {
    const { id } = await desktop.call('session.open', { settings: { ...server, answer } })
    const info = await until(
      async () =>
        (await desktop.call('session.list', undefined)).sessions.find(
          (each) => each.id === id && each.links[0]?.actual,
        ),
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
    await expect(desktop.call('session.forget', { id: 'none' })).rejects.toMatchObject({
      name: 'Fault',
      code: 'NO_SESSION',
    })
    await expect(desktop.call('session.forget', {} as { id: string })).rejects.toMatchObject({ code: 'BAD_ARGUMENTS' })
  })

  it('takes no frame before the page has opened its line, nor after it has closed it', async () => {
    await desktop.do('send', 1, { kind: 'call', id: 1, name: 'app.info' })
    await until(() => desktop.errors.includes('it came over a line that is not open'), { what: 'the refusal' })
    expect(desktop.told).toEqual([])

    await desktop.listen()
    await desktop.do('send', 1, 'close')
    await desktop.do('send', 1, { kind: 'call', id: 1, name: 'app.info' })
    await until(() => desktop.errors.split('it came over a line that is not open').length === 3, { what: 'the second' })
    expect(desktop.frames().filter(({ kind }) => kind === 'done')).toEqual([])
  })

  it('survives frames that are no frames (E1)', async () => {
    await desktop.listen()
    for (const frame of [
      null,
      0,
      'call',
      [],
      {},
      { kind: 'hello' },
      { kind: 'call' },
      { kind: 'call', id: -1 },
      new Uint8Array(1000),
    ])
      await desktop.do('send', 1, frame)
    expect(await desktop.call('app.info', undefined)).toMatchObject({ host: 'desktop' })
  })

  it('gives a reloaded page a line of its own, and loses no row', async () => {
    await desktop.listen()
    const { id, peer } = await ask([everyByte])
    await desktop.do('reload', 1)
    await until(async () => (await desktop.do('windows'))[0]?.documents === 2, { what: 'the second document' })
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
    peer.close()
  })

  it('takes the old view off as soon as its page is gone', async () => {
    await desktop.listen()
    const { peer } = await ask([everyByte], { kind: 'echo' })
    await peer.receive()
    await until(() => desktop.frames().some((frame) => frame.kind === 'event' && frame.name === 'pulse'), {
      what: 'a pulse',
    })
    await desktop.do('reload', 1)
    await until(async () => (await desktop.do('windows'))[0]?.documents === 2, { what: 'the second document' })
    // Traffic for several pulses: a view that was still attached would send them to a page that does not listen yet.
    const before = desktop.told.length
    for (const end = performance.now() + 250; performance.now() < end;) {
      await peer.send(everyByte)
      await peer.receive()
    }
    expect(await desktop.do('lost', 1)).toBe(0)
    expect(desktop.told).toHaveLength(before)
    peer.close()
  })

  it('ends the old line of a page that listens anew', async () => {
    await desktop.listen()
    const { peer } = await ask([everyByte], { kind: 'echo' })
    await peer.receive()
    await desktop.do('listen', 1)
    await until(() => desktop.frames().filter(({ kind }) => kind === 'hello').length === 2, { what: 'a second hello' })
    const before = desktop.frames().length
    const { id } = await desktop.call('session.open', { settings: server })
    await desktop.call('session.forget', { id })
    await until(() => desktop.frames().some((frame) => frame.kind === 'event' && frame.name === 'gone'), {
      what: 'gone',
    })
    // Told once, by the one view that is attached.
    expect(
      desktop
        .frames()
        .slice(before)
        .filter((frame) => frame.kind === 'event' && frame.name === 'gone'),
    ).toHaveLength(1)
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
