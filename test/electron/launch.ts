import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Fault,
  type ArgumentsOf,
  type DownFrame,
  type RequestName,
  type ResultOf,
} from '../../src-main/contract/index.js'
import { until } from '../helpers/until.js'
import { compiledStandIn } from './compile.js'
import type { Outside } from './outside.js'
import type { ScreenCommand } from './screen.js'
import type { Told } from './tell.js'

const root = join(import.meta.dirname, '../..')
export const bundle = join(root, 'out/main/main.js')
export const preload = join(root, 'out/preload/preload.cjs')

/** Milliseconds that a start may take on a busy machine. */
const START = 30_000

type Reply = { id: number; value?: unknown; error?: string } | { told: Told } | { screen: ScreenCommand }

export interface StartOptions {
  /** Another app's, to be a second one; a new folder if left out. */
  userData?: string
  /** Another main bundle. */
  entry?: string
  env?: Record<string, string>
  /** As on the command line, behind the app's own folder. */
  args?: string[]
  /** Shows its windows; without one a page is its preload script alone. */
  screen?: { serve: (desktop: Desktop) => Promise<void>; command: (command: ScreenCommand) => void }
}

/** The built desktop app, run by plain Node with the stand-in as `electron`. */
export class Desktop {
  readonly told: Told[] = []
  /** Standard error, as it comes. */
  errors = ''
  /** Exit code, or the signal's name. */
  readonly ended: Promise<number | string>

  readonly #child: ChildProcess
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  #lastId = 0
  #lastCall = 0

  private constructor(
    standIn: string,
    readonly userData: string,
    entry: string,
    env: Record<string, string>,
    args: string[],
    screen: StartOptions['screen'],
  ) {
    if (!existsSync(entry)) throw new Error(`${entry} is not there: run npm run build first.`)
    this.#child = fork(join(import.meta.dirname, 'start.mjs'), [standIn, entry, ...args], {
      cwd: root,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...env, STAND_IN_USER_DATA: userData, SOCKETEER_PROFILE_DIR: join(userData, 'profile') },
    })
    this.#child.stderr?.on('data', (text: Buffer) => (this.errors += text.toString()))
    this.#child.on('message', (reply: Reply) => {
      if ('screen' in reply) screen?.command(reply.screen)
      else this.#receive(reply)
    })
    this.ended = once(this.#child, 'exit').then(([code, signal]) => (code as number | null) ?? (signal as string))
    void this.ended.then((code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the app ended with ${code}\n${this.errors}`))
    })
  }

  /** Started, not waited for. */
  static async start({ userData, entry = bundle, env = {}, args = [], screen }: StartOptions = {}): Promise<Desktop> {
    const folder = userData ?? (await mkdtemp(join(tmpdir(), 'socketeer-desktop-')))
    const shown = screen === undefined ? {} : { STAND_IN_SCREEN: 'chromium' }
    const desktop = new Desktop(await compiledStandIn(), folder, entry, { ...env, ...shown }, args, screen)
    await screen?.serve(desktop)
    return desktop
  }

  /** Started, with its window open and loaded. */
  static async open(options?: StartOptions): Promise<Desktop> {
    const desktop = await Desktop.start(options)
    try {
      await until(async () => (await desktop.do('windows'))[0]?.loaded === true, {
        what: 'the window to load',
        deadline: START,
      })
    } catch (error) {
      await desktop.remove()
      throw error
    }
    return desktop
  }

  /** Has the outside world do something: see outside.ts. */
  do<K extends keyof Outside>(act: K, ...values: Parameters<Outside[K]>): Promise<Awaited<ReturnType<Outside[K]>>> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      this.#child.send({ id, act, values }, (error) => error && reject(error))
    })
  }

  /** What reached the page that listens, by its document (1 is the first of the window). */
  frames(document?: number): DownFrame[] {
    return this.told.flatMap((told) =>
      told.kind === 'frame' && (document === undefined || told.document === document) ? [told.frame as DownFrame] : [],
    )
  }

  /** The page's script sets its listener and is greeted. */
  async listen(): Promise<void> {
    const [window] = await this.do('windows')
    await this.do('listen', 1)
    await until(() => this.frames(window?.documents).some(({ kind }) => kind === 'hello'), { what: 'hello' })
  }

  /** A call as the page makes it. */
  async call<K extends RequestName>(name: K, args: ArgumentsOf<K>): Promise<ResultOf<K>> {
    const id = ++this.#lastCall
    await this.do('send', 1, { kind: 'call', id, name, args })
    const answer = await until(
      () => this.frames().find((frame) => (frame.kind === 'done' || frame.kind === 'fail') && frame.id === id),
      { what: `the answer to ${name}` },
    )
    if (answer.kind === 'fail') throw Fault.from(answer.fault)
    return (answer as { value: ResultOf<K> }).value
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends it, whatever state it is in, and drops its user data. */
  async remove(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL')
    await this.ended
    await rm(this.userData, { recursive: true, force: true })
  }

  #receive(reply: Exclude<Reply, { screen: unknown }>): void {
    if ('told' in reply) {
      this.told.push(reply.told)
      return
    }
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if (reply.error === undefined) waiting?.resolve(reply.value)
    else waiting?.reject(new Error(reply.error))
  }
}
