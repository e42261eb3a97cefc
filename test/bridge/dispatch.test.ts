import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { dispatch, type Handlers } from '../../src-main/bridge/dispatch.js'
import { memoryPortPair } from '../../src-main/bridge/memory-port.js'
import { Fault, type FaultShape, type Port } from '../../src-main/contract/index.js'
import { until } from '../helpers/until.js'
import { handlers } from './conformance.js'

let log: string[]
beforeEach(() => {
  log = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => log.push(String(text)) > 0)
})
afterEach(() => vi.restoreAllMocks())

const parsed = (text: string): unknown => JSON.parse(text)

interface Line {
  heard: unknown[]
  /** Sends any value at all and waits for the next answer. */
  ask(frame: unknown): Promise<unknown>
  /** As `ask`, for a fault. */
  fault(frame: unknown): Promise<FaultShape>
  view: Port
}

function connect(given: Partial<Handlers> = {}): Line {
  const [engine, view] = memoryPortPair()
  dispatch(engine, handlers(given))
  const heard: unknown[] = []
  view.onMessage((frame) => heard.push(frame))
  const ask = async (frame: unknown): Promise<unknown> => {
    await until(() => heard.length > 0, { what: 'hello' })
    const before = heard.length
    view.send(frame as never)
    await until(() => heard.length > before, { what: 'an answer' })
    return heard.at(-1)
  }
  return { heard, view, ask, fault: async (frame) => ((await ask(frame)) as { fault: FaultShape }).fault }
}

it('says hello first, with its version', async () => {
  const { heard } = connect()
  await until(() => heard.length === 1)
  expect(heard).toEqual([{ kind: 'hello', version: 1 }])
})

it.each(['nothing.such', '', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'x'.repeat(100_000)])(
  'knows no request %#, and says so',
  async (name) => {
    const fault = await connect().fault({ kind: 'call', id: 7, name, args: {} })
    expect(fault.code).toBe('UNKNOWN_REQUEST')
    expect(fault.message).toMatch(/^There is no request named ".*"\.$/)
    expect(fault.message.length).toBeLessThan(200)
  },
)

it.each([
  [
    'session.close',
    undefined,
    /^The arguments of session\.close are wrong: expected Object, but received undefined\.$/,
  ],
  ['session.close', 'a', /^The arguments of session\.close are wrong: expected Object, but received "a"\.$/],
  ['session.close', {}, /^The argument "id" of session\.close is wrong: expected "id", but received undefined\.$/],
  ['session.close', { id: 5 }, /^The argument "id" of session\.close is wrong: expected string, but received 5\.$/],
  [
    'session.close',
    { id: 'x'.repeat(65) },
    /^The argument "id" of session\.close is wrong: expected <=64, but received 65\.$/,
  ],
  ['session.send', { id: 'a', frames: [] }, /"frames" of session\.send is wrong: expected >=1, but received 0\./],
  [
    'session.send',
    { id: 'a', frames: [new Uint8Array(1), 'text'] },
    /"frames\.1" .* expected Uint8Array, but received "text"\./,
  ],
  ['session.page', { id: 'a', from: 0, count: 1 }, /"from" .* expected >=1, but received 0\./],
  ['session.page', { id: 'a', from: 1, count: 1e9 }, /"count" .* expected <=5000, but received 1000000000\./],
  ['session.open', { settings: { role: 'king', endpoints: [] } }, /"settings\.role" .* received "king"\./],
  [
    'session.open',
    { settings: { role: 'sink', endpoints: [{ method: 'bind', address: 1 }] } },
    /"settings\.endpoints\.0\.address"/,
  ],
  ['profile.update', { patch: { settings: { theme: 'y'.repeat(100_000) } } }, /"patch\.settings\.theme"/],
])('refuses wrong arguments of %s (%#) with where and what', async (name, args, sentence) => {
  const fault = await connect().fault({ kind: 'call', id: 7, name, args })
  expect(fault.code).toBe('BAD_ARGUMENTS')
  expect(fault.message).toMatch(sentence)
  expect(fault.message.length).toBeLessThan(400)
  expect(fault.detail?.['request']).toBe(name)
})

it('is not fooled by prototype keys in arguments', async () => {
  const line = connect({ 'session.clear': ({ id }) => void expect(id).toBe('a') })
  expect(
    await line.ask({
      kind: 'call',
      id: 1,
      name: 'session.clear',
      args: parsed('{"id":"a","__proto__":{"id":"b"}}'),
    }),
  ).toEqual({
    kind: 'done',
    id: 1,
    value: undefined,
  })
  expect(({} as { id?: string }).id).toBeUndefined()
})

it.each([
  [{ kind: 'call', id: 3, args: {} }, 'name'],
  [{ kind: 'shout', id: 3 }, 'call'],
  [{ kind: 'call', id: 3, name: 5 }, 'string'],
])('answers a frame that it cannot read (%#) if it says which call it is', async (frame, what) => {
  const fault = await connect().fault(frame)
  expect(fault.code).toBe('BAD_FRAME')
  expect(fault.message).toContain(what)
})

