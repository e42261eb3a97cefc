import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DriverWish } from '../../src-main/contract/index.js'
import { readDriver, receiveOption, USUAL, wishOf } from '../../src-main/engine/wish.js'
import { useWire } from '../../src-main/engine/wire/wire.js'
import { settingsOf, useEngine } from '../helpers/engine.js'
import { faultOf } from '../payload/fault-of.js'

// What is said nearest counts: the session, the command line, the environment, the preferences; and where nobody says anything, what works.

describe('how sessions receive that do not say so themselves', () => {
  beforeEach(() => void vi.stubEnv('SOCKETEER_DRIVER', ''))
  afterEach(() => void vi.unstubAllEnvs())

  it('is what works, unless somebody says otherwise', () => {
    expect(wishOf()).toEqual({ wish: USUAL, by: 'nobody' })
    expect(wishOf({ preference: 'portable' })).toEqual({ wish: 'portable', by: 'preferences' })
    vi.stubEnv('SOCKETEER_DRIVER', 'wire')
    expect(wishOf({ preference: 'portable' })).toEqual({ wish: 'wire', by: 'environment' })
    expect(wishOf({ command: 'portable', preference: 'wire' })).toEqual({ wish: 'portable', by: 'command' })
  })

  it('can be called by its people’s name, and by no other', () => {
    expect(readDriver('thread', '--receive')).toBe('wire')
    expect(faultOf(() => wishOf({ command: 'fast' }))).toMatchObject({
      code: 'USAGE',
      message: '--receive must be auto, thread or portable, and "fast" is none of them.',
    })
    vi.stubEnv('SOCKETEER_DRIVER', 'fast')
    expect(faultOf(() => wishOf()).message).toBe(
      'SOCKETEER_DRIVER must be auto, thread or portable, and "fast" is none of them.',
    )
  })

  it('is found among arguments that others read too', () => {
    expect(receiveOption(['electron', '.', '--profile', 'x'])).toBeUndefined()
    expect(receiveOption(['--receive', 'auto', '--receive=thread'])).toBe('thread')
    expect(receiveOption(['--receive'])).toBe('')
  })
})

describe('a program that says how', () => {
  let wish: DriverWish = 'auto'
  const bench = useEngine({ driver: () => wish })
  const opened = async (more: object = {}, address = 'tcp://127.0.0.1:*') =>
    (await bench.engine.open(settingsOf('sink', address, more))).info()

  it('is heard by each session that opens from then on, and a session that says otherwise has its way', async ({
    skip,
  }) => {
    const wire = await useWire()
    if (typeof wire === 'string') skip(wire)
    wish = 'auto'
    const first = await opened()
    expect(first).toMatchObject({ driver: 'wire', state: { kind: 'open' } })
    wish = 'portable'
    expect(await opened()).toMatchObject({ driver: 'portable', driverWhy: { reason: 'asked' } })
    expect(await opened({ driver: 'wire' })).toMatchObject({ driver: 'wire' })
    expect(bench.engine.session(first.id).info().driver).toBe('wire')
    const again = await bench.engine.reopen(first.id, first.settings)
    expect(again.info()).toMatchObject({ driver: 'portable', state: { kind: 'open' } })
    wish = 'wire'
    expect(await opened({ driver: 'auto' }, 'inproc://there')).toMatchObject({
      driver: 'portable',
      driverWhy: { reason: 'inproc' },
      state: { kind: 'open' },
    })
    expect((await opened({}, 'inproc://elsewhere')).state).toMatchObject({
      kind: 'failed',
      fault: { code: 'NO_WIRE', detail: { reason: 'inproc' } },
    })
  })
})
