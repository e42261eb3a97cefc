import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listeningOn, startCli } from '../helpers/cli.js'
import { freePort, type LineProcess } from '../helpers/peer.js'
import { until } from '../helpers/until.js'

const ANY = 'tcp://127.0.0.1:*'

/** What a command said and how it ended. */
async function result(cli: LineProcess): Promise<{ code: number | string; out: string[]; err: string[] }> {
  return { code: await cli.exited(), out: cli.out, err: cli.err }
}

//   socketeer req ── question ──▶ socketeer rep
//   socketeer req ◀── answer ──── socketeer rep
describe('req and rep', () => {
  it('ask and answer, and end when they have counted to the end', async () => {
    const rep = startCli('rep', ANY, '--count', '2')
    const req = startCli('req', await listeningOn(rep), 'hello', 'two words')
    expect(await result(req)).toMatchObject({ code: 0, out: ['server response!', 'server response!'] })
    expect(await result(rep)).toMatchObject({ code: 0, out: ['hello', 'two words'] })
  })

  it('take a reply in any format', async () => {
    const rep = startCli('rep', ANY, '--reply', 'ff 00', '--format', 'hex', '--count', '1')
    const req = startCli('req', await listeningOn(rep), '--frames', '--json', 'a', 'b')
    const { code, out } = await result(req)
    expect(code).toBe(0)
    expect(out).toHaveLength(1)
    expect(JSON.parse(out[0]!)).toEqual({
      seq: 1,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
      direction: 'in',
      frames: [{ base64: '/wA=' }],
    })
    expect((await result(rep)).out).toEqual(['61\t62'])
  })

  it('ask the lines of standard input until one is q', async () => {
    const rep = startCli('rep', ANY, '--echo')
    const req = startCli('req', await listeningOn(rep))
    req.write('one\ntwo\nq\nthree\n')
    expect(await result(req)).toMatchObject({ code: 0, out: ['one', 'two'] })
    // It answers before it says what it was asked.
    expect(await rep.kill('SIGTERM')).toBe(0)
    expect(rep.out).toEqual(['one', 'two'])
  })

  it('fail when nobody listens, within the time of all tries', async () => {
    const endpoint = `tcp://127.0.0.1:${await freePort()}`
    const { code, out, err } = await result(startCli('req', endpoint, 'hello', '--timeout', '100', '--retries', '1'))
    expect({ code, out }).toEqual({ code: 1, out: [] })
    expect(err.at(-1)).toBe(`error: No reply within 200 ms: no server is connected at ${endpoint}.`)
  })

  it('fail when the server is silent', async () => {
    // A worker that is never given the rest of the question: a REP whose program does nothing.
    const silent = startCli('req', '--bind', ANY, 'never answered')
    const { code, err } = await result(
      startCli('req', await listeningOn(silent), 'x', '--timeout', '100', '--retries', '0'),
    )
    expect(code).toBe(1)
    expect(err.at(-1)).toMatch(/^error: No reply within 100 ms/)
    expect(await silent.kill('SIGINT')).toBe(0)
  })
})