it('reports a frame that it can neither read nor answer, and goes on', async () => {
  const line = connect({ 'session.clear': () => undefined })
  const junk = [
    null,
    5,
    'call',
    [],
    new Uint8Array(3),
    {},
    { kind: 'call', id: -1, name: 'app.info' },
    { kind: 'call', id: '1', name: 'app.info' },
  ]
  for (const frame of junk) line.view.send(frame as never)
  expect(await line.ask({ kind: 'call', id: 1, name: 'session.clear', args: { id: 'a' } })).toMatchObject({
    kind: 'done',
    id: 1,
  })
  expect(line.heard).toHaveLength(2)
  expect(log).toHaveLength(junk.length)
  expect(log[0]).toMatch(/^socketeer: A view sent a frame that cannot be read: expected Object, but received null\.\n$/)
})

it('refuses a second call with the number of an open one, which goes on', async () => {
  let finish: (() => void) | undefined
  const line = connect({
    'session.message': () => new Promise((resolve) => (finish = () => resolve(new Uint8Array(2)))),
  })
  const frame = { kind: 'call', id: 4, name: 'session.message', args: { id: 'a', seq: 1 } } as const
  line.view.send(frame)
  expect(await line.fault(frame)).toMatchObject({ code: 'DUPLICATE_CALL', detail: { id: 4 } })
  finish?.()
  await until(() => line.heard.length === 3)
  expect(line.heard[2]).toEqual({ kind: 'done', id: 4, value: new Uint8Array(2) })
})

it('passes a bug on as INTERNAL, without its stack, which is logged', async () => {
  const line = connect({
    'session.clear': () => {
      throw new TypeError('x is not a function')
    },
    'session.cancel': () => Promise.reject(new RangeError('too much')),
  })
  const thrown = await line.fault({ kind: 'call', id: 1, name: 'session.clear', args: { id: 'a' } })
  expect(thrown.code).toBe('INTERNAL')
  expect(thrown.message).toMatch(/session\.clear.*x is not a function/)
  expect(JSON.stringify(thrown)).not.toContain('dispatch.test')
  expect(log[0]).toMatch(/TypeError: x is not a function\n.*dispatch\.test/)
  expect(await line.fault({ kind: 'call', id: 2, name: 'session.cancel', args: { id: 'a' } })).toMatchObject({
    code: 'INTERNAL',
  })
})

it('gives errors of the system and of libzmq their code and a sentence, and Node’s own none', async () => {
  const errors = [
    Object.assign(new Error('Address already in use'), { code: 'EADDRINUSE' }),
    Object.assign(new Error('Operation cannot be accomplished'), { code: 'EFSM' }),
    Object.assign(new Error('bad argument'), { code: 'ERR_INVALID_ARG_TYPE' }),
    new DOMException('stopped', 'AbortError'),
    'just text',
  ]
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- libraries throw what they like
  const line = connect({ 'session.message': ({ seq }) => Promise.reject(errors[seq - 1]) })
  const codes: string[] = []
  for (const [i] of errors.entries()) {
    const fault = await line.fault({ kind: 'call', id: i, name: 'session.message', args: { id: 'a', seq: i + 1 } })
    codes.push(fault.code)
    expect(fault.message).toMatch(/[.…]$|bad argument$|just text$/)
  }
  expect(codes).toEqual(['EADDRINUSE', 'EFSM', 'INTERNAL', 'CANCELLED', 'INTERNAL'])
})

it('answers with a fault when the port cannot carry the result', async () => {
  const line = connect({ 'session.timeline': () => [() => 1] as never })
  expect(await line.fault({ kind: 'call', id: 1, name: 'session.timeline', args: { id: 'a' } })).toMatchObject({
    code: 'INTERNAL',
  })
})

it('settles a cancelled call as its handler does, and takes a cancel of nothing as nothing', async () => {
  const line = connect({
    'session.message': (_args, { signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(new Uint8Array(1)))),
    'session.clear': (_args, { signal }) => signal.throwIfAborted() as undefined,
  })
  line.view.send({ kind: 'cancel', id: 99 })
  line.view.send({ kind: 'call', id: 1, name: 'session.message', args: { id: 'a', seq: 1 } })
  expect(await line.ask({ kind: 'cancel', id: 1 })).toEqual({ kind: 'done', id: 1, value: new Uint8Array(1) })
  expect(await line.ask({ kind: 'call', id: 1, name: 'session.clear', args: { id: 'a' } })).toMatchObject({
    kind: 'done',
  })
})

it('logs a bug even when nobody waits for its answer any more', async () => {
  let fail: (() => void) | undefined
  const line = connect({
    'session.message': () => new Promise((_resolve, reject) => (fail = () => reject(new Error('late')))),
  })
  line.view.send({ kind: 'call', id: 1, name: 'session.message', args: { id: 'a', seq: 1 } })
  await until(() => fail)
  line.view.close()
  await until(() => (fail?.(), log.length > 0), { what: 'a line in the log' })
  expect(log[0]).toMatch(/session\.message failed: Error: late/)
  expect(new Fault('A', 'b').shape()).toEqual({ code: 'A', message: 'b' })
})
