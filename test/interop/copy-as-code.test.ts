import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { curveKeyPair } from 'zeromq'
import { describe, expect, onTestFinished, test, type TestContext } from 'vitest'
import { findPython } from '../../build/scripts/find.mjs'
import type { RoleName } from '../../src-main/contract/index.js'
import { Engine } from '../../src-main/engine/engine.js'
import { copyAsCode, type CodeLanguage } from '../../src-renderer/lib/copy-as-code/index.js'
import { boundTo, settingsOf } from '../helpers/engine.js'
import { DEADLINE, expectSame, LineProcess } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { openSession, received, samples, type Message } from './party.js'

const python = findPython() ?? 'python3'
const root = join(import.meta.dirname, '../..')

/** Every byte, quotes and backslashes, trigraphs, text that turns round, text in other letters, empty frames. */
const messages: Message[] = [
  ...samples,
  [new TextEncoder().encode(`"quoted" 'too' \\back\\ ??= ??/ \${x} {y} %s #`)],
  [new TextEncoder().encode('\u202eevil\u2028\u200d👩‍💻 \u0000')],
  [new Uint8Array(), new Uint8Array()],
]

/** A generated program, running. What it has printed is read as it reads its own notation. */
class Script extends LineProcess {
  readonly #language: CodeLanguage

  constructor(language: CodeLanguage, code: string) {
    // In the project, so that the module finds zeromq in node_modules.
    const folder = mkdtempSync(
      language === 'javascript' ? join(root, 'node_modules/.copied-') : join(tmpdir(), 'copied-'),
    )
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true })
    })
    const file = join(folder, language === 'javascript' ? 'script.mjs' : 'script.py')
    writeFileSync(file, code)
    super(`the copied ${language}`, language === 'javascript' ? process.execPath : python, [file])
    this.#language = language
  }

  async endpoint(): Promise<string> {
    return await this.line((line) => /^bound to (\S+)/.exec(line)?.[1])
  }

  async got(count: number): Promise<Message[]> {
    const lines = await until(
      () => {
        const printed = this.out.filter((line) => !line.startsWith('bound to'))
        return printed.length >= count ? printed : undefined
      },
      { deadline: DEADLINE, what: `${count} messages at the script` },
    )
    return this.#language === 'python' ? fromPython(lines) : lines.map(fromJavaScript)
  }
}

/** Lists of bytes as Python prints them. */
function fromPython(lines: string[]): Message[] {
  const program =
    'import ast, json, sys\nfor line in sys.stdin: print(json.dumps([f.hex() for f in ast.literal_eval(line)]))'
  return execFileSync(python, ['-c', program], { input: `${lines.join('\n')}\n`, encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as string[]).map((frame) => Uint8Array.from(Buffer.from(frame, 'hex'))))
}

function fromJavaScript(line: string): Message {
  return (line.match(/"(?:[^"\\]|\\.)*"|0x[0-9a-f]*/g) ?? []).map((frame) =>
    frame.startsWith('0x')
      ? Uint8Array.from(Buffer.from(frame.slice(2), 'hex'))
      : new TextEncoder().encode(JSON.parse(frame) as string),
  )
}

const ANY = '@tcp://127.0.0.1:*'
const start = (language: CodeLanguage, role: RoleName, endpoint: string, more: object = {}, message?: Message) =>
  new Script(language, copyAsCode(settingsOf(role, endpoint, more), language, message))

describe.each(['python', 'javascript'] as const)('copied as %s', (language) => {
  test('a server echoes every byte', async () => {
    const script = start(language, 'server', ANY, { answer: { kind: 'echo' } })
    const client = await openSession('req', [`>${await script.endpoint()}`])
    for (const message of messages) expectSame([(await client.ask(message)).frames], [message])
    expectSame(await script.got(messages.length), messages)
  })

  test('a server gives its fixed text, and the message at hand', async () => {
    const texts = start(language, 'server', ANY, { answer: { kind: 'text', text: 'naïve "🙂"' } })
    const client = await openSession('req', [`>${await texts.endpoint()}`])
    expectSame([(await client.ask(messages[0]!)).frames], [[new TextEncoder().encode('naïve "🙂"')]])
    const hand = start(language, 'server', ANY, {}, messages[3])
    const other = await openSession('req', [`>${await hand.endpoint()}`])
    expectSame([(await other.ask(messages[0]!)).frames], [messages[3]!])
  })

  test.each([
    ['relaxed and correlated', {}],
    ['with a plain envelope', { envelope: 'plain' }],
    ['strict', { strict: true }],
  ])('a client, %s, asks and gets its answer', async (_, more) => {
    const server = await openSession('rep', [ANY], { answer: { kind: 'echo' } })
    for (const message of messages) {
      const script = start(language, 'client', `>${boundTo(server)}`, more, message)
      expectSame(await script.got(1), [message])
    }
    expectSame(received(server), messages)
  })

  test('a client tries as often as it is told, and ends', async () => {
    const server = await openSession('rep', [ANY])
    const script = start(language, 'client', `>${boundTo(server)}`, { deadline: 1000, tries: 3 })
    await until(() => script.out.filter((line) => line === 'no reply in time').length === 3, {
      deadline: DEADLINE,
      what: 'three tries',
    })
    await until(() => received(server).length === 3, { deadline: DEADLINE, what: 'three questions' })
  })

  test('a publisher is heard', async () => {
    // It sends once a second, so a few stand for all.
    for (const message of [messages.flat(), messages[3]!]) {
      const script = start(language, 'publisher', ANY, {}, message)
      const sub = await openSession('sub', [`>${await script.endpoint()}`])
      await until(() => received(sub).length > 0, { deadline: DEADLINE, what: 'a message' })
      expectSame(received(sub).slice(0, 1), [message])
    }
  })

  test('a subscriber hears its topics only', async () => {
    const pub = await openSession('pub', [ANY])
    const script = start(language, 'subscriber', `>${boundTo(pub)}`, { topics: ['héll', 'o', '\u0000"\\'] })
    await until(
      () => {
        const { status } = pub.info()
        return status.role === 'publisher' && status.subscriptions.length === 3
      },
      { deadline: DEADLINE, what: 'three subscriptions' },
    )
    const wanted = [messages[0]!, messages[1]!, [new TextEncoder().encode('\u0000"\\ and on')]]
    await pub.send([new TextEncoder().encode('another')])
    for (const message of wanted) await pub.send(message)
    expectSame(await script.got(3), wanted)
  })

  test('a ventilator hands out, bound or connecting', async () => {
    const sink = await openSession('pull', [ANY])
    for (const message of messages) start(language, 'ventilator', `>${boundTo(sink)}`, {}, message)
    await until(() => received(sink).length === messages.length, { deadline: DEADLINE, what: 'the tasks' })
    const sorted = (list: Message[]) => list.map((m) => m.map((f) => Buffer.from(f).toString('hex')).join(' ')).sort()
    expect(sorted(received(sink))).toEqual(sorted(messages))
    const script = start(language, 'ventilator', ANY, {}, messages[0])
    const other = await openSession('pull', [`>${await script.endpoint()}`])
    await until(() => received(other).length === 1, { deadline: DEADLINE, what: 'the task' })
  })

  test('a worker passes on, and a sink collects', async () => {
    const source = await openSession('push', [ANY])
    const sink = start(language, 'sink', ANY)
    const forward = settingsOf('ventilator', `>${await sink.endpoint()}`).endpoints
    const worker = start(language, 'worker', `>${boundTo(source)}`, { forward, delay: 1 })
    for (const message of messages) await source.send(message)
    expectSame(await worker.got(messages.length), messages)
    expectSame(await sink.got(messages.length), messages)
  })
})