//   socketeer pub ── topic, message ──▶ socketeer sub
describe('pub and sub', () => {
  it('speak to those who subscribed, topic by topic', async () => {
    const pub = startCli('pub', ANY, '--topic', 'weather', '--wait', 'sunny', 'rain')
    const endpoint = await listeningOn(pub)
    await pub.line((line) => line === 'waiting until somebody subscribes', 'err')
    const other = startCli('sub', endpoint, '--topic', 'sports')
    await pub.line((line) => line === 'somebody subscribed to "sports"', 'err')
    const sub = startCli('sub', endpoint, '--topic', 'wea', '--topic', 'news', '--count', '2')
    expect(await result(sub)).toMatchObject({ code: 0, out: ['weather\tsunny', 'weather\train'] })
    expect(await pub.exited()).toBe(0)
    expect(other.out).toEqual([])
  })

  it('repeat at an interval until interrupted', async () => {
    const pub = startCli('pub', ANY, 'tick', 'tock', '--every', '5')
    const sub = startCli('sub', await listeningOn(pub), '--count', '6')
    const { code, out } = await result(sub)
    expect({ code, count: out.length }).toEqual({ code: 0, count: 6 })
    expect(new Set(out)).toEqual(new Set(['tick', 'tock']))
    expect(await pub.kill('SIGINT')).toBe(0)
  })

  it('count what is published', async () => {
    const pub = startCli('pub', ANY, 'x', '--count', '3', '--wait')
    const sub = startCli('sub', await listeningOn(pub), '--count', '3')
    expect(await result(sub)).toMatchObject({ code: 0, out: ['x', 'x', 'x'] })
    expect(await pub.exited()).toBe(0)
  })

  it('say so when nobody listens', async () => {
    const { code, err } = await result(startCli('pub', ANY, 'into the void'))
    expect(code).toBe(0)
    expect(err.join('\n')).toContain('nobody has subscribed')
  })

  it('listen to several stations', async () => {
    const [one, two] = [startCli('pub', ANY, 'one', '--wait'), startCli('pub', ANY, 'two', '--wait')]
    const sub = startCli('sub', await listeningOn(one), await listeningOn(two), '--count', '2', '--quiet')
    const { out, err } = await result(sub)
    expect(out.sort()).toEqual(['one', 'two'])
    expect(err).toEqual([])
  })
})

//   socketeer push ──▶ socketeer work ──▶ socketeer pull
describe('push, work and pull', () => {
  it('pass tasks on', async () => {
    const push = startCli('push', ANY, '1', '2', '3')
    const pull = startCli('pull', ANY, '--count', '3')
    const work = startCli('work', await listeningOn(push), await listeningOn(pull), '--delay', '1', '--count', '3')
    expect(await result(pull)).toMatchObject({ code: 0, out: ['1', '2', '3'] })
    expect(await result(work)).toMatchObject({ code: 0, out: ['1', '2', '3'] })
    expect(await push.exited()).toBe(0)
  })

  it('hand any bytes from one command to the next', async () => {
    const first = startCli('push', ANY, '--json')
    const pull = startCli('pull', `>${await listeningOn(first)}`, '--count', '2')
    first.write('{"frames":[{"base64":"/wAK"},{"text":"tab\\there"}]}\n{"frames":[{"text":""}]}\n')
    first.endInput()
    const { out } = await result(pull)
    expect(out).toEqual(["$'\\xff\\x00\\n'\t$'tab\\there'", ''])

    const second = startCli('push', ANY, '--frames')
    const again = startCli('pull', `>${await listeningOn(second)}`, '--count', '2', '--format', 'hex')
    second.write(`${out.join('\n')}\n`)
    second.endInput()
    expect((await result(again)).out).toEqual(['ff000a\t7461620968657265', ''])
  })

  it('end with 1 and the number of what was not handed over', async () => {
    const push = startCli('push', ANY, 'a', 'b', 'c')
    await listeningOn(push)
    expect(await push.kill('SIGINT')).toBe(1)
    expect(push.err.at(-1)).toBe('error: 3 of 3 messages were not handed over.')

    const endpoint = `tcp://127.0.0.1:${await freePort()}`
    const connecting = startCli('push', '--connect', endpoint, 'a')
    await connecting.line((line) => line.startsWith('nobody listens'), 'err')
    expect(await connecting.kill('SIGTERM')).toBe(1)
    expect(connecting.err.at(-1)).toBe('error: 1 of 1 messages was not handed over.')
  })
})

