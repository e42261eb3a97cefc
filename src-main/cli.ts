import { fileURLToPath } from 'node:url'
import { runCommand } from './cli/program.js'

/** Loaded when asked for: the other commands need neither the page nor a web server. */
async function serve(options: string[]): Promise<number> {
  const { browserMode } = await import('./browser-mode.js')
  return browserMode(options, fileURLToPath(new URL('../renderer', import.meta.url)))
}

// Exits by itself, so that nothing which a library or an unread standard input left running can hold it.
process.exit(await runCommand(process.argv.slice(2), serve))
