import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Milliseconds that a part may take for one command; the longest measures for a few seconds. */
const PATIENCE = 60_000

/** Commands by name. What they take and give crosses as JSON. */
export type Commands = Readonly<Record<string, (args: never) => unknown>>

/**
 * One side of a measurement in a process of its own, so that its CPU time is its alone. It is told one command a line on standard input, answers each with
 * one line, and ends when its input does: whatever happens to the benchmark, no part outlives it.
 */
export class Part {
  readonly #child: ChildProcess
  readonly #exit: Promise<string>
  readonly #answers: ((line: string) => void)[] = []

  private constructor(command: string, args: readonly string[]) {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child = child
    child.stdin.on('error', () => undefined) // it has ended; `exit` tells
    createInterface({ input: child.stdout }).on('line', (line) => this.#answers.shift()?.(line))
    this.#exit = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(`it ended (${signal ?? String(code)})`))
    })
  }

  /** A part of this program: see parts/index.ts. Node's own options go with it, so `node --cpu-prof out/bench/bench.js` profiles every part. */
  static node(name: string): Part {
    return new Part(process.execPath, [...process.execArgv, process.argv[1] ?? '', '--part', name])
  }

  static python(python: string, script: string): Part {
    return new Part(python, ['-u', script])
  }

  static program(file: string): Part {
    return new Part(file, [])
  }

  /** Throws when the part fails, ends or takes more than a minute. */
  async tell<T>(name: string, args: object = {}): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const answer = new Promise<string>((resolve) => this.#answers.push(resolve))
    this.#child.stdin?.write(JSON.stringify({ do: name, ...args }) + '\n')
    const failed = this.#exit.then((how) => Promise.reject(new Error(`The part did not do “${name}”: ${how}.`)))
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`The part did not do “${name}” in ${PATIENCE} ms.`)), PATIENCE)
    })
    try {
      return JSON.parse(await Promise.race([answer, failed, late])) as T
    } finally {
      clearTimeout(timer)
    }
  }

  async end(): Promise<void> {
    this.#child.stdin?.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5000)
    await this.#exit
    clearTimeout(timer)
  }
}

/** The other side of `Part`: does what standard input says, one line at a time, until it ends. */
export async function obey(commands: Commands): Promise<never> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { do: name, ...args } = JSON.parse(line) as { do: string }
    const result = await commands[name]?.(args as never)
    process.stdout.write(JSON.stringify(result ?? {}) + '\n')
  }
  process.exit()
}
