import { fileURLToPath } from 'node:url'
import { browserMode } from './browser-mode.js'

// Exits by itself, so that nothing which a library left running can hold it.
process.exit(await browserMode(process.argv.slice(2), fileURLToPath(new URL('../renderer', import.meta.url))))
