import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'
import { beforeEach, expect } from 'vitest'
import { atEnd } from './ending.js'
import { until } from './until.js'

const folder = fileURLToPath(new URL('../interop/peers/', import.meta.url))

/** Milliseconds that anything between two processes may take on a busy machine. */
export const DEADLINE = 15_000

/** The same where it is tens of thousands of messages. */
export const LONG = 60_000

/** The one that the test runner found, or the system's own: `python3-zmq` is a Debian package, and other Pythons in PATH do not see it. */
export const python = process.env['SOCKETEER_PYTHON'] ?? (process.platform === 'linux' ? '/usr/bin/python3' : 'python3')

/** Skips the file's tests where there is no pyzmq, and says so. In CI a missing peer is a failure, so there they run, and fail. */
export function needPyzmq(): void {
  const missing =
    process.env['CI'] !== 'true' && spawnSync(python, ['-c', 'import zmq'], { timeout: DEADLINE }).status !== 0
  beforeEach(({ skip }) => {
    if (missing) skip('python3-zmq is not installed (apt install python3-zmq)')
  })
}

/** A child process that is talked to in lines. It is killed when the test that started it ends. */
export class LineProcess {
  /** Lines of standard output so far. */
  readonly out: string[] = []
  /** Lines of standard error so far. */
  readonly err: string[] = []
  readonly child: ChildProcess
  /** Exit code, or the signal's name. Settles once both outputs are read to their ends. */
  readonly exit: Promise<number | string>
  readonly #name: string
  #ended: number | string | undefined

  constructor(name: string, command: string, args: string[], env: NodeJS.ProcessEnv = process.env) {
    this.#name = name
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env })
    this.child = child
    createInterface({ input: child.stdout }).on('line', (line) => this.out.push(line))
    createInterface({ input: child.stderr }).on('line', (line) => this.err.push(line))
    // Writing to a peer that was killed is what some tests are about.
    child.stdin.on('error', () => undefined)
    this.exit = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => {
        this.#ended = code ?? signal ?? 'unknown'
        resolve(this.#ended)
      })
    })
    this.exit.catch(() => undefined)
    atEnd(async () => {
      child.kill('SIGKILL')
      await this.exit.catch(() => undefined)
    })
  }

  /** The first line of `from` on that `find` gives something for, once it is there. */
  async line<T>(
    find: (line: string) => T | undefined | false | null,
    from: 'out' | 'err' = 'out',
    deadline = DEADLINE,
  ): Promise<NonNullable<T>> {
    const search = () => {
      for (const line of this[from]) {
        const found = find(line)
        if (found !== undefined && found !== false && found !== null) return { found }
      }
      if (this.#ended !== undefined) return { found: undefined }
      return undefined
    }
    const { found } = await until(search, { deadline, what: `a line of ${this.#name}` }).catch((error: Error) => {
      error.message += this.told()
      throw error
    })
    if (found === undefined) throw new Error(`${this.#name} ended (${this.#ended}) before it said so${this.told()}`)
    return found
  }

  /** Exit code or signal's name, within the deadline. */
  async exited(deadline = DEADLINE): Promise<number | string> {
    return await until(() => (this.#ended === undefined ? undefined : { code: this.#ended }), {
      deadline,
      what: `${this.#name} to end`,
    }).then(
      ({ code }) => code,
      (error: Error) => {
        error.message += this.told()
        throw error
      },
    )
  }

  write(text: string | Uint8Array): void {
    this.child.stdin!.write(text)
  }

  endInput(): void {
    this.child.stdin!.end()
  }

  /** Ends it and waits until it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | string> {
    this.child.kill(signal)
    return await this.exited()
  }

  /** What it has said, for the message of a failing test. */
  told(): string {
    return `\n--- ${this.#name} said\n${this.out.slice(-20).join('\n')}\n--- and on standard error\n${this.err.slice(-20).join('\n')}`
  }
}

export type PeerKind = 'rep' | 'req' | 'pub' | 'sub' | 'push' | 'pull' | 'worker'

/** One of the scripts in test/interop/peers. */
export class PythonPeer extends LineProcess {
  private constructor(kind: PeerKind, args: string[]) {
    super(`${kind}.py`, python, ['-u', `${folder}${kind}.py`, ...args])
  }

  /** Starts a script and waits until its socket is there. */
  static async start(kind: PeerKind, ...args: string[]): Promise<PythonPeer> {
    const peer = new PythonPeer(kind, args)
    await peer.endpoint()
    return peer
  }

  /** The last endpoint, as bound. */
  async endpoint(): Promise<string> {
    return await this.line((line) => said(line, 'ready') as string | undefined)
  }

  /** Resolves once it has seen a connection end; it must have been started with `--losses`. */
  async lost(): Promise<void> {
    await this.line((line) => said(line, 'lost') !== undefined)
  }

  send(frames: Uint8Array[]): void {
    this.write(JSON.stringify({ send: frames.map((frame) => Buffer.from(frame).toString('base64')) }) + '\n')
  }

  /** Messages got so far. */
  got(): Uint8Array[][] {
    return this.out.flatMap((line) => {
      const frames = said(line, 'got') as string[] | undefined
      return frames === undefined ? [] : [frames.map((frame) => new Uint8Array(Buffer.from(frame, 'base64')))]
    })
  }

  /** Topics subscribed to so far, with repetitions. */
  subscribed(): string[] {
    return this.out.flatMap((line) => {
      const topic = said(line, 'subscribed') as string | undefined
      return topic === undefined ? [] : [Buffer.from(topic, 'base64').toString()]
    })
  }
}

function said(line: string, name: string): unknown {
  return (JSON.parse(line) as Record<string, unknown>)[name]
}

/** Ports below those that a system gives to whoever asks for any: 20000 to 29999, shared out among the processes of tests. */
const FIRST = 20_000
const EACH = 50
const SHARES = 200
const share = FIRST + (process.pid % SHARES) * EACH
let next = 0

/**
 * A TCP port that was free a moment ago, and that nobody comes upon by chance; never one twice. For the tests in which the connecting side comes first or
 * the binding side comes back. Everything else binds to `*` and asks.
 */
export async function freePort(): Promise<number> {
  while (next < EACH) {
    const port = share + next++
    if (await isFree(port)) return port
  }
  throw new Error(`none of the ports from ${share} to ${share + EACH - 1} is free and has not been given out`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** Bytes compare as Buffers: element by element, vitest takes seconds over a megabyte. */
export function expectSame(got: Uint8Array[][], wanted: Uint8Array[][]): void {
  const readable = (messages: Uint8Array[][]) =>
    messages.map((frames) => frames.map((frame) => Buffer.from(frame).toString('latin1')))
  expect(readable(got)).toEqual(readable(wanted))
}
