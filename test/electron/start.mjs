// What Electron's binary does at start (lib/browser/init.ts): it loads the entry, waits for all that the entry waits for at
// its top level, and only then becomes ready. The bundle's path is the only argument.
import { register } from 'node:module'
import { pathToFileURL } from 'node:url'

register('./hooks.mjs', import.meta.url)
// zeromq looks here: inside Electron it copies what it receives, because V8's memory cage allows no outside buffers.
Object.defineProperty(process, 'versions', { value: { ...process.versions, electron: '45.4.1', chrome: '150.0.0.0' } })

const { app } = await import('electron')
const { outside } = await import(new URL('./outside.ts', import.meta.url).href)

process.on('message', async ({ id, act, values }) => {
  try {
    process.send({ id, value: await outside[act](...values) })
  } catch (error) {
    process.send({ id, error: String(error) })
  }
})
// A test that dies must not leave us behind.
process.on('disconnect', () => process.exit(70))

await import(pathToFileURL(process.argv[2]).href)
app.codeLoaded()
