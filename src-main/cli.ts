import { fileURLToPath } from 'node:url'
import { runCommand } from './cli/program.js'

// Exits by itself, so that nothing which a library or an unread standard input left running can hold it.
process.exit(await runCommand(process.argv.slice(2), fileURLToPath(new URL('../renderer', import.meta.url))))
