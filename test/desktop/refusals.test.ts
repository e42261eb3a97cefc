import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Desktop } from '../electron/launch.js'
import type { Outside } from '../electron/outside.js'
import { until } from '../helpers/until.js'

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

describe('the line is refused (E1: messages from elsewhere)', () => {
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
