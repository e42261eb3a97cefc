import type { Command } from 'commander'
import { Fault } from '../../contract/index.js'
import { addCommonOptions, readEndpoint, type CommonOptions } from '../options.js'
import { run, type Run } from '../run.js'
import { messages, readTexts, sendPaced, type Messages } from '../send.js'

interface PushOptions extends CommonOptions {
  readonly frames?: true
}

/**
 * Messages that libzmq may hold for a peer. What it holds when the command is interrupted, nobody can count: so it holds few. Fewer still would cost
 * speed: 10 take 6 µs a message, 1 takes 24.
 */
const HIGH_WATER_MARK = 10
/** Milliseconds that an interrupted push has to hand over what it has. */
const LAST_CHANCE = 300

export function addPush(program: Command): void {
  const command = program
    .command('push')
    .description('hand tasks out (PUSH), each to one of those who pull')
    .argument('<endpoint>', 'where to hand out; bound unless told otherwise')
    .argument('[text...]', 'the tasks; without any, the lines of standard input')
    .option('--frames', 'the TEXTs are the frames of one message; on standard input, frames stand apart by tabs')
  addCommonOptions(command)
    .addHelpText(
      'after',
      '\nIt ends when all is handed over. Interrupted before, it says how many were not, and exits with 1.\n' +
        '\nExamples:\n  seq 1000 | socketeer push tcp://127.0.0.1:5557\n  socketeer push --connect tcp://10.0.0.7:5558 done',
    )
    .action(push)
}

async function push(endpoint: string, texts: string[], options: PushOptions): Promise<void> {
  const tasks = readTexts(texts, {
    format: options.format,
    json: options.json ?? false,
    frames: options.frames ?? false,
  })
  const settings = {
    role: 'ventilator' as const,
    endpoints: [readEndpoint(endpoint, 'ventilator', options)],
    // Linger −1: closing waits until the network has taken the last one, however long that is.
    options: { sendHighWaterMark: HIGH_WATER_MARK, linger: -1 },
  }
  await run(settings, options, (current) => handOut(current, tasks))
}

async function handOut(current: Run, tasks: Messages): Promise<void> {
  const { session } = current
  let sent = 0
  for await (const frames of messages(current, tasks, false)) {
    if (current.stopped) break
    await sendPaced(current, frames)
    sent++
  }
  await current.orStopped(session.drained())
  // Waiting for the last few, which libzmq holds, is part of the work: it can be interrupted too.
  if (!current.stopped) await current.orStopped(session.close())
  if (!current.stopped) return
  await Promise.race([
    session.drained().catch(() => undefined),
    new Promise((resolve) => setTimeout(resolve, LAST_CHANCE)),
  ])
  const left = session.numbers().queued
  const given = Math.max(sent, tasks.given?.length ?? 0)
  const unsent = left + given - sent
  if (unsent > 0)
    throw new Fault(
      'NOT_HANDED_OVER',
      `${unsent} of ${given} messages ${unsent === 1 ? 'was' : 'were'} not handed over.`,
      { unsent, given },
    )
  if (session.state.kind === 'closing')
    throw new Fault(
      'NOT_HANDED_OVER',
      `Up to ${Math.min(HIGH_WATER_MARK, sent)} of ${sent} messages were perhaps not handed over: the peer did not take them in time.`,
      { sent },
    )
}
