/**
 * `npm run soak [-- --minutes 10] [--seed N]`: a night, shortened. Mixed traffic on all roles, pyzmq programs among them, under random faults, and a session that is recorded all along; at the end what was sent, received and counted as
 * lost, the faults, and what memory did. Exit status 1 on any loss that ZeroMQ's promises do not account for (each flow says which those are), any rejection that nobody handled, growth, or a
 * descriptor that was not given back.
 */
import { createServer, type AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { messageOf } from '../../build/scripts/say.mjs'
import { Engine } from '../../src-main/engine/engine.js'
import { watchMemory } from '../../src-main/engine/watchdog.js'
import { until } from '../helpers/until.js'
import { Chat } from './chat.js'
import { Dice } from './dice.js'
import { pause, type Flow } from './flow.js'
import { descriptors, MemoryWatch } from './memory.js'
import { Radio } from './radio.js'
import { Bystanders } from './strangers.js'
import { Taping } from './taping.js'
import { Work } from './work.js'

const MINUTES = 10
const MiB = 1024 * 1024
/** Small, so that they are full before memory is judged. */
const JOURNALS = 64 * MiB
const BUDGET = 512 * MiB
/** Milliseconds between two faults, at most. */
const CALM = 1500
/** MiB a minute that count as growth, and minutes in which it can be told from noise. */
const GROWTH = 4
const LEAST_JUDGED = 2

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } })
const minutes = Number(values.minutes ?? MINUTES)
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error('--minutes wants a number above 0, --seed a whole number.')
  process.exit(2)
}

const stray: string[] = []
for (const event of ['unhandledRejection', 'uncaughtException'] as const)
  process.on(event, (error: unknown) => stray.push(`${event}: ${messageOf(error)}`))

process.exit((await soak()) ? 0 : 1)

async function soak(): Promise<boolean> {
  console.log(`seed ${seed}, for ${minutes} min`)
  // libzmq's contexts and their threads come with the first sockets, and stay.
  await warm()
  const before = descriptors()
  const engine = new Engine({ journalBytes: JOURNALS })
  const told: string[] = []
  const unguard = watchMemory(engine, { budget: BUDGET, tell: (_level, fault) => told.push(fault.message) })
  const radio = await Radio.open(engine, await freePort())
  const flows: Flow[] = [
    await Chat.open(engine, await freePort()),
    radio,
    await Work.open(engine),
    new Bystanders(engine),
    await Taping.open(engine, radio.session),
  ]
  const memory = new MemoryWatch()
  const running = flows.map((flow) => flow.run())
  const faults = await attack(flows, performance.now() + minutes * 60_000)
  for (const flow of flows) flow.stop()
  await Promise.all(running)
  memory.end()
  for (const flow of flows) await flow.settle()
  unguard()
  await engine.close()
  await until(() => descriptors() <= before, { deadline: 10_000 }).catch(() => undefined)
  return report(flows, faults, memory, told, descriptors() - before)
}

/** One flow's faults do not wait for another's: a night has no order either. Each has dice of its own, so that a seed throws each the same. */
async function attack(flows: Flow[], end: number): Promise<Map<string, number>> {
  const faults = new Map<string, number>()
  await Promise.all(
    flows.map(async ({ name, faults: own, tally }, i) => {
      const dice = new Dice(seed + i)
      for (;;) {
        await pause(Math.min(dice.between(0, CALM), Math.max(0, end - performance.now())))
        if (performance.now() >= end) return
        const fault = dice.of(own)
        faults.set(fault.name, (faults.get(fault.name) ?? 0) + 1)
        await fault
          .inject(dice)
          .catch((error: unknown) => tally.unexplained.push(`${name}, ${fault.name}: ${messageOf(error)}`))
      }
    }),
  )
  return faults
}

function report(
  flows: Flow[],
  faults: Map<string, number>,
  memory: MemoryWatch,
  told: string[],
  left: number,
): boolean {
  const wrong = [...stray]
  console.log('\n                        sent    received        lost')
  for (const { name, tally } of flows) {
    console.log(
      `${name.padEnd(18)}${[tally.sent, tally.received, tally.lost].map((n) => String(n).padStart(11)).join(' ')}`,
    )
    wrong.push(...tally.unexplained.map((what) => `${name}: ${what}`))
  }
  console.log(`\nfaults: ${[...faults].map(([name, n]) => `${n} × ${name}`).join(', ')}`)
  const judged = memory.judged >= LEAST_JUDGED
  console.log(
    `memory: ${memory.peak.toFixed(0)} MiB at most, ${memory.slope.toFixed(2)} MiB a minute over the last ${memory.judged.toFixed(1)} min (${memory.slopes})${judged ? '' : ' (too short to judge)'}; descriptors left: ${left}`,
  )
  if (judged && memory.slope > GROWTH) wrong.push(`memory grows by ${memory.slope.toFixed(2)} MiB a minute`)
  if (left > 0) wrong.push(`${left} file descriptors were not given back`)
  wrong.push(...told.map((what) => `the watchdog: ${what}`))
  for (const what of wrong.slice(0, 40)) console.log(`WRONG    ${what}`)
  console.log(
    wrong.length === 0
      ? 'nothing unexplained'
      : `${wrong.length} things unexplained; the same faults again with --seed ${seed}`,
  )
  return wrong.length === 0
}

async function warm(): Promise<void> {
  const engine = new Engine()
  const flow = new Bystanders(engine)
  for (const fault of flow.faults) await fault.inject(new Dice(1))
  await engine.close()
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
