#!/usr/bin/env node
/** The `socketeer` command. In a fresh clone it installs and builds first; what that says goes to standard error. */
import { prepare } from './build.mjs'
import { startedByNpm } from './parent.mjs'
import { endWithUs } from './processes.mjs'
import { messageOf, say } from './say.mjs'
import { runHere } from './start.mjs'

endWithUs()
try {
  await prepare()
} catch (error) {
  say(messageOf(error))
  process.exit(1)
}
// By hand it may be left running when its shell ends; npx that is killed should leave nothing behind.
await runHere('cli', process.argv.slice(2), { orphan: !startedByNpm() })
