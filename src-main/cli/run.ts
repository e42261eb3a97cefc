import * as v from 'valibot'
import { Fault, SessionSettingsSchema, type LinkEvent, type SessionSettingsInput } from '../contract/index.js'
import { Engine } from '../engine/engine.js'
import type { Session } from '../engine/session.js'
import { newsOf } from './news.js'
import type { CommonOptions } from './options.js'
import { Output } from './output.js'
import { recordInto, type Tape } from './tape.js'

/** Bytes of messages held in memory: a command hands them on at once, so it needs little. */
const JOURNAL_BYTES = 64 * 1024 * 1024
/** Milliseconds for all sockets to close, with what they still send, once a command ends early; the engine itself gives them a little less. */
const CLOSE_DEADLINE = 1700

/** Why a command ends before its work is done: a signal, nobody reading its output any more, or a fault. */
type Stop = 'signal' | 'pipe' | Fault

/** One command at work: a session, where its messages go, and whether it is to stop. */
export class Run {
  readonly session: Session
  readonly output: Output
  readonly options: CommonOptions
  readonly #controller: AbortController
  /** Those who wait for something, to be let go when the command is to stop. */
  readonly #leavers = new Set<() => void>()

  constructor(session: Session, output: Output, options: CommonOptions, controller: AbortController) {
    this.session = session
    this.output = output
    this.options = options
    this.#controller = controller
    controller.signal.addEventListener('abort', () => {
      for (const leave of [...this.#leavers]) leave()
    })
  }

  /** Aborted when the command is to stop. Work then returns at the next chance. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get stopped(): boolean {
    return this.#controller.signal.aborted
  }

  stop(why: Stop): void {
    this.#controller.abort(why)
  }

  /** Waits for `promise`, or until the command is to stop: then undefined. */
  orStopped<T>(promise: Promise<T>): Promise<T | undefined> {
    // Not Promise.race: with one promise that stays open as long as the command runs, each race would leave a little behind in it.
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#leavers.delete(leave)
        resolve(undefined)
      }
      this.#leavers.add(leave)
      promise.then(
        (value) => {
          this.#leavers.delete(leave)
          resolve(value)
        },
        // What is waited for may fail after the command was stopped: closing a session, say, ends a send. Nobody hears of that.
        (error: Error) => {
          this.#leavers.delete(leave)
          reject(error)
        },
      )
      if (this.stopped) leave()
    })
  }

  /** Waits until `condition` holds, looking whenever the session changes; false when the command is to stop first. */
  async until(condition: () => boolean): Promise<boolean> {
    let undo = () => {}
    const met = new Promise<true>((resolve) => {
      const look = () => {
        if (condition()) resolve(true)
      }
      undo = this.session.onChange(look)
      look()
    })
    try {
      return (await this.orStopped(met)) ?? false
    } finally {
      undo()
    }
  }

  async pause(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    await this.orStopped(new Promise((resolve) => (timer = setTimeout(resolve, milliseconds))))
    clearTimeout(timer)
  }

  /** One plain line for a person, unless they asked for none. */
  say(line: string): void {
    if (!this.options.quiet) process.stderr.write(`${line}\n`)
  }
}

/**
 * Opens a session, lets `work` use it, and closes it: sending what linger allows when the work is done, what goes out within a second or so when it was stopped.
 * Signals and a broken pipe stop it and are no failure. Throws the Fault that ended it.
 */
export async function run(
  input: SessionSettingsInput,
  options: CommonOptions,
  work: (run: Run) => Promise<void>,
): Promise<void> {
  const settings = v.parse(SessionSettingsSchema, input)
  const controller = new AbortController()
  const stop = (why: Stop) => controller.abort(why)
  const output = new Output(
    process.stdout,
    () => stop('pipe'),
    (error) => stop(new Fault('OUTPUT', `Standard output cannot be written: ${error.message}.`)),
  )
  onSignals(() => stop('signal'))
  const engine = new Engine({ journalBytes: JOURNAL_BYTES })
  let tape: Tape | undefined
  try {
    if (options.record !== undefined) tape = await recordInto(options.record, engine, stop)
    const session = await engine.open(settings)
    if (session.state.kind === 'failed') throw Fault.from(session.state.fault)
    const current = new Run(session, output, options, controller)
    followLinks(current)
    await work(current)
    if (!current.stopped) await current.orStopped(session.close())
    await output.finished()
    await tape?.end((line) => current.say(line))
    const reason: unknown = controller.signal.reason
    if (reason instanceof Fault) throw reason
  } finally {
    await tape?.end(() => undefined).catch(() => undefined)
    // A stopped PUSH whose peer takes nothing would close for ever.
    await Promise.race([engine.close(), new Promise((resolve) => setTimeout(resolve, CLOSE_DEADLINE))])
  }
}

/** Tells the links' news, from the first on, and stops the command when its session breaks. */
function followLinks(current: Run): void {
  const { session } = current
  const tell = (event: LinkEvent) => {
    const link = session.info().links.find(({ address }) => address === event.address)
    if (event.kind === 'resolve-failed') {
      const { fault } = link ?? {}
      current.stop(
        fault === undefined ? new Fault('UNKNOWN_HOST', `${event.address} cannot be found.`) : Fault.from(fault),
      )
      return
    }
    const line = newsOf(event, link)
    if (line !== undefined) current.say(line)
  }
  for (const event of session.timeline(0)) tell(event)
  session.onLink(tell)
  session.onChange(() => {
    if (session.state.kind === 'failed') current.stop(Fault.from(session.state.fault))
  })
}

/** They stay for good: npx passes Ctrl-C on a second time, which must not end us half way. */
function onSignals(stop: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
}
