import type { Command } from 'commander'
import { Fault } from '../../contract/index.js'
import { now } from '../../engine/clock.js'
import { addCommonOptions, milliseconds, readEndpoint, wholeNumber, type CommonOptions } from '../options.js'
import { Printer } from '../receive.js'
import { run, type Run } from '../run.js'
import { messages, readTexts } from '../send.js'

interface ReqOptions extends CommonOptions {
  readonly timeout: number
  readonly retries: number
  readonly frames?: true
}

export function addReq(program: Command): void {
  const command = program
    .command('req')
    .description('ask questions (REQ), and print the answers')
    .argument('<endpoint>', 'whom to ask; connected unless told otherwise')
    .argument('[text...]', 'the questions; without any, the lines of standard input')
    .option('--timeout <ms>', 'how long to wait for an answer, each try', milliseconds(1), 5000)
    .option('--retries <n>', 'how often to ask again', wholeNumber(0, 999_999), 2)
    .option('--frames', 'the TEXTs are the frames of one message; on standard input, frames stand apart by tabs')
  addCommonOptions(command)
    .addHelpText(
      'after',
      '\nIt fails (exit 1) when (retries + 1) × timeout has passed without an answer, also when nobody listens there.\n' +
        '\nExamples:\n  socketeer req tcp://127.0.0.1:5555 hello\n  socketeer req tcp://10.0.0.7:5555 status --timeout 500 --retries 0 && echo alive',
    )
    .action(req)
}

async function req(endpoint: string, texts: string[], options: ReqOptions): Promise<void> {
  const questions = readTexts(texts, {
    format: options.format,
    json: options.json ?? false,
    frames: options.frames ?? false,
  })
  const address = readEndpoint(endpoint, 'client', options)
  await run(
    { role: 'client', endpoints: [address], deadline: options.timeout, tries: options.retries + 1 },
    options,
    async (current) => {
      const printer = new Printer(current)
      for await (const question of messages(current, questions, false)) {
        const answer = await ask(current, question, options, address.address)
        if (answer === undefined) return
        await printer.print({ time: now(), frames: answer })
      }
    },
  )
}

/** The answer, or undefined when the command is to stop. Throws Fault `NO_REPLY`. */
async function ask(
  current: Run,
  question: Uint8Array[],
  { timeout, retries }: ReqOptions,
  address: string,
): Promise<Uint8Array[] | undefined> {
  const { session } = current
  const budget = timeout * (retries + 1)
  const giveUp = new AbortController()
  let undo = () => {}
  let spent = false
  // The engine spends tries only while a server is there, which suits a person. A script wants an end: once the time of all tries has passed, it
  // comes as soon as nobody is there.
  const look = () => {
    const status = session.info().status
    if (spent && status.role === 'client' && status.turn === 'link-down') giveUp.abort()
  }
  const timer = setTimeout(() => {
    spent = true
    undo = session.onChange(look)
    look()
  }, budget)
  try {
    const answer = await current.orStopped(session.ask(question, giveUp.signal))
    return answer?.frames
  } catch (error) {
    if (current.stopped) return undefined
    if (!giveUp.signal.aborted) throw error
    throw new Fault('NO_REPLY', `No reply within ${budget} ms: no server is connected at ${address}.`, {
      address,
      budget,
    })
  } finally {
    clearTimeout(timer)
    undo()
  }
}
