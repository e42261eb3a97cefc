import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { RulesSchema, type RuleInput } from '../../src-main/contract/index.js'
import { RuleBook } from '../../src-main/engine/rules/rules.js'
import { boundTo, frames, rows, settingsOf, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'

//   client ── question ──▶ server: the first rule that is on and matches answers
//          ◀── answer, late, garbage, twice, or nothing ──

const bench = useEngine()
const all = { deadline: 15_000 }

const rulesOf = (...rules: Omit<RuleInput, 'id'>[]) =>
  v.parse(
    RulesSchema,
    rules.map((rule, i) => ({ id: `r${i + 1}`, ...rule })),
  )
const say = (text: string) => ({ kind: 'text' as const, text })
const decode = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

/** What a single rule answers to a text; undefined when it does not match. */
function answer(rule: Omit<RuleInput, 'id'>, text: string): string | undefined {
  const trial = new RuleBook(rulesOf(rule)).try(frames(text))
  return trial.rule === undefined ? undefined : decode(trial.frames[0])
}

describe('a rule', () => {
  const yes = say('yes')
  it.each([
    [{ kind: 'anything' }, 'x', true],
    [{ kind: 'equals', text: 'ping' }, 'ping', true],
    [{ kind: 'equals', text: 'ping' }, 'ping ', false],
    [{ kind: 'contains', text: '障碍' }, '前方障碍物', true],
    [{ kind: 'contains', text: 'x' }, 'abc', false],
    [{ kind: 'regex', pattern: '^plan \\d+$' }, 'plan 42', true],
    [{ kind: 'regex', pattern: '^plan \\d+$' }, 'plan x', false],
    [{ kind: 'json', path: 'cmd', value: 'plan' }, '{"cmd":"plan"}', true],
    [{ kind: 'json', path: 'a.b[1]', value: '7' }, '{"a":{"b":[5,7]}}', true],
    [{ kind: 'json', path: 'a.b[1]', value: '7' }, '{"a":{"b":["7","7"]}}', false],
    [{ kind: 'json', path: 'a', value: '{"b":1}' }, '{"a":{"b":1}}', true],
    [{ kind: 'json', path: '__proto__', value: '1' }, '{}', false],
    [{ kind: 'json', path: 'cmd', value: 'plan' }, 'no json', false],
  ] as const)('%o on “%s”: %s', (match, text, matches) => {
    expect(answer({ match, answer: yes }, text)).toBe(matches ? 'yes' : undefined)
  })

  it('sees bytes that are no text as anything, and as nothing else', () => {
    const bytes = [Uint8Array.from([0xff, 0xfe])]
    expect(new RuleBook(rulesOf({ match: { kind: 'contains', text: '' } })).try(bytes).rule).toBeUndefined()
    const echo = new RuleBook(rulesOf({})).try(bytes)
    expect(echo.frames).toEqual(bytes)
  })

  it('fills its template', () => {
    const fill = (text: string, question = '{"to":[1,{"x":"y"}],"n":null}') =>
      answer({ answer: { kind: 'template', text } }, question)
    expect(fill('got {{text}}.', 'hi')).toBe('got hi.')
    expect(fill('{{json.to[0]}} {{ json.to[1].x }} {{json.to[1]}} {{json.n}} [{{json.none}}]')).toBe(
      '1 y {"x":"y"} null []',
    )
    expect(fill('{{count}}')).toBe('1')
    expect(fill('{{time}}')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(fill('{{uuid}}')).toMatch(/^[\da-f-]{36}$/)
    for (let i = 0; i < 50; i++) expect(['3', '4', '5']).toContain(fill('{{random 3 5}}'))
    expect(Number(fill('{{random -1.50 1.5}}'))).toBeGreaterThanOrEqual(-1.5)
    expect(fill('{{random -1.50 1.5}}')).toMatch(/^-?\d\.\d\d$/)
    expect(fill('$& $1 {single}')).toBe('$& $1 {single}')
  })

  it.each([
    [{ answer: { kind: 'template', text: 'a {{nope}}' } }, 'BAD_TEMPLATE', 'character 3'],
    [{ answer: { kind: 'template', text: '{{text' } }, 'BAD_TEMPLATE', 'never closed'],
    [{ answer: { kind: 'template', text: '{{random 5 1}}' } }, 'BAD_TEMPLATE', 'smaller number'],
    [{ match: { kind: 'regex', pattern: '(' } }, 'BAD_PATTERN', 'missing'],
    [{ match: { kind: 'regex', pattern: '(?=x)' } }, 'BAD_PATTERN', 'Look-around'],
    [{ match: { kind: 'json', path: 'a..b', value: '1' } }, 'BAD_PATH', 'character 2'],
  ] as const)('%o is refused with its name and place', (rule, reason, words) => {
    expect(() => new RuleBook(rulesOf({ name: 'mine', ...rule }))).toThrow(
      expect.objectContaining({
        code: 'BAD_RULE',
        message: expect.stringMatching(new RegExp(`Rule “mine”: .*${words}`, 's')) as string,
        detail: expect.objectContaining({ reason, rule: 'r1', field: 'answer' in rule ? 'answer' : 'match' }) as object,
      }) as Error,
    )
  })

  it('is not slowed by a pattern that would stop a backtracking engine', () => {
    expect(answer({ match: { kind: 'regex', pattern: '^(a+)+$' } }, 'a'.repeat(50_000) + 'b')).toBeUndefined()
  })
})

describe('a server with rules', () => {
  it('answers by the first rule that matches, leaves the rest to a person, and counts', async () => {
    const rules = rulesOf(
      { match: { kind: 'equals', text: 'off' }, answer: say('never'), on: false },
      { match: { kind: 'contains', text: 'a' }, answer: say('first') },
      { match: { kind: 'contains', text: 'ab' }, answer: say('second') },
    )
    const server = await bench.open('server', 'tcp://127.0.0.1:*', { rules })
    const client = await bench.open('client', boundTo(server))
    expect(decode((await client.ask(frames('ab'))).frames[0])).toBe('first')
    const byHand = client.ask(frames('off'))
    await until(() => server.numbers().in.messages === 2, all)
    expect(server.info().status).toMatchObject({
      waiting: 1,
      rules: [
        { id: 'r1', count: 0 },
        { id: 'r2', number: 2, count: 1 },
        { id: 'r3', count: 0 },
      ],
    })
    await server.send(frames('by hand'))
    expect(decode((await byHand).frames[0])).toBe('by hand')
    expect([2, 4].map((seq) => server.row(seq)?.rule)).toEqual([2, 0])
  })

  it('takes new rules while it runs, and refuses bad ones without a change', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*', { rules: rulesOf({ answer: say('old') }) })
    const client = await bench.open('client', boundTo(server))
    expect(() => server.setRules(rulesOf({ match: { kind: 'regex', pattern: '[' } }))).toThrow('Rule 1')
    expect(decode((await client.ask(frames('?'))).frames[0])).toBe('old')
    server.setRules(rulesOf({ answer: { kind: 'template', text: 'new {{count}}' } }))
    expect(decode((await client.ask(frames('?'))).frames[0])).toBe('new 2')
    expect(server.settings).toMatchObject({ rules: [{ answer: { text: 'new {{count}}' } }] })
  })

  it('can be slow, silent, late, garbled or double, and the client shows what that means', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*', {
      rules: rulesOf(
        { match: { kind: 'equals', text: 'slow' }, delay: { min: 60, max: 80 } },
        { match: { kind: 'equals', text: 'silent' }, fault: 'silent' },
        { match: { kind: 'equals', text: 'late' }, fault: 'late', lateBy: 300 },
        { match: { kind: 'equals', text: 'garbage' }, fault: 'garbage' },
        { match: { kind: 'equals', text: 'twice' }, fault: 'twice' },
      ),
    })
    const hasty = await bench.open('client', boundTo(server), { deadline: 200, tries: 1 })
    await expect(hasty.ask(frames('silent'))).rejects.toMatchObject({ code: 'NO_REPLY' })
    await expect(hasty.ask(frames('late'))).rejects.toMatchObject({ code: 'NO_REPLY' })
    await until(() => hasty.numbers().late === 1, all)
    const client = await bench.open('client', boundTo(server), { tries: 1 })
    const { seq } = await client.ask(frames('slow'))
    expect(client.row(seq + 1)!.time - client.row(seq)!.time).toBeGreaterThanOrEqual(55)
    expect((await client.ask(frames('garbage'))).frames[0]?.byteLength).toBe(24)
    expect(decode((await client.ask(frames('twice'))).frames[0])).toBe('twice')
    await until(() => rows(server, 'out').filter(([text]) => text === 'twice').length === 2, all)
    // The second answer belongs to no question: correlation keeps it from the next one.
    expect((await client.ask(frames('garbage'))).frames[0]?.byteLength).toBe(24)
  })

  it('lets a person be faster than a slow rule', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*', {
      rules: rulesOf({ delay: { min: 60_000, max: 60_000 } }),
    })
    const client = await bench.open('client', boundTo(server))
    const asked = client.ask(frames('?'))
    await until(() => server.numbers().in.messages === 1, all)
    await server.send(frames('me first'))
    expect(decode((await asked).frames[0])).toBe('me first')
  })

  it('says who waits since when, and afterwards only what changed', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*')
    const clients = server.clients.bind(server)
    const [one, two] = [await bench.open('client', boundTo(server)), await bench.open('client', boundTo(server))]
    const asked = one.ask(frames('1'))
    await until(() => clients()[0]?.waiting === 1, all)
    expect(clients()[0]).toMatchObject({ oldest: { seq: 1, time: server.row(1)?.time }, answered: 0 })
    await server.send(frames('one'))
    await asked
    const [first] = clients()
    expect(first).toMatchObject({ waiting: 0, oldest: undefined, asked: server.row(1)?.time })
    expect(first?.answered).toBeGreaterThanOrEqual(server.row(1)?.time ?? NaN)

    const { revision, whole } = server.clientChanges(0)
    expect(whole).toBe(true)
    expect(server.clientChanges(revision)).toEqual({ revision, whole: false, clients: [], gone: [] })
    await two.send(frames('2'))
    await until(() => clients().length === 2, all)
    expect(server.clientChanges(revision)).toMatchObject({ whole: false, clients: [{ source: 2, waiting: 1 }] })
    // A number from another life of the engine is no number of this one.
    expect(server.clientChanges(revision + 1000)).toMatchObject({
      whole: true,
      clients: [{ source: 1 }, { source: 2 }],
    })
  })

  it('changes how it answers while it runs, and can answer with it all that wait already', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*', {
      rules: rulesOf({ match: { kind: 'equals', text: 'hush' }, fault: 'silent' }),
    })
    const address = boundTo(server)
    const [one, two, three] = [
      await bench.open('client', address),
      await bench.open('client', address),
      await bench.open('client', address),
    ]
    const hushed = three.ask(frames('hush'))
    const waits = one.ask(frames('old'))
    await until(() => server.numbers().in.messages === 2, all)
    server.setAnswer({ kind: 'text', text: 'seen' })
    expect(decode((await two.ask(frames('new'))).frames[0])).toBe('seen')
    expect(server.info().status).toMatchObject({ waiting: 2 })
    server.setAnswer({ kind: 'echo' }, true)
    expect(decode((await waits).frames[0])).toBe('old')
    // What a rule keeps silent about stays so.
    expect(server.info().status).toMatchObject({ waiting: 1 })
    expect(server.settings).toMatchObject({ answer: { kind: 'echo' } })
    hushed.catch(() => undefined)
    three.cancel()
    expect(() => one.setAnswer({ kind: 'echo' })).toThrow('Only a server')
  })

  it('knows its clients by number and name, and keeps them through a reopen', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*', { answer: { kind: 'echo' } })
    const address = boundTo(server)
    const [one, two] = [await bench.open('client', address), await bench.open('client', address)]
    await one.ask(frames('1'))
    await two.ask(frames('2'))
    await one.ask(frames('3'))
    server.nameClient(1, 'sim-left')
    expect(server.clients()).toMatchObject([
      { source: 1, name: 'sim-left', questions: 2, waiting: 0 },
      { source: 2, name: '', questions: 1 },
    ])
    await one.close()
    await two.close()
    await server.reopen(settingsOf('server', address))
    const three = await bench.open('client', address)
    await three.send(frames('4'))
    await until(() => server.clients().length === 3, all)
    expect(server.clients()[2]).toMatchObject({ source: 3, waiting: 1 })
    expect([1, 3, 5, 7].map((seq) => server.row(seq)?.source)).toEqual([1, 2, 1, 3])
  })
})

