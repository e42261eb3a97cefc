import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { until } from '../helpers/until.js'

const folder = fileURLToPath(new URL('../interop/peers/', import.meta.url))
const DEADLINE = 30_000

/** What a peer says: see test/interop/peers/common.py. */
type Said = Readonly<Record<string, unknown>>

/** A pyzmq script of test/interop/peers, spoken to in lines of JSON. */
export class PythonPeer {
  readonly said: Said[] = []
  readonly #script: string
  readonly #child: ChildProcessWithoutNullStreams
  readonly #ended: Promise<void>
  #errors = ''

  constructor(python: string, script: string, args: readonly string[]) {
    this.#script = script
    this.#child = spawn(python, [`${folder}${script}.py`, ...args])
    this.#ended = new Promise((resolve) =>
      this.#child.once('close', () => {
        resolve()
      }),
    )
    this.#child.on('error', (error) => (this.#errors += error.message))
    this.#child.stdin.on('error', () => undefined)
    this.#child.stderr.on('data', (data: Buffer) => (this.#errors += data.toString()))
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.said.push(JSON.parse(line) as Said))
  }

  /** Its address, once it is there. */
  async ready(): Promise<string> {
    return String((await this.#says((said) => 'ready' in said, 'to be ready'))['ready'])
  }
  send(...frames: (string | Uint8Array)[]): void {
    const encoded = frames.map((frame) => Buffer.from(frame).toString('base64'))
    this.#child.stdin.write(`${JSON.stringify({ send: encoded })}\n`)
  }
  /** The message whose frames, read as text, are these. */
  async got(...frames: string[]): Promise<void> {
    const wanted = JSON.stringify(frames.map((frame) => Buffer.from(frame).toString('base64')))
    await this.#says(({ got }) => JSON.stringify(got) === wanted, `to get ${frames.join(' | ')}`)
  }
  /** Somebody subscribed to this topic (a publisher says so). */
  async subscribed(topic: string): Promise<void> {
    const wanted = Buffer.from(topic).toString('base64')
    await this.#says(({ subscribed }) => subscribed === wanted, `to be subscribed to “${topic}”`)
  }
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  async #says(test: (said: Said) => boolean, what: string): Promise<Said> {
    try {
      return await until(() => this.said.find(test), { deadline: DEADLINE, what: `${this.#script} ${what}` })
    } catch (error) {
      throw new Error(`it said ${JSON.stringify(this.said)}\n${this.#errors}`, { cause: error })
    }
  }
}
