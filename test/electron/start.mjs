// What Electron's binary does at start (lib/browser/init.ts): it loads the entry, waits for all that the entry waits for at
// its top level, and only then becomes ready. Arguments: the folder of the compiled stand-in, and the entry.
import { register } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'

const [folder = '', entry = ''] = process.argv.slice(2)
register('./hooks.mjs', import.meta.url, { data: { standIn: pathToFileURL(join(folder, 'electron.js')).href } })
// zeromq looks here: inside Electron it copies what it receives, because V8's memory cage allows no outside buffers.
Object.defineProperty(process, 'versions', { value: { ...process.versions, electron: '45.4.1', chrome: '150.0.0.0' } })

const { app } = await import(pathToFileURL(join(folder, 'app.js')).href)
const { outside } = await import(pathToFileURL(join(folder, 'outside.js')).href)

process.on('message', async ({ id, act, values }) => {
  try {
    process.send?.({ id, value: await outside[act](...values) })
  } catch (error) {
    process.send?.({ id, error: String(error) })
  }
})
// Electron quits in response to these (shell/browser/electron_browser_main_parts.cc, InstallShutdownSignalHandlers).
process.on('SIGINT', () => app.quit())
process.on('SIGTERM', () => app.quit())
// A test that dies must not leave us behind.
process.on('disconnect', () => process.exit(70))

await import(pathToFileURL(entry).href)
app.codeLoaded()