describe('a repeated message', () => {
  it('is asked n times, one after the answer to the other', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*', { answer: { kind: 'echo' } })
    const client = await bench.open('client', boundTo(server))
    client.repeat(frames('again'), 20, 0)
    await until(() => client.info().repeat?.running === false, all)
    expect(client.info().repeat).toMatchObject({ sent: 20, failed: 0, of: 20 })
    expect(client.numbers()).toMatchObject({ in: { messages: 20 }, roundTrip: { count: 20 } })
    await client.ask(frames('one more, by hand'))
    const trips = client.roundTrips()
    expect(trips.count).toBe(20)
    expect(trips.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(20)
    expect(trips.buckets[0]!.from).toBeLessThanOrEqual(trips.p50)
    // The longest is given as the highest that counts as the same: up to a thousandth more.
    expect(trips.buckets.at(-1)!.to).toBeGreaterThanOrEqual(trips.max * 0.999)
    for (const [i, { from }] of trips.buckets.slice(1).entries()) expect(from).toBe(trips.buckets[i]!.to)
  })

  it('is asked from the first on though the question of the run before is still waiting', async () => {
    const server = await bench.open('server', 'tcp://127.0.0.1:*')
    const client = await bench.open('client', boundTo(server), { deadline: 60_000 })
    client.repeat(frames('never answered'), 0, 0)
    await until(() => server.numbers().in.messages === 1, all)
    client.repeat(frames('other'), 1, 0)
    await until(() => server.numbers().in.messages === 2, all)
    expect(rows(server, 'in')).toEqual([['never answered'], ['other']])
    await server.send(frames('answered'), { answers: 2 })
    await until(() => client.info().repeat?.running === false, all)
    expect(client.info().repeat).toMatchObject({ sent: 1, failed: 0 })
  })

  it('goes on until it is stopped, by a person or by the session’s end', async () => {
    const sink = await bench.open('sink', 'tcp://127.0.0.1:*')
    const source = await bench.open('ventilator', `>${boundTo(sink)}`)
    source.repeat(frames('tick'), 0, 1)
    await until(() => sink.numbers().in.messages > 5, all)
    source.stopRepeat()
    await until(() => source.info().repeat?.running === false, all)
    source.repeat(frames('tock'), 0, 1)
    await until(() => rows(sink, 'in').some(([text]) => text === 'tock'), all)
    await source.close()
    await until(() => source.info().repeat?.running === false, all)
    expect(() => sink.repeat(frames('x'), 1, 0)).toThrow('Only a client')
  })
})
