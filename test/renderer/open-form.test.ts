import * as v from 'valibot'
import { beforeEach, describe, expect, test } from 'vitest'
import { Fault, roleNames, SessionSettingsSchema, type Endpoint } from '../../src-main/contract/index.js'
import { local, session } from './browser-things.js'
import { FakeCaller, info } from './fake-caller.js'

const { OpenForm } = await import('../../src-renderer/parts/open-form.svelte.js')
const { ProfileState } = await import('../../src-renderer/state/profile.svelte.js')

/** Takes every address but those with port 99999. */
const caller = () =>
  new FakeCaller({
    'endpoint.check': ({ endpoint }: { endpoint: Endpoint }) => {
      if (endpoint.address.includes('99999')) throw new Fault('BAD_ENDPOINT', 'port 99999')
      return { address: endpoint.address, loopback: !endpoint.address.includes('*') }
    },
  })

beforeEach(() => {
  session.clear()
  local.clear()
})

describe('the form of a role', () => {
  test.each(roleNames)(
    '%s: what it gives is what the contract takes, and the form of that is the same again',
    (role) => {
      const at = caller()
      const form = OpenForm.blank(at, role, new ProfileState(at))
      const settings = v.parse(SessionSettingsSchema, form.settings)
      expect(settings).toEqual(
        v.parse(
          SessionSettingsSchema,
          info('x', role).settings.role === 'worker'
            ? { ...info('x', role).settings, forward: [{ method: 'connect', address: 'tcp://127.0.0.1:5558' }] }
            : info('x', role).settings,
        ),
      )
      expect(v.parse(SessionSettingsSchema, OpenForm.of(at, settings).settings)).toEqual(settings)
    },
  )

  test('a bad address is not handed over, and its sentence stands beneath it', async () => {
    const at = caller()
    const form = OpenForm.blank(at, 'server', new ProfileState(at))
    form.endpoints[0]!.address = 'tcp://127.0.0.1:99999'
    let handed = 0
    expect(await form.submit(async () => handed++)).toBe(false)
    expect(handed).toBe(0)
    expect(form.endpoints[0]?.fault?.message).toBe('port 99999')
  })

  test('@ and > in front are taken for the switch', () => {
    const at = caller()
    const form = OpenForm.blank(at, 'client', new ProfileState(at))
    form.endpoints[0]!.address = '@tcp://127.0.0.1:5'
    expect(form.endpoints[0]?.value).toEqual({ method: 'bind', address: 'tcp://127.0.0.1:5' })
  })

  test('binding where others can reach it says so; connecting there does not', async () => {
    const at = caller()
    const form = OpenForm.blank(at, 'server', new ProfileState(at))
    const [endpoint] = form.endpoints
    endpoint!.address = 'tcp://*:5'
    await endpoint!.check()
    expect(endpoint?.reachable).toBe(true)
    endpoint!.method = 'connect'
    expect(endpoint?.reachable).toBe(false)
  })

  test('a number out of bounds is named, and nothing is handed over', async () => {
    const at = caller()
    const form = OpenForm.blank(at, 'client', new ProfileState(at))
    form.numbers.tries = '0'
    expect([...form.badNumbers]).toEqual(['tries'])
    expect(await form.submit(() => Promise.resolve())).toBe(false)
    form.numbers.tries = '7'
    form.numbers.linger = '-1'
    expect(form.settings).toMatchObject({ tries: 7, options: { linger: -1 } })
  })

  test('what was written outlives the page, until the defaults are asked for', () => {
    const at = caller()
    const form = OpenForm.blank(at, 'subscriber', new ProfileState(at))
    form.endpoints[0]!.address = 'tcp://10.0.0.1:9'
    form.addEndpoint('endpoints')
    form.topics = 'a\nb'
    form.changed()
    const again = OpenForm.blank(at, 'subscriber', new ProfileState(at))
    expect(again.endpoints.map(({ address }) => address)).toEqual(['tcp://10.0.0.1:9', ''])
    expect(again.settings).toMatchObject({ topics: ['a', 'b'] })
    again.reset()
    expect(OpenForm.blank(at, 'subscriber', new ProfileState(at)).topics).toBe('')
  })
})

describe('what guards a session', () => {
  const key = 'Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID'
  const made = { id: 'k1', name: 'robot', publicKey: key, made: 0 }
  const withKeys = () => {
    const at = caller()
    at.answers = { ...at.answers, 'keys.list': () => ({ keeping: 'file', keys: [] }), 'keys.make': () => made }
    return at
  }

  test('a server of CURVE needs a pair, and a list if only those listed may come in', async () => {
    const at = withKeys()
    const form = OpenForm.blank(at, 'server', new ProfileState(at))
    form.security.kind = 'server'
    expect(form.security.missing).toBe('key')
    await form.security.make('robot')
    expect(form.security.missing).toBeUndefined()
    form.security.admit = 'listed'
    expect(form.security.missing).toBe('clients')
    form.security.clients = `\nrobot 7 ${key}\nnonsense\n`
    expect(form.security.listed).toEqual({ peers: [{ name: 'robot 7', key }], bad: 3 })
    form.security.clients = `robot 7 ${key}\n ${key} `
    const settings = v.parse(SessionSettingsSchema, form.settings)
    expect(settings.security).toMatchObject({ as: 'server', key: 'k1', clients: [{ name: 'robot 7', key }, { name: '', key }] }) // prettier-ignore
    expect(OpenForm.of(at, settings).settings).toMatchObject({ security: settings.security })
  })

  test('a client of CURVE needs the server’s key, and nothing is handed over without', async () => {
    const at = withKeys()
    const form = OpenForm.blank(at, 'client', new ProfileState(at))
    form.security.kind = 'client'
    form.security.server = key.slice(1)
    let handed = 0
    expect(await form.submit(() => Promise.resolve(handed++))).toBe(false)
    form.security.server = ` ${key} `
    expect(await form.submit(() => Promise.resolve(handed++))).toBe(true)
    expect(handed).toBe(1)
    expect(form.settings.security).toEqual({ mechanism: 'curve', as: 'client', server: key })
  })

  test('what the network can reach unencrypted is asked about once, and again after a change', async () => {
    const at = withKeys()
    const form = OpenForm.blank(at, 'sink', new ProfileState(at))
    form.endpoints[0]!.address = 'tcp://*:5558'
    let handed = 0
    const hand = () => Promise.resolve(handed++)
    expect(await form.submit(hand)).toBe(false)
    expect(form.asking).toEqual(['tcp://*:5558'])
    form.changed()
    expect(form.asking).toEqual([])
    expect(await form.submit(hand, true)).toBe(true)
    form.security.kind = 'client'
    form.security.server = key
    expect(await form.submit(hand)).toBe(true)
    expect(handed).toBe(2)
  })

  test('what a form does not show stays as it is', () => {
    const at = withKeys()
    const settings = v.parse(SessionSettingsSchema, {
      role: 'subscriber',
      endpoints: [{ method: 'connect', address: 'tcp://127.0.0.1:5000' }],
      radio: { signals: [{ id: 's', name: 's', place: { kind: 'json', path: 'a' } }] },
    })
    expect(OpenForm.of(at, settings).settings).toMatchObject({ radio: { signals: [{ id: 's' }] } })
  })
})
