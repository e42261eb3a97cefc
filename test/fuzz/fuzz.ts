/**
 * `npm run fuzz [-- --seconds 600] [--seed N] [--only TEXT]`: draws ever new input for everything that takes input, until the time is up. What fails is printed
 * with its seed, and `--seed` draws it again. Exit status 1 when something did.
 */
import { parseArgs } from 'node:util'
import { messageOf } from '../../build/scripts/say.mjs'
import { properties } from './index.js'

const SECONDS = 600

const { values } = parseArgs({
  options: { seconds: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
})
const seconds = Number(values.seconds ?? SECONDS)
const first = Number(values.seed ?? Date.now() % 2 ** 31)
const chosen = properties.filter(({ name }) => name.includes(values.only ?? ''))
if (!(seconds > 0) || !Number.isSafeInteger(first) || chosen.length === 0) {
  console.error('--seconds wants a number above 0, --seed a whole number, --only a part of one of these:')
  for (const { name } of properties) console.error(`  ${name}`)
  process.exit(2)
}

const failures: string[] = []
const stray = (error: unknown): void => {
  failures.push(`outside of any property: ${messageOf(error)}`)
  console.error(error)
}
process.on('unhandledRejection', stray).on('uncaughtException', stray)

const end = performance.now() + seconds * 1000
let rounds = 0
console.log(`seed ${first}, for ${seconds} s`)
for (let seed = first; performance.now() < end && failures.length === 0; seed++, rounds++)
  for (const { name, few, check } of chosen) {
    if (performance.now() >= end) break
    try {
      await check(seed, few)
    } catch (error) {
      failures.push(`seed ${seed}: ${name}`)
      console.error(`\nseed ${seed}: it does not hold that ${name}\n${messageOf(error)}`)
    }
  }

console.log(`${rounds} rounds, seeds ${first} to ${first + Math.max(0, rounds - 1)}, ${failures.length} failed`)
for (const failure of failures) console.log(`FAILED   ${failure}`)
process.exit(failures.length > 0 ? 1 : 0)
