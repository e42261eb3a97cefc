import type { Command } from 'commander'
import {
  addCommonOptions,
  driverOf,
  messageCount,
  readEndpoint,
  receiveOption,
  type CommonOptions,
  type ReceiveOptions,
} from '../options.js'
import { printReceived } from '../receive.js'
import { run } from '../run.js'

interface PullOptions extends CommonOptions, ReceiveOptions {
  readonly count?: number
}

/** libzmq's own default. */
const HIGH_WATER_MARK = 1000

export function addPull(program: Command): void {
  const command = program
    .command('pull')
    .description('collect what is pushed (PULL), and print it')
    .argument('<endpoint>', 'where to collect; bound unless told otherwise')
    .option('--count <n>', 'end after n messages', messageCount)
    .addOption(receiveOption())
  addCommonOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  socketeer pull tcp://127.0.0.1:5558 > results.txt\n  socketeer pull tcp://127.0.0.1:5558 --json | socketeer push tcp://127.0.0.1:5559 --json',
    )
    .action(pull)
}

async function pull(endpoint: string, options: PullOptions): Promise<void> {
  const settings = {
    role: 'sink' as const,
    endpoints: [readEndpoint(endpoint, 'sink', options)],
    driver: driverOf(options),
    // What libzmq fetches ahead is lost to others when the command ends, so a short command fetches little.
    options: { receiveHighWaterMark: Math.min(options.count ?? HIGH_WATER_MARK, HIGH_WATER_MARK) },
  }
  await run(settings, options, (current) => printReceived(current, options.count))
}