describe.each(['python', 'javascript'] as const)('copied as %s, with CURVE', (language) => {
  const server = curveKeyPair()
  const client = curveKeyPair()
  /** A certificate as the app saves it, and the code that reads it from there. */
  const withPair = (code: string, { publicKey, secretKey }: typeof server): string => {
    const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true })
    })
    const file = join(folder, 'curve.key_secret')
    writeFileSync(file, `metadata\ncurve\n    public-key = "${publicKey}"\n    secret-key = "${secretKey}"\n`)
    return code.replace('curve.key_secret"', `${file}"`).replace("curve.key_secret'", `${file}'`)
  }

  test('a server is known by its key', async () => {
    const security = { mechanism: 'curve', as: 'server', key: 'k' }
    const code = copyAsCode(settingsOf('server', ANY, { security, answer: { kind: 'echo' } }), language)
    const script = new Script(language, withPair(code, server))
    const asking = { security: { mechanism: 'curve', as: 'client', server: server.publicKey } }
    const session = await openSession('req', [`>${await script.endpoint()}`], asking)
    expectSame([(await session.ask(messages[1]!)).frames], [messages[1]!])
  })

  test('a client brings its pair, or makes one', async () => {
    const engine = new Engine({ keyring: { pair: () => server } })
    onTestFinished(() => engine.close())
    const guarded = { security: { mechanism: 'curve', as: 'server', key: 'k' }, answer: { kind: 'echo' } }
    const session = await engine.open(settingsOf('server', ANY, guarded))
    for (const key of ['k', undefined]) {
      const security = { mechanism: 'curve', as: 'client', server: server.publicKey, key }
      const code = copyAsCode(settingsOf('client', `>${boundTo(session)}`, { security }), language, messages[1])
      const script = new Script(language, withPair(code, client))
      expectSame(await script.got(1), [messages[1]!])
    }
    const peers = session.timeline(0).filter(({ kind }) => kind === 'encrypted')
    expect(peers.map(({ detail }) => detail === client.publicKey)).toEqual([true, false])
  })
})

describe('copied as C++', () => {
  /** Why it cannot be compiled here, or undefined. */
  const lacking = (() => {
    const { status, error } = spawnSync('g++', ['-std=c++17', '-fsyntax-only', '-x', 'c++', '-'], {
      input: '#include <zmq_addon.hpp>',
    })
    if (error !== undefined) return 'g++ is not installed'
    return status === 0 ? undefined : 'the headers of cppzmq are not installed (apt install cppzmq-dev)'
  })()
  const roles: [RoleName, object][] = [
    ['server', {}],
    ['server', { answer: { kind: 'text', text: 'x??/' } }],
    ['client', {}],
    ['client', { strict: true }],
    ['publisher', {}],
    ['subscriber', { topics: ['a', ''] }],
    ['ventilator', {}],
    ['worker', { forward: [{ method: 'connect', address: 'tcp://127.0.0.1:5558' }], delay: 5 }],
    ['sink', {}],
    ['server', { security: { mechanism: 'curve', as: 'server', key: 'k' } }],
    ['client', { security: { mechanism: 'curve', as: 'client', server: '0'.repeat(40) } }],
  ]
  test.for(roles)('%s %j compiles', ([role, more], { skip }: TestContext) => {
    if (lacking !== undefined) skip(lacking)
    const code = copyAsCode(settingsOf(role, ANY, more), 'cpp', messages.flat())
    // The compiler reads it from standard input; nothing is linked.
    execFileSync('g++', ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', '-x', 'c++', '-'], {
      input: code,
      stdio: ['pipe', 'inherit', 'inherit'],
    })
    expect(code).toContain('int main()')
  })
})
