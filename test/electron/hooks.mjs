// Module hooks of the process that a test starts: `electron` is the stand-in, and the stand-in's own TypeScript is compiled
// on the way. They run on a thread of their own and see nothing of the bundle.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const here = new URL('./', import.meta.url).href

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, next) {
  if (specifier === 'electron') return { url: `${here}electron.ts`, format: 'module', shortCircuit: true }
  if (specifier.startsWith('./') && context.parentURL?.startsWith(here) && specifier.endsWith('.js'))
    return { url: new URL(specifier.replace(/\.js$/, '.ts'), here).href, format: 'module', shortCircuit: true }
  return next(specifier, context)
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  if (!url.startsWith(here) || !url.endsWith('.ts')) return next(url, context)
  const source = await readFile(fileURLToPath(url), 'utf8')
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  })
  return { format: 'module', source: outputText, shortCircuit: true }
}
