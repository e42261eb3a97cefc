/**
 * `npm run bench [-- --quick] [--rounds N] [--only NAME] [--seconds N] [--json FILE]`: what the engine costs, beside raw zeromq.js and pyzmq in the same run. Figures
 * of one run compare with each other; between runs and machines only their ratios do.
 */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { version } from 'zeromq'
import { conversation } from './conversation.js'
import { chatDesk } from './chat-desk.js'
import { met, short } from './figures.js'
import { obey } from './part.js'
import { parts } from './parts/index.js'
import { pipelineDesk } from './pipeline-desk.js'
import { pipeline } from './pipeline.js'
import { paced, receive } from './receive.js'
import { receiveThread } from './receive-thread.js'
import { radioDesk } from './radio-desk.js'
import { radioLarge } from './radio-large.js'
import { radio } from './radio.js'
import { searches } from './search.js'
import { requestReply } from './trips.js'
import { recording } from './recording.js'
import { startUp } from './start.js'
import type { Report, Suite } from './suite.js'

const suites: Readonly<Record<string, Suite>> = {
  receive,
  paced,
  'receive-thread': receiveThread,
  'request-reply': requestReply,
  conversation,
  pipeline,
  search: searches,
  radio,
  'radio-large': radioLarge,
  recording,
  'radio-desk': radioDesk,
  'chat-desk': chatDesk,
  'pipeline-desk': pipelineDesk,
  start: startUp,
}
const ROUNDS = 9
const QUICK_ROUNDS = 3

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    rounds: { type: 'string' },
    only: { type: 'string', multiple: true },
    seconds: { type: 'string' },
    json: { type: 'string' },
    part: { type: 'string' },
  },
})

if (values.part !== undefined) await obey(parts[values.part]!())
await main()

async function main(): Promise<void> {
  const rounds = Number(values.rounds ?? (values.quick === true ? QUICK_ROUNDS : ROUNDS))
  const wanted = values.only ?? Object.keys(suites)
  const unknown = wanted.find((name) => !(name in suites))
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds)
  if (unknown !== undefined || !(rounds >= 1) || !(seconds === undefined || seconds >= 1)) {
    console.error(
      unknown === undefined
        ? '--rounds and --seconds want a number of 1 or more.'
        : `There is no benchmark “${unknown}”: ${Object.keys(suites).join(', ')}.`,
    )
    process.exitCode = 2
    return
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'CPU'}, Node ${process.versions.node}, libzmq ${version}`
  console.log(`${machine}; ${rounds} rounds`)
  const reports: Record<string, Report> = {}
  for (const name of wanted) {
    reports[name] = await suites[name]!({
      rounds,
      python: process.env['SOCKETEER_PYTHON'],
      ...(seconds === undefined ? {} : { seconds }),
    })
    console.log(`\n${reports[name].text}`)
  }
  const bars = Object.values(reports).flatMap((report) => report.bars)
  if (bars.length > 0) console.log('\nBars')
  for (const bar of bars) {
    const limit = `${bar.atLeast === true ? '≥' : '≤'} ${bar.limit}${bar.unit}`
    console.log(`  ${met(bar) ? 'met    ' : 'NOT MET'}  ${bar.what}: ${short(bar.value)}${bar.unit} (bar: ${limit})`)
  }
  if (values.json === undefined) return
  const data = Object.fromEntries(Object.entries(reports).map(([name, report]) => [name, report.data]))
  const told = { machine, rounds, bars: bars.map((bar) => ({ ...bar, met: met(bar) })), ...data }
  writeFileSync(values.json, JSON.stringify(told, null, 1) + '\n')
}
