import { beforeEach, describe, expect, test } from 'vitest'
import { Fault } from '../../src-main/contract/index.js'
import { local, session } from './browser-things.js'
import { FakeCaller } from './fake-caller.js'

const { Composer } = await import('../../src-renderer/parts/composer.svelte.js')
const { ProfileState } = await import('../../src-renderer/state/profile.svelte.js')

const decode = (frames: Uint8Array[]) => frames.map((frame) => new TextDecoder().decode(frame))
const composer = () => new Composer(new ProfileState(new FakeCaller()), 'here')

beforeEach(() => {
  session.clear()
  local.clear()
})

describe('a message being written', () => {
  test('what was sent is taken off the field, frame by frame, and comes back with ↑', async () => {
    const writing = composer()
    writing.type(0, 'topic')
    writing.addFrame()
    writing.type(1, 'payload')
    let sent: string[] = []
    await writing.send(async (frames) => {
      sent = decode(frames)
    })
    expect(sent).toEqual(['topic', 'payload'])
    expect(writing.frames).toEqual(['', ''])
    writing.type(0, 'next')
    expect(writing.recall(-1)).toBe(true)
    expect(writing.frames).toEqual(['topic', 'payload'])
    expect(writing.recall(1)).toBe(true)
    expect(writing.frames).toEqual(['next', ''])
    expect(writing.recall(1)).toBe(false)
  })

  test('what was refused stays, with the reason', async () => {
    const writing = composer()
    writing.type(0, 'second')
    await writing.send(() => Promise.reject(new Fault('EFSM', 'not now')))
    expect(writing.frames).toEqual(['second'])
    expect(writing.fault?.code).toBe('EFSM')
  })

  test('whoever types on while it is being sent keeps what was typed', async () => {
    const writing = composer()
    writing.type(0, 'first')
    let done = (): void => undefined
    const sending = writing.send(() => new Promise<void>((resolve) => (done = resolve)))
    writing.type(0, 'second')
    done()
    await sending
    expect(writing.frames).toEqual(['second'])
  })

  test('JSON, hex and Base64 are checked as they are typed, and sent as bytes', async () => {
    const writing = composer()
    writing.format = 'json'
    writing.type(0, '{"a":')
    expect(writing.problem(0)?.code).toBe('BAD_PAYLOAD')
    expect(writing.sound).toBe(false)
    writing.format = 'hex'
    writing.type(0, '68 69')
    expect(writing.sound).toBe(true)
    let sent: string[] = []
    await writing.send(async (frames) => {
      sent = decode(frames)
    })
    expect(sent).toEqual(['hi'])
  })

  test('a draft outlives the page: text, frames and format', () => {
    const writing = composer()
    writing.format = 'json'
    writing.addFrame()
    writing.type(1, '[1]')
    const again = composer()
    expect(again.frames).toEqual(['', '[1]'])
    expect(again.format).toBe('json')
  })

  test('a draft that is not one is left aside', () => {
    session.setItem('socketeer.draft.here', '{"frames":"x","format":"morse"}')
    expect(composer().frames).toEqual([''])
  })
})
