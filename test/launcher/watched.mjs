import { watchParent } from '../../build/scripts/parent.mjs'

// What the launcher is to npm: it says its number once it watches, and lives until its parent is gone or it is told otherwise.
watchParent(() => process.exit(0))
process.on('SIGUSR2', () => process.exit(42))
setInterval(() => undefined, 1000)
console.log(process.pid)
