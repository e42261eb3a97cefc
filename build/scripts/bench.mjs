/** `npm run bench`, the soaks and the fuzzing: builds a program of test/ into out/bench and runs it in plain Node, as the engine runs in the app. */
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { prepare } from './build.mjs'
import { findChromium, findPython } from './find.mjs'
import { root, version } from './root.mjs'
import { say, Trouble } from './say.mjs'

/** @param {string[]} args passed on to the program. @param {string} [program] its file in test/, without its ending */
export async function bench(args, program = 'bench/bench') {
  const entry = join(root, `test/${program}.ts`)
  if (!existsSync(entry)) throw new Trouble(`There is no test/${program}.ts.`)
  const name = basename(program)
  await prepare() // What is measured in a browser is the built app.
  const { build } = await import('vite')
  const { threadSource } = await import('./thread.mjs')
  say(`Building ${name} …`)
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    plugins: [threadSource()],
    define: { SOCKETEER_VERSION: JSON.stringify(version) },
    // The other programs' files stay: one may be running.
    build: { ssr: entry, outDir: 'out/bench', emptyOutDir: false, target: 'node20', minify: false },
  })
  const python = findPython()
  if (python !== undefined) process.env['SOCKETEER_PYTHON'] = python
  const chromium = findChromium()
  if (chromium !== undefined) process.env['SOCKETEER_CHROMIUM'] = chromium
  const file = join(root, `out/bench/${name}.js`)
  process.argv.splice(1, process.argv.length, file, ...args)
  await import(pathToFileURL(file).href)
}
