import { mkdtempSync, rmSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transformWithOxc } from 'vite'

/** What runs in the process of the app; the rest of this folder runs in the test's. */
const INSIDE = /^(app|displays|electron|outside|page|screen|screen-acts|session|shell|strict|tell|windows)\.ts$/

let compiled: Promise<string> | undefined

/** The folder that the stand-in's JavaScript is in, for plain Node. Made once a process and removed with it. */
export function compiledStandIn(): Promise<string> {
  return (compiled ??= compile())
}

async function compile(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'socketeer-stand-in-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  const sources = (await readdir(import.meta.dirname)).filter((name) => INSIDE.test(name))
  await Promise.all(
    sources.map(async (name) => {
      const source = await readFile(join(import.meta.dirname, name), 'utf8')
      const { code } = await transformWithOxc(source, name, { sourcemap: false })
      await writeFile(join(folder, name.replace(/ts$/, 'js')), code)
    }),
  )
  return folder
}
