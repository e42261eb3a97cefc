import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../../build/scripts/root.mjs'

const python = process.env['SOCKETEER_PYTHON'] ?? 'python3'

/** A pyzmq program (`peer.py`) that can be killed, frozen and started again. */
export class Program {
  readonly #args: () => string[]
  #child: ChildProcess | undefined
  /** How often it was started. */
  starts = 0

  /** @param args asked at every start */
  constructor(args: () => string[]) {
    this.#args = args
  }
  start(): void {
    this.starts++
    this.#child = spawn(python, [join(root, 'test/soak/peer.py'), ...this.#args()], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    this.#child.stdin!.on('error', () => undefined)
  }
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  freeze(on: boolean): void {
    this.#child?.kill(on ? 'SIGSTOP' : 'SIGCONT')
  }
}
