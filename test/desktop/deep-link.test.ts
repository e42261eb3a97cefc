import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Fault, parseDeepLink } from '../../src-main/contract/index.js'
import { Desktop } from '../electron/launch.js'
import { until } from '../helpers/until.js'

describe('a link', () => {
  it.each([
    ['sub', 'subscriber', 'connect'],
    ['pub', 'publisher', 'bind'],
    ['req', 'client', 'connect'],
    ['rep', 'server', 'bind'],
    ['push', 'ventilator', 'bind'],
    ['pull', 'sink', 'bind'],
    ['work', 'worker', 'connect'],
  ])('of %s is a %s that would %s', (pattern, role, method) => {
    const address = 'tcp://127.0.0.1:5556'
    expect(parseDeepLink(`socketeer://${pattern}/${address}`)).toEqual({
      role,
      endpoint: { method, address },
      topics: [],
    })
  })

  it('names topics as a URL does', () => {
    expect(parseDeepLink('socketeer://sub/tcp://rig:1?topic=a%20b&topic=%E4%BD%A0&topic=').topics).toEqual([
      'a b',
      '你',
      '',
    ])
  })

  it.each([
    '',
    'socketeer:',
    'socketeer://sub',
    'socketeer://sub/',
    'socketeer://sub/127.0.0.1:5',
    'socketeer://sub/ipc:///tmp/x',
    'socketeer://sub/file:///etc/passwd',
    'socketeer://SUB/tcp://a:1',
    'socketeer://__proto__/tcp://a:1',
    'socketeer://sub@evil/tcp://a:1',
    'socketeer://sub/tcp://a:1#x',
    'socketeer://sub/tcp://a:1?run=x',
    'socketeer://sub/tcp://a:1?topic=%',
    'socketeer://sub/tcp://a:1?topic=%ff',
    'socketeer://req/tcp://a:1?topic=x',
    'socketeer://sub/tcp://a:1 --profile x',
    'socketeer://sub/tcp://a:1\n',
    'socketeer://sub/tcp://\u202ea:1',
    `socketeer://sub/tcp://${'a'.repeat(3000)}:1`,
    `socketeer://sub/tcp://a:1?${'topic=x&'.repeat(20)}topic=x`,
    'http://sub/tcp://a:1',
  ])('that is wrong gets one sentence: %.50j', (text) => {
    expect(() => parseDeepLink(text)).toThrow(expect.objectContaining({ code: 'BAD_LINK' }) as Error)
    expect(() => parseDeepLink(text)).toThrow(
      /^The link .+\. Right would be socketeer:\/\/sub\/tcp:\/\/127\.0\.0\.1:5556\?topic=pose\.$/,
    )
  })

  it('never throws anything else', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (text, lead) => {
        try {
          parseDeepLink(lead ? `socketeer://sub/tcp://${text}` : text)
        } catch (error) {
          expect(error).toBeInstanceOf(Fault)
        }
      }),
      { seed: 8, numRuns: 500 },
    )
  })
})

describe('a link that somebody follows', () => {
  let desktop: Desktop
  beforeAll(async () => {
    desktop = await Desktop.open({ args: ['socketeer://sub/tcp://127.0.0.1:5556?topic=pose'] })
    await desktop.listen()
  })
  afterAll(() => desktop.remove())

  const sessions = async () => (await desktop.call('session.list', undefined)).sessions
  /** Asked for the nth time, from 1. */
  const question = (n: number) => until(async () => (await desktop.do('app')).asked[n - 1], { what: `question ${n}` })

  it('opens nothing when the answer is the one that is given by default', async () => {
    const asked = await question(1)
    expect(asked.detail).toContain('Connects to: tcp://127.0.0.1:5556\nTopics: "pose"')
    expect(asked).toMatchObject({ defaultId: 0, cancelId: 0, buttons: ['Do not open', 'Open it'] })
    expect(await sessions()).toEqual([])
  })

  it('says so when the address is elsewhere, and opens a session with a window of its own after a yes', async () => {
    await desktop.do('press', 1)
    await desktop.do('secondInstance', ['socketeer', '--flag', 'socketeer://sub/tcp://192.0.2.7:5556'], '/')
    expect((await question(2)).detail).toContain('beyond this machine')
    const [session] = await until(async () => ((await sessions()).length > 0 ? await sessions() : undefined), {
      what: 'the session',
    })
    expect(session?.settings).toMatchObject({ role: 'subscriber', endpoints: [{ address: 'tcp://192.0.2.7:5556' }] })
    await until(async () => (await desktop.do('windows')).some(({ url }) => url.endsWith(`?session=${session?.id}`)), {
      what: 'its window',
    })
  })

  it.each([
    ['socketeer://pub/tcp://0.0.0.0:5556', 'listen on this machine only'],
    ['socketeer://sub/tcp://127.0.0.1:99999', '99999'],
    ['socketeer://run/tcp://127.0.0.1:1', 'the patterns are'],
  ])('is refused with the reason: %s', async (link, reason) => {
    const before = (await desktop.do('app')).asked.length
    await desktop.do('openUrl', link)
    const asked = await question(before + 1)
    expect(asked.message).toBe('This link cannot be opened.')
    expect(asked.detail).toContain(reason)
    expect(await sessions()).toHaveLength(1)
  })
})
