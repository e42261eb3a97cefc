import type { Command } from 'commander'
import { Fault, type Comparison, type ComparisonCounts as Counts, type TopicKey } from '../../contract/index.js'
import { compare, sidesOf } from '../../recording/compare.js'
import { RecordingFile } from '../../recording/file.js'
import { sessionsOf, type Recorded } from '../../recording/opened.js'
import { chooseSession } from '../choose-session.js'

/** Topics with differences that are printed. */
const MOST_LINES = 50

interface CompareOptions {
  readonly session?: string
  readonly json?: true
}

export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('compare two recordings, topic by topic, whatever their times')
    .argument('<first>', 'what --record or the app made, or any other MCAP file')
    .argument('<second>', 'likewise')
    .option('--session <name>', 'which session, where there are several')
    .option('--json', 'the whole report as JSON')
    .addHelpText(
      'after',
      '\nExit status: 0 when they are the same, 1 when they differ.\n\nExamples:\n  socketeer compare before.mcap after.mcap\n  socketeer compare before.mcap after.mcap --json',
    )
    .action(run)
}

async function run(first: string, second: string, options: CompareOptions): Promise<void> {
  const files: RecordingFile[] = []
  try {
    for (const path of [first, second]) files.push(await RecordingFile.open(path))
    const [a, b] = files.map((file) => chooseSession(sessionsOf(file), options.session)) as [Recorded, Recorded]
    const found = await compare(...sidesOf(sideOf(a), sideOf(b)))
    process.stdout.write(options.json ? `${JSON.stringify(found)}\n` : textOf(found))
    const count = found.changed + found.missing + found.extra
    if (count > 0)
      throw new Fault('DIFFERENT', `The recordings differ in ${count} ${count === 1 ? 'message' : 'messages'}.`, {
        count,
      })
  } finally {
    for (const file of files) file.close()
  }
}

const sideOf = ({ journal, settings }: Recorded) => ({ rows: journal, role: settings.role })

function textOf({ topics, topicCount, firstDifference, hurried, ...total }: Comparison): string {
  const lines = [`${figures(total)} in ${topicCount} ${topicCount === 1 ? 'topic' : 'topics'}`]
  const differing = topics.filter(({ changed, missing, extra }) => changed + missing + extra > 0)
  for (const { topic, direction, ...counts } of differing.slice(0, MOST_LINES))
    lines.push(`${nameOf(topic)}${direction === undefined ? '' : ` (${direction})`}: ${figures(counts)}`)
  if (differing.length > MOST_LINES) lines.push(`and ${differing.length - MOST_LINES} more topics that differ`)
  if (firstDifference !== undefined) {
    const { kind, topic, a, b } = firstDifference
    const where = [a > 0 ? `message ${a} of the first` : '', b > 0 ? `message ${b} of the second` : '']
    lines.push(`first difference: ${kind} in ${nameOf(topic)}, ${where.filter(Boolean).join(', ')}`)
  }
  if (hurried > 0) lines.push(`${hurried} messages stood too far apart to be laid beside each other`)
  return `${lines.join('\n')}\n`
}

function figures({ a, b, same, changed, missing, extra }: Counts): string {
  return `${a} and ${b} messages: ${same} same, ${changed} changed, ${missing} missing, ${extra} extra`
}

function nameOf({ kind, name }: TopicKey): string {
  return kind === 'none' ? '(no topic)' : kind === 'hex' ? `0x${name}` : JSON.stringify(name)
}
