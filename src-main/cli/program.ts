import { Command, CommanderError } from 'commander'
import { addCompare } from './commands/compare.js'
import { addPub } from './commands/pub.js'
import { addPull } from './commands/pull.js'
import { addPush } from './commands/push.js'
import { addRep } from './commands/rep.js'
import { addReplay } from './commands/replay.js'
import { addReq } from './commands/req.js'
import { addSub } from './commands/sub.js'
import { addWork } from './commands/work.js'
import { exitCodeOf } from './options.js'

const about = `
Messages go to standard output, one a line; everything else goes to standard error.

ENDPOINT is tcp://HOST:PORT, ipc://PATH or inproc://NAME; * is any port or every interface, when binding. @ in front binds, > connects.
In a message, frames stand apart by tabs. A frame that has control characters, is not UTF-8 or begins with $' is printed as
shells write it: $'two\\nlines', $'\\xff'. With --frames, push, pub and req read the same notation from standard input.
With --json, a message is {"seq":1,"time":"2026-01-01T00:00:00.000000Z","direction":"in","frames":[{"text":"…"},{"base64":"…"}]}; only
"frames" matters on standard input.

Exit status: 0 when done or interrupted, 1 when something failed, 2 for wrong usage.`

function createProgram(served: (options: string[]) => Promise<void>): Command {
  const program = new Command('socketeer')
    .description('Talk to, listen to and watch the programs that speak ZeroMQ.')
    .version(SOCKETEER_VERSION)
    .showHelpAfterError('(--help says what can be written)')
    .exitOverride()
    .addHelpText('after', about)
  for (const add of [addRep, addReq, addPub, addSub, addPush, addPull, addWork, addReplay, addCompare]) add(program)
  program
    .command('serve')
    .description('serve the app to a browser, on this machine only (serve --help)')
    .allowUnknownOption()
    .helpOption(false)
    .argument('[options...]')
    .action(served)
  return program
}

/**
 * Runs one command and gives its exit code; nothing worth waiting for is left to be sent then. Throws nothing that a person can cause.
 * @param serve what the command of that name does with its options
 */
export async function runCommand(args: string[], serve: (options: string[]) => Promise<number>): Promise<number> {
  let exitCode = 0
  const program = createProgram(async (options) => {
    exitCode = await serve(options)
  })
  try {
    if (args.length === 0) program.help({ error: true })
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has printed its own: help and version end with 0, wrong usage with 1, which is 2 here.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`)
    return exitCodeOf(error)
  }
}
