import type { Command } from 'commander'
import { addCommonOptions, messageCount, milliseconds, readEndpoint, type CommonOptions } from '../options.js'
import { framesOf, Printer, rows, stopTaking } from '../receive.js'
import { run, type Run } from '../run.js'

interface WorkOptions extends CommonOptions {
  readonly delay: number
  readonly count?: number
}

export function addWork(program: Command): void {
  const command = program
    .command('work')
    .description('take tasks (PULL), pass each on when done (PUSH), and print them')
    .argument('<from>', 'where tasks come from; connected unless told otherwise')
    .argument('<to>', 'where results go; connected unless told otherwise')
    .option('--delay <ms>', 'how long each task takes', milliseconds(0), 0)
    .option('--count <n>', 'end after n tasks', messageCount)
  addCommonOptions(command)
    .addHelpText('after', '\nExample:\n  socketeer work tcp://127.0.0.1:5557 tcp://127.0.0.1:5558 --delay 100')
    .action(work)
}

async function work(from: string, to: string, options: WorkOptions): Promise<void> {
  const settings = {
    role: 'worker' as const,
    endpoints: [readEndpoint(from, 'worker', options)],
    forward: [readEndpoint(to, 'worker', options)],
    delay: options.delay,
    // Tasks fetched ahead of a slow worker, or of one that is about to end, are kept from the others.
    options: {
      linger: -1,
      ...(options.count === undefined ? {} : { receiveHighWaterMark: Math.min(options.count, 1000) }),
    },
  }
  await run(settings, options, (current) => passOn(current, options.count ?? Infinity))
}

async function passOn(current: Run, count: number): Promise<void> {
  const printer = new Printer(current)
  let passed = 0
  stopTaking(current, 2 * count - 1) // a worker takes one task at a time, so that tasks and results alternate
  for await (const row of rows(current, printer.lose)) {
    if (row.direction === 'in') await printer.print({ time: row.time, frames: framesOf(row) })
    else if (++passed === count) break
  }
  await current.orStopped(current.session.drained())
  printer.end()
}