describe('the end', () => {
  it.each([
    ['rep', ANY],
    ['pub', ANY],
    ['sub', '--bind', ANY],
    ['pull', ANY],
    ['work', '--bind', ANY, ANY],
  ])('of %s by a signal is no failure', async (...args) => {
    const cli = startCli(...args)
    await listeningOn(cli)
    expect(await cli.kill('SIGINT')).toBe(0)
  })

  it('comes quietly when nobody reads any more', async () => {
    const pub = startCli('pub', ANY, 'line', '--every', '1')
    const sub = startCli('sub', await listeningOn(pub), '--quiet')
    await until(() => sub.out.length > 0, { what: 'a first line' })
    sub.child.stdout!.destroy()
    expect(await sub.exited()).toBe(0)
    expect(sub.err).toEqual([])
  })
})

describe('bad input', () => {
  const fails = async (code: 1 | 2, sentence: RegExp | string, ...args: string[]) => {
    const { out, err, ...ended } = await result(startCli(...args))
    expect({ ...ended, out }).toEqual({ code, out: [] })
    const errors = err.filter((line) => line.startsWith('error:'))
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatch(sentence)
  }

  it.each([
    ['port 99999', ['pull', 'tcp://127.0.0.1:99999'], /port “99999” is not a number from 1 to 65535/],
    ['http://', ['req', 'http://127.0.0.1:80', 'x'], /“http:\/\/” is not a transport/],
    ['no endpoint', ['sub'], /missing required argument 'endpoint'/],
    ['an unknown command', ['publish'], /unknown command 'publish'/],
    ['an unknown option', ['pull', ANY, '--loud'], /unknown option '--loud'/],
    ['both bind and connect', ['pull', ANY, '--bind', '--connect'], /cannot be used with/],
    ['both echo and reply', ['rep', ANY, '--echo', '--reply', 'x'], /cannot be used with/],
    ['a count of nothing', ['pull', ANY, '--count', '0'], /whole number of at least 1/],
    ['an unknown format', ['pull', ANY, '--format', 'xml'], /Allowed choices are text, json, hex, base64/],
    [
      'a TEXT that is not of its format',
      ['push', ANY, '--format', 'json', '{"a":}'],
      /TEXT 1: This is not JSON: at character 6/,
    ],
    ['an odd number of arguments for pull', ['pull', ANY, 'text'], /too many arguments/],
  ])('%s is wrong usage', async (_, args, sentence) => {
    await fails(2, sentence, ...args)
  })

  it('without any argument shows the help, as wrong usage', async () => {
    const { code, out, err } = await result(startCli())
    expect({ code, out }).toEqual({ code: 2, out: [] })
    expect(err.join('\n')).toContain('Usage: socketeer')
  })

  it('is not what --help and --version are', async () => {
    expect(await result(startCli('push', '--help'))).toMatchObject({ code: 0, err: [] })
    expect(await result(startCli('--version'))).toMatchObject({
      code: 0,
      err: [],
      out: [expect.stringMatching(/^\d+\.\d+\.\d+/)],
    })
  })

  it('a port in use fails with its address', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const endpoint = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
    await fails(1, new RegExp(`${endpoint} is in use`), 'rep', endpoint)
  })

  it('an unknown host fails with its name', async () => {
    await fails(1, /Host “no-such-host\.invalid” cannot be found/, 'sub', 'tcp://no-such-host.invalid:5000')
  })

  it('ipc onto an ordinary file fails, and the file is as it was', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'socketeer-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'notes.txt')
    await writeFile(file, 'precious')
    await fails(1, /an ordinary file is there/, 'pull', `ipc://${file}`)
    expect(await readFile(file, 'utf8')).toBe('precious')
  })

  it('a line that is not of its format fails with its number, after those before it were sent', async () => {
    const push = startCli('push', ANY, '--format', 'hex')
    const pull = startCli('pull', `>${await listeningOn(push)}`, '--count', '1')
    // It waits a second for somebody to take them, and no longer.
    await push.line((line) => line.startsWith('a peer connected'), 'err')
    push.write('6869\nxyz\n')
    expect((await result(pull)).out).toEqual(['hi'])
    expect(await push.exited()).toBe(1)
    expect(push.err.at(-1)).toContain('Line 2 of standard input: "x" at character 1')
  })
})
