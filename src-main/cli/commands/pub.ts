import type { Command } from 'commander'
import { decodeTextLossy } from '../../payload/index.js'
import { addCommonOptions, messageCount, milliseconds, readEndpoint, type CommonOptions } from '../options.js'
import { run, type Run } from '../run.js'
import { messages, readTexts, sendPaced, type Messages } from '../send.js'

interface PubOptions extends CommonOptions {
  readonly topic?: string
  readonly every?: number
  readonly count?: number
  readonly wait?: true
  readonly frames?: true
}

export function addPub(program: Command): void {
  const command = program
    .command('pub')
    .description('broadcast messages (PUB)')
    .argument('<endpoint>', 'where to broadcast; bound unless told otherwise')
    .argument('[text...]', 'the messages; without any, the lines of standard input')
    .option('--topic <topic>', 'a first frame, in front of every message')
    .option('--every <ms>', 'the time between two messages; the TEXTs repeat', milliseconds(1))
    .option('--count <n>', 'end after n messages; the TEXTs repeat', messageCount)
    .option('--wait', 'begin when somebody subscribes to what is first published')
    .option('--frames', 'the TEXTs are the frames of one message; on standard input, frames stand apart by tabs')
  addCommonOptions(command)
    .addHelpText(
      'after',
      '\nA publisher keeps nothing for those who come later or read too slowly: that is how PUB works.\n' +
        '\nExamples:\n  socketeer pub tcp://127.0.0.1:5000 --topic weather sunny --every 1000\n  tail -f app.log | socketeer pub tcp://127.0.0.1:5000 --wait',
    )
    .action(pub)
}

async function pub(endpoint: string, texts: string[], options: PubOptions): Promise<void> {
  const { format, json = false, frames = false, topic } = options
  const published = readTexts(texts, { format, json, frames, topic })
  await run({ role: 'publisher', endpoints: [readEndpoint(endpoint, 'publisher', options)] }, options, (current) =>
    publish(current, published, options),
  )
}

async function publish(current: Run, published: Messages, { every, count, wait }: PubOptions): Promise<void> {
  let sent = 0
  let warned = false
  for await (const frames of messages(current, published, every !== undefined || count !== undefined)) {
    if (sent === 0 && wait) {
      if (!isWanted(current, frames)) current.say('waiting until somebody subscribes')
      await current.until(() => isWanted(current, frames))
    } else if (sent > 0 && every !== undefined) await current.pause(every)
    if (current.stopped) return
    if (!warned && !wait && !isWanted(current, frames)) {
      warned = true
      current.say('nobody has subscribed to this yet, so it reaches nobody; --wait would wait for somebody')
    }
    await sendPaced(current, frames)
    if (++sent === count) break
  }
  await current.orStopped(current.session.drained())
}

/** Whether anybody subscribed to a message like this: topics are prefixes of its first frame. */
function isWanted({ session }: Run, frames: readonly Uint8Array[]): boolean {
  const { status } = session.info()
  const first = decodeTextLossy(frames[0] ?? new Uint8Array())
  return status.role === 'publisher' && status.subscriptions.some(({ topic }) => first.startsWith(topic))
}
