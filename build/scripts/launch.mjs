/**
 * The one way in: `npm start`, `npm test` and the rest come here, with nothing installed yet. So neither this file nor what it
 * imports at its top has a dependency.
 */
import { endWithUs } from './processes.mjs'
import { messageOf, say, Trouble } from './say.mjs'

/** @type {Record<string, { says: string, run: (args: string[]) => Promise<void> }>} */
const commands = {
  start: {
    says: 'install, build and open the app; after --: --browser, --no-open, --port N, --host H',
    run: async (args) => (await import('./start.mjs')).start(args),
  },
  test: {
    says: 'lint, types and every test; after --: a pattern that test files must match',
    run: async (args) => (await import('./test.mjs')).test(args),
  },
  check: { says: 'lint, format and types', run: async () => (await import('./check.mjs')).check() },
  build: {
    says: 'build into out/, whether it is stale or not',
    run: async () => (await import('./build.mjs')).prepare({ force: true }),
  },
  dev: {
    says: 'run with hot reload; after --: --browser, --port N',
    run: async (args) => (await import('./dev.mjs')).dev(args),
  },
  bench: {
    says: 'print figures; after --: --json FILE',
    run: async (args) => (await import('./bench.mjs')).bench(args),
  },
  'soak:radio': {
    says: 'the radio desk under a flood; after --: --rate N, --seconds N, --size N, --journal MIB, --json FILE',
    run: async (args) => (await import('./bench.mjs')).bench(args, 'bench/soak-radio'),
  },
  soak: {
    says: 'all roles under random faults; after --: --minutes N, --seed N',
    run: async (args) => (await import('./bench.mjs')).bench(args, 'soak/soak'),
  },
  'stress:wire': {
    says: 'the receiving thread: open, close, flood and kill at random; after --: --minutes N, --seed N, --opens N',
    run: async (args) => (await import('./bench.mjs')).bench(args, 'soak/stress-wire'),
  },
  fuzz: {
    says: 'ever new input for all that takes input; after --: --seconds N, --seed N, --only TEXT',
    run: async (args) => (await import('./bench.mjs')).bench(args, 'fuzz/fuzz'),
  },
  icons: {
    says: 'draw the app’s icons again from the SVGs in build/',
    run: async () => (await import('./icons.mjs')).drawIcons(),
  },
  picture: {
    says: 'take the picture of the README; after --: --file FILE, --dark',
    run: async (args) => (await import('./bench.mjs')).bench(args, 'bench/picture'),
  },
  package: {
    says: 'make installers for this system into release/',
    run: async (args) => (await import('./package.mjs')).makePackage(args),
  },
  'package:check': {
    says: 'package for every system with a stand-in for Electron, and look at what came out',
    run: async () => (await import('./test.mjs')).checkPackages(),
  },
  audit: {
    says: 'ask the registry for known faults of what we depend on; what is excused is in build/audit.json',
    run: async () => (await import('./audit.mjs')).audit(),
  },
}

endWithUs()
const [name = '', ...args] = process.argv.slice(2)
const command = commands[name]
if (command === undefined) {
  say(`Socketeer's launcher has no command "${name}". It has:`)
  for (const [known, { says }] of Object.entries(commands)) say(`  npm run ${known.padEnd(10)} ${says}`)
  process.exitCode = 2
} else
  try {
    await command.run(args)
  } catch (error) {
    say(
      error instanceof Trouble ? error.message : error instanceof Error && error.stack ? error.stack : messageOf(error),
    )
    process.exitCode = 1
  }
