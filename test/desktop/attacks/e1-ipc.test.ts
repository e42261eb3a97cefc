import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestArguments } from '../../../src-main/contract/index.js'
import { Desktop } from '../../electron/launch.js'
import type { Outside } from '../../electron/outside.js'
import { until } from '../../helpers/until.js'

/*
 * Whoever is not our own page in the main frame of our own window is logged and never answered: not with a hello, not with a
 * fault, not with anything that says that somebody is there.
 */
type Sender = Parameters<Outside['ipc']>[1]

const call = { kind: 'call', id: 4711, name: 'app.info' }

let desktop: Desktop
beforeAll(async () => {
  desktop = await Desktop.open()
})
afterAll(() => desktop.remove())

/** Sends what would open a line and then a call; resolves when both were refused for that reason. */
async function knock(from: Sender, reason: string): Promise<void> {
  const before = count(reason)
  await desktop.do('ipc', 1, from, 'open')
  await desktop.do('ipc', 1, from, call)
  await until(() => count(reason) === before + 2, { what: 'two refusals in the log' })
}

const count = (reason: string): number => desktop.errors.split(`Refused a message: ${reason}`).length - 1

describe('E1: the line is refused', () => {
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
  ])('to the main frame while it shows %s', async (url) => {
    await desktop.do('showElsewhere', 1, url)
    await knock('main', 'it came from another page')
    expect(desktop.told).toEqual([])
  })

  it('no longer, once the main frame shows our page again', async () => {
    await desktop.do('showElsewhere', 1, 'app://socketeer/')
    await desktop.listen()
    expect(desktop.frames()).toEqual([{ kind: 'hello', version: 1 }])
  })

  it.each([
    ['a subframe of our own page', { url: 'app://socketeer/' }, 'it came from a subframe'],
    ['a subframe without an address', { url: 'about:blank' }, 'it came from a subframe'],
    ['a subframe of another origin', { url: 'https://example.org/' }, 'it came from a subframe'],
    ['a frame that is gone', 'gone', 'its frame is gone'],
  ] as const)('to %s, while our own page goes on', async (_who, from, reason) => {
    await knock(from, reason)
    // Answers keep their order: this one shows that none is on its way for the others.
    expect(await desktop.call('app.info', undefined)).toMatchObject({ host: 'desktop' })
    expect(desktop.frames().filter(({ kind }) => kind === 'hello')).toHaveLength(1)
    expect(desktop.frames().filter((frame) => 'id' in frame && frame.id === call.id)).toEqual([])
  })
})

describe('E1: our own page sends what it never would', () => {
  /** What structured clone carries and the contract does not know, small and large, alone and in the place of each field of a call. */
  const anything = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, maxDepth: 4 }),
    fc.constantFrom('x'.repeat(1_000_000), new Uint8Array(4_000_000), Array(100_000).fill(0), {
      __proto__: null,
      kind: 'call',
    }),
  )
  /** Never the number of a call that this test waits for. */
  const id = anything.filter((value) => typeof value !== 'number')
  const name = fc.oneof(
    fc.constantFrom(...Object.keys(requestArguments)),
    fc.constantFrom('__proto__', 'constructor', ''),
    fc.string(),
  )
  // Whoever could close or open something by chance would be no attack: what has valid arguments is left to the contract's own tests.
  const frame = fc.oneof(
    anything,
    fc.record({ kind: fc.constant('call'), id, name, args: fc.constant(undefined) }),
    fc.record({
      kind: fc.constant('call'),
      id: fc.integer({ min: 100_000 }),
      name,
      args: anything.map((value) => ({ value })),
    }),
    fc.record({ kind: fc.string(), id, name: anything, args: anything }),
  )

  it('and goes on being answered, with no session more than before', async () => {
    const frames = fc.sample(frame, { numRuns: 300, seed: 9 })
    for (const each of frames)
      await desktop.do('ipc', 1, 'main', each).catch((error: unknown) => {
        // What cannot be cloned never leaves a page either.
        if (!String(error).includes('could not be cloned')) throw error
      })
    expect(await desktop.call('app.info', undefined)).toMatchObject({ host: 'desktop' })
    expect((await desktop.call('session.list', undefined)).sessions).toEqual([])
    expect(desktop.errors).not.toMatch(/unhandled/i)
  })
})
