import { messagesFrom, messagesOf, type InputStyle } from './input.js'
import { asUsage } from './options.js'
import type { Run } from './run.js'

/** Messages read ahead of the network: standard input is read no faster than they go. */
const AHEAD = 1000

/** The messages of one command: its TEXTs, checked before anything is opened, or else standard input. */
export interface Messages {
  /** Undefined: standard input. */
  readonly given: readonly Uint8Array[][] | undefined
  readonly style: InputStyle
}

/** Throws Fault `BAD_USAGE` when a TEXT does not fit the format. */
export function readTexts(texts: readonly string[], style: InputStyle): Messages {
  return { given: texts.length === 0 ? undefined : asUsage(() => messagesOf(texts, style)), style }
}

/** Standard input, as messages, until it ends, a line is `q`, or the command is to stop. */
export async function* typed(run: Run, style: InputStyle): AsyncGenerator<Uint8Array[]> {
  const { stdin } = process
  if (stdin.isTTY) run.say('type one message a line; a line that is just q ends')
  const end = () => stdin.destroy()
  run.signal.addEventListener('abort', end)
  try {
    if (!run.stopped) yield* messagesFrom(stdin, style)
  } catch (error) {
    // Reading was cut short because the command is to stop.
    if (!run.stopped) throw error
  } finally {
    run.signal.removeEventListener('abort', end)
  }
}

/** All messages of a command, the TEXTs over and over if `repeat`. */
export async function* messages(run: Run, { given, style }: Messages, repeat: boolean): AsyncGenerator<Uint8Array[]> {
  if (given === undefined) yield* typed(run, style)
  else
    do for (const message of given) yield message
    while (repeat)
}

/** Queues one message and waits while too many are on their way. */
export async function sendPaced(run: Run, frames: Uint8Array[]): Promise<void> {
  await run.session.send(frames)
  await run.orStopped(run.session.drained(AHEAD))
}
