import { session as stored } from './browser-things.js'
import { encode as encodeMsgpack } from '@msgpack/msgpack'
import { beforeEach, describe, expect, test } from 'vitest'
import type { PageRow } from '../../src-main/contract/index.js'
import { readTree } from '../../src-main/payload/index.js'
import { SessionView } from '../../src-renderer/state/session.svelte.js'
import { FakeCaller, info } from './fake-caller.js'

const { Inspector } = await import('../../src-renderer/parts/inspector.svelte.js')
const { senderWords } = await import('../../src-renderer/lib/words.js')
const { TreeView } = await import('../../src-renderer/parts/tree-view.svelte.js')

const utf8 = (text: string) => new TextEncoder().encode(text)

/** An inspector over a session whose messages are these, by number. */
function looking(...messages: Uint8Array[][]) {
  const session = new SessionView(new FakeCaller(), info('s1', 'sink'))
  session.message = async (seq) =>
    ({ seq, frames: (messages[seq - 1] ?? []).map((bytes) => ({ bytes, size: bytes.length })) }) as unknown as PageRow
  return new Inspector(session)
}

beforeEach(() => {
  stored.clear()
})

describe('the inspector', () => {
  test('finds out how a frame is best shown', async () => {
    const inspector = looking([utf8('topic'), utf8('{"a":1}')], [encodeMsgpack({ a: 1 })], [Uint8Array.of(0, 255)])
    await inspector.load(1)
    expect([inspector.frameIndex, inspector.view, inspector.shownAs]).toEqual([1, 'json', 'tree'])
    inspector.showFrame(0)
    expect([inspector.view, inspector.shownAs, inspector.tree]).toEqual(['text', 'text', undefined])
    await inspector.load(2)
    expect([inspector.view, inspector.shownAs]).toEqual(['msgpack', 'tree'])
    await inspector.load(3)
    expect(inspector.view).toBe('hex')
  })

  test('keeps what was picked as far as it fits, until what fits by itself is picked', async () => {
    const inspector = looking([utf8('{"a":1}')], [utf8('plain')], [utf8('[1]')])
    await inspector.load(1)
    inspector.show('hex')
    await inspector.load(2)
    expect(inspector.view).toBe('hex')
    inspector.show('json')
    expect([inspector.shownAs, inspector.note?.kind]).toEqual(['text', 'bad-tree'])
    // The next one is JSON, the one after is not.
    await inspector.load(3)
    expect(inspector.view).toBe('json')
    await inspector.load(2)
    expect([inspector.view, inspector.note]).toEqual(['text', undefined])
    inspector.show('hex')
    inspector.show('text')
    await inspector.load(3)
    expect(inspector.view).toBe('json')
  })

  test('says who sent a message that was received, as far as that is known', async () => {
    const inspector = looking([utf8('a')])
    const { session } = inspector
    const { message } = session
    expect(inspector.peer).toBeUndefined()
    session.message = async (seq) => ({ ...(await message.call(session, seq)), direction: 'in' })
    const said: string[] = []
    for (const peer of ['10.0.0.7', 'localhost:1000:100:4711', undefined]) {
      session.peerOf = () => Promise.resolve(peer)
      await inspector.load(1)
      said.push(senderWords(inspector.peer!))
    }
    expect(said).toEqual(['from 10.0.0.7', 'from process 4711 of user 1000', 'sender not known'])
    session.message = async (seq) => ({ ...(await message.call(session, seq)), direction: 'out' })
    await inspector.load(1)
    expect(inspector.peer).toBeUndefined()
  })

  test('reads a large tree in slices, and drops it when something else is wanted', async () => {
    const large = utf8(`[${'{"a":1},'.repeat(300_000)}0]`)
    const inspector = looking([large])
    await inspector.load(1)
    expect(inspector.shownAs).toBe('reading')
    await expect.poll(() => inspector.tree?.row(0).count).toBe(300_001)
    inspector.show('json')
    inspector.show('text')
    await new Promise((resolve) => setTimeout(resolve))
    expect(inspector.tree).toBeUndefined()
  })

  test('copies in every form', async () => {
    const inspector = looking([encodeMsgpack([1, 'é'])], [utf8('{"id": 12345678901234567890}')], [utf8('x')])
    await inspector.load(1)
    expect(inspector.copies).toEqual(['text', 'json', 'hex', 'base64'])
    expect(inspector.copyText()).toBe('[\n  1,\n  "é"\n]')
    expect(inspector.copyAs('hex')).toBe('9201a2c3a9')
    inspector.show('hex')
    expect(inspector.copyText()).toBe('9201a2c3a9')
    expect(inspector.copyAs('json')).toBe('[\n  1,\n  "é"\n]')
    await inspector.load(2)
    expect(inspector.copyAs('json')).toBe('{\n  "id": 12345678901234567890\n}')
    expect(inspector.copyAs('text')).toBe('{"id": 12345678901234567890}')
    await inspector.load(3)
    expect(inspector.copies).toEqual(['text', 'hex', 'base64'])
  })

  test('offers an image only where there is one, and draws none that could stop the page', async () => {
    const png = Uint8Array.from(
      Buffer.from('89504e470d0a1a0a0000000d4948445200000008000000060802000000000000', 'hex').toString('latin1') +
        '\0'.repeat(9),
      (c) => c.charCodeAt(0),
    )
    const bomb = png.slice()
    new DataView(bomb.buffer).setUint32(16, 50_000)
    new DataView(bomb.buffer).setUint32(20, 50_000)
    const inspector = looking([png], [bomb], [utf8('x')])
    await inspector.load(1)
    expect([inspector.view, inspector.imageUrl?.slice(0, 22)]).toEqual(['image', 'data:image/png;base64,'])
    await inspector.load(2)
    expect([inspector.view, inspector.image?.width, inspector.imageUrl]).toEqual(['image', 50_000, undefined])
    await inspector.load(3)
    expect(inspector.views).not.toContain('image')
  })
})

describe('a tree on the screen', () => {
  test('is walked by keys, and forgets nothing that is still there', () => {
    const tree = new TreeView(readTree(utf8('{"a":{"b":[1,2]},"c":3}'), 'json'))
    tree.window.resize(1000)
    const press = (...keys: string[]) => keys.map((key) => tree.key(key))
    press('ArrowDown', 'ArrowDown', 'ArrowRight')
    expect([tree.path, tree.value]).toEqual(['a.b[0]', '1'])
    press('ArrowLeft')
    expect(tree.path).toBe('a.b')
    press('ArrowLeft', 'ArrowLeft', 'ArrowLeft')
    expect([tree.path, tree.length]).toEqual(['a', 3])
    press('End')
    expect(tree.path).toBe('c')
    press('Home', 'Enter')
    expect([tree.length, tree.window.count]).toEqual([1, 1])
    expect(press('x', 'Escape')).toEqual([false, false])
  })
})
