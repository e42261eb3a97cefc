/** `npm run bench`: builds test/bench/bench.ts into out/bench and runs it in plain Node, as the engine runs in the app. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { prepare } from './build.mjs'
import { findChromium, findPython } from './find.mjs'
import { root, version } from './root.mjs'
import { say, Trouble } from './say.mjs'

/** @param {string[]} args passed on to the benchmark */
export async function bench(args) {
  const entry = join(root, 'test/bench/bench.ts')
  if (!existsSync(entry)) throw new Trouble('There is no test/bench/bench.ts.')
  await prepare() // What is measured in a browser is the built app.
  const { build } = await import('vite')
  say('Building the benchmark …')
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    define: { SOCKETEER_VERSION: JSON.stringify(version) },
    build: { ssr: entry, outDir: 'out/bench', target: 'node20', minify: false },
  })
  const python = findPython()
  if (python !== undefined) process.env['SOCKETEER_PYTHON'] = python
  const chromium = findChromium()
  if (chromium !== undefined) process.env['SOCKETEER_CHROMIUM'] = chromium
  const file = join(root, 'out/bench/bench.js')
  process.argv.splice(1, process.argv.length, file, ...args)
  await import(pathToFileURL(file).href)
}
