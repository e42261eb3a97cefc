import type { Command } from 'commander'
import {
  addCommonOptions,
  collect,
  driverOf,
  messageCount,
  readEndpoint,
  receiveOption,
  type CommonOptions,
  type ReceiveOptions,
} from '../options.js'
import { printReceived } from '../receive.js'
import { run } from '../run.js'

interface SubOptions extends CommonOptions, ReceiveOptions {
  readonly topic?: string[]
  readonly count?: number
}

export function addSub(program: Command): void {
  const command = program
    .command('sub')
    .description('listen to publishers (SUB), and print what they broadcast')
    .argument('<endpoint...>', 'whom to listen to; connected unless told otherwise')
    .option(
      '--topic <topic>',
      'only messages whose first frame begins so; may be given again (default: everything)',
      collect,
    )
    .option('--count <n>', 'end after n messages', messageCount)
    .addOption(receiveOption())
  addCommonOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  socketeer sub tcp://127.0.0.1:5000 --topic weather\n  socketeer sub tcp://10.0.0.7:5000 tcp://10.0.0.8:5000 --json > flight.jsonl',
    )
    .action(sub)
}

async function sub(endpoints: string[], options: SubOptions): Promise<void> {
  await run(
    {
      role: 'subscriber',
      endpoints: endpoints.map((text) => readEndpoint(text, 'subscriber', options)),
      topics: options.topic ?? [''],
      driver: driverOf(options),
    },
    options,
    (current) => printReceived(current, options.count),
  )
}
