import type { Command } from 'commander'
import type { PageRow } from '../../contract/index.js'
import { encode } from '../../payload/index.js'
import { addCommonOptions, asUsage, messageCount, readEndpoint, type CommonOptions } from '../options.js'
import { framesOf, Printer, rows } from '../receive.js'
import { run, type Run } from '../run.js'

interface RepOptions extends CommonOptions {
  readonly reply?: string
  readonly echo?: true
  readonly count?: number
}

/** What a server says that was given nothing to say; every first ZeroMQ program has such a line. */
const DEFAULT_REPLY = 'server response!'

export function addRep(program: Command): void {
  const command = program
    .command('rep')
    .description('answer questions (REP), and print them')
    .argument('<endpoint>', 'where to listen; bound unless told otherwise')
    .option('--reply <text>', `the answer, in --format (default: "${DEFAULT_REPLY}")`)
    .option('--echo', 'answer with the question')
    .option('--count <n>', 'end after n answers', messageCount)
  addCommonOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  socketeer rep tcp://127.0.0.1:5555 --reply pong\n  socketeer rep tcp://127.0.0.1:5555 --echo --json | jq .frames',
    )
    .action(rep)
}

async function rep(endpoint: string, options: RepOptions, command: Command): Promise<void> {
  if (options.echo && options.reply !== undefined)
    command.error("error: option '--echo' cannot be used with option '--reply <text>'")
  const reply = asUsage(() =>
    options.reply === undefined ? encode(DEFAULT_REPLY, 'text') : encode(options.reply, options.format),
  )
  await run(
    {
      role: 'server',
      endpoints: [readEndpoint(endpoint, 'server', options)],
      // A fixed answer may be any bytes, so it is given here and not by the engine, whose rule holds text.
      answer: options.echo ? { kind: 'echo' } : { kind: 'hand' },
    },
    options,
    (current) => answerAll(current, options.echo ? undefined : reply, options.count ?? Infinity),
  )
}

/** Prints each question and sees to its answer. Ends when `count` questions are dealt with. */
async function answerAll(current: Run, reply: Uint8Array | undefined, count: number): Promise<void> {
  const { session } = current
  const printer = new Printer(current)
  let dealtWith = 0
  for await (const row of rows(current, printer.lose)) {
    if (row.direction !== 'in' || row.malformed) continue
    if (reply !== undefined)
      await session.send([reply], { answers: row.seq }).catch(() => current.say('a client left before it was answered'))
    await printer.print({ time: row.time, frames: framesOf(row) })
    await current.until(() => isSettled(session.row(row.seq)))
    if (++dealtWith === count) break
  }
  printer.end()
}

/** Answered, or not to be answered any more. */
function isSettled(row: PageRow | undefined): boolean {
  return row?.progress !== 'none'
}
