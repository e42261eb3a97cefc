import { createInterface } from 'node:readline/promises'
import { InvalidArgumentError, Option, type Command } from 'commander'
import * as v from 'valibot'
import {
  Fault,
  MAX_SPEED,
  MIN_SPEED,
  ReplaySettingsSchema,
  usualDirection,
  usualRole,
  type ReplayInfo,
  type ReplayRole,
} from '../../contract/index.js'
import { parseEndpoint } from '../../engine/endpoint.js'
import { RecordingFile } from '../../recording/file.js'
import { sessionsOf, type Recorded } from '../../recording/opened.js'
import { Plan } from '../../recording/plan.js'
import { Replay } from '../../recording/replay.js'
import { chooseSession } from '../choose-session.js'
import { addCommonOptions, collect, readEndpoint, type CommonOptions } from '../options.js'
import { run, type Run } from '../run.js'

/** The names of `--as`, in ZeroMQ's words. */
const roles: Readonly<Record<string, ReplayRole>> = {
  pub: 'publisher',
  push: 'ventilator',
  req: 'client',
  rep: 'server',
}

interface ReplayOptions extends CommonOptions {
  readonly as?: string
  readonly session?: string
  readonly speed?: number
  readonly fast?: true
  readonly loop?: true
  readonly topic?: string[]
  readonly rename?: string[]
  readonly from?: string
  readonly to?: string
  readonly wait?: true
  readonly yes?: true
}

export function addReplay(program: Command): void {
  const command = program
    .command('replay')
    .description('play a recording (MCAP) to the wire, at the pace at which it was recorded')
    .argument('<file>', 'what --record or the app made, or any other MCAP file')
    .argument('<endpoint>', 'where to; bound or connected as the role does, unless told otherwise')
    .addOption(
      new Option(
        '--as <role>',
        'pub sends, push hands out, req asks the recorded questions, rep answers as then',
      ).choices(Object.keys(roles)),
    )
    .option('--session <name>', 'which session, where there are several')
    .option('--speed <x>', `times the original pace, ${MIN_SPEED} to ${MAX_SPEED}`, speed)
    .option('--fast', 'as fast as it goes')
    .option('--loop', 'over and over')
    .option('--topic <topic>', 'only messages whose first frame begins so; may be given again', collect)
    .option('--rename <old=new>', 'topics that begin with old begin with new; may be given again', collect)
    .option('--from <time>', 'begin there: seconds from its beginning, or a date and time')
    .option('--to <time>', 'end before that')
    .option('--wait', 'begin when somebody is connected, and has subscribed')
    .option('--yes', 'do not ask before others than this machine can hear it')
  addCommonOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  socketeer replay flight.mcap tcp://127.0.0.1:5000 --wait\n  socketeer replay flight.mcap tcp://127.0.0.1:5000 --speed 10 --topic vehicle/ --from 60 --to 90 --loop\n  socketeer replay talk.mcap tcp://127.0.0.1:5555 --as req',
    )
    .action(replay)
}

function speed(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN
  if (value >= MIN_SPEED && value <= MAX_SPEED) return value
  throw new InvalidArgumentError(`It is not a number from ${MIN_SPEED} to ${MAX_SPEED}; --fast has no pace at all.`)
}

async function replay(path: string, text: string, options: ReplayOptions): Promise<void> {
  const file = await RecordingFile.open(path)
  try {
    const sessions = sessionsOf(file)
    const chosen = chooseSession(sessions, options.session)
    const recorded = chosen.settings.role
    const role = options.as === undefined ? usualRole(recorded) : roles[options.as]!
    const endpoint = readEndpoint(text, role, options)
    if (!parseEndpoint(endpoint.address, endpoint.method).loopback && !options.yes) await ask(endpoint.address)
    const settings = v.parse(ReplaySettingsSchema, {
      role,
      endpoint,
      direction: usualDirection(recorded),
      prefixes: options.topic ?? [],
      renames: (options.rename ?? []).map(rename),
      ...times(options, chosen),
      speed: options.fast ? 0 : (options.speed ?? 1),
      loop: options.loop ?? false,
    })
    const plan = new Plan(chosen.journal, settings)
    await run({ role, endpoints: [endpoint] }, options, async (current) => {
      if (options.wait) await somebody(current)
      if (current.stopped) return
      await play(current, (changed) => new Replay('1', chosen.label, plan, settings, current.session, changed))
    })
  } finally {
    file.close()
  }
}

/** Plays until it is over or the command is to stop, and says what became of it. */
async function play(current: Run, make: (changed: () => void) => Replay): Promise<void> {
  let over = () => {}
  const ended = new Promise<void>((resolve) => (over = resolve))
  const playing = make(() => {
    if (playing.over) over()
  })
  playing.start()
  await current.orStopped(ended)
  playing.stop()
  if (!current.stopped) await current.orStopped(current.session.drained())
  const info = playing.info()
  if (info.fault !== undefined) throw Fault.from(info.fault)
  current.say(summary(info))
  if (info.settings.role === 'client' && info.different + info.unanswered > 0)
    throw new Fault(
      'DIFFERENT',
      `${info.different} of ${info.sent} answers were others than then, and ${info.unanswered} did not come.`,
      { different: info.different, unanswered: info.unanswered },
    )
}

function summary({ settings, sent, same, different, unanswered, late }: ReplayInfo): string {
  switch (settings.role) {
    case 'client':
      return `asked ${sent}: ${same} answered as then, ${different} otherwise, ${unanswered} not at all`
    case 'server':
      return `answered ${sent} as then; ${different} questions were not asked then`
    default:
      return `replayed ${sent} ${sent === 1 ? 'message' : 'messages'}${late.max > 0 ? `, ${late.p99.toFixed(2)} ms off at most for 99 of 100` : ''}`
  }
}

function rename(text: string): { from: string; to: string } {
  const at = text.indexOf('=')
  if (at < 0) throw new Fault('BAD_USAGE', `--rename takes old=new, and ${JSON.stringify(text)} has no = in it.`)
  return { from: text.slice(0, at), to: text.slice(at + 1) }
}

function times({ from, to }: ReplayOptions, { recorded }: Recorded): { from?: number; to?: number } {
  const time = (text: string, option: string): number => {
    if (/^\d+(\.\d+)?$/.test(text)) return recorded.from + Number(text) * 1000
    const date = Date.parse(text)
    if (!Number.isNaN(date)) return date
    throw new Fault(
      'BAD_USAGE',
      `${option} takes seconds such as 12.5, or a time such as 2026-01-31T12:00:00, and ${JSON.stringify(text)} is neither.`,
    )
  }
  return {
    ...(from === undefined ? {} : { from: time(from, '--from') }),
    ...(to === undefined ? {} : { to: time(to, '--to') }),
  }
}

/** Others than this machine may hear what is replayed, and act on it. */
async function ask(address: string): Promise<void> {
  const why = `${address} is not this machine alone: whoever is there takes what was recorded for what happens now`
  if (!process.stdin.isTTY) throw new Fault('BAD_USAGE', `${why}. Say --yes if that is meant.`)
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await lines.question(`${why}. Go on? [y/N] `)
  lines.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw new Fault('BAD_USAGE', 'Nothing was sent.')
}

async function somebody(current: Run): Promise<void> {
  const there = () => {
    const { links, status } = current.session.info()
    return links.some(({ peers }) => peers > 0) && (status.role !== 'publisher' || status.subscriptions.length > 0)
  }
  if (!there()) current.say('waiting until somebody is there')
  await current.until(there)
}
