import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import ts from 'typescript'

/** One file imports one thing. */
export interface Import {
  /** From the project's folder, with forward slashes: `src-main/engine/engine.ts`. */
  readonly file: string
  /** As written: `./journal.js`, `node:fs`, `zeromq`. */
  readonly name: string
  /** Where it leads if that is a file of ours, without its ending: `src-main/engine/journal`; otherwise undefined. */
  readonly ours: string | undefined
}

/** Every import, export-from, `import()`, `import x = require()` and `require()` in a TypeScript or Svelte text, types included. */
export function importsIn(text: string, svelte = false): string[] {
  const scripts = svelte
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, code]) => code ?? '')
    : [text]
  return scripts.flatMap((code) => ts.preProcessFile(code, true, true).importedFiles.map((found) => found.fileName))
}

/** All imports of all sources below `folder`, a path from `root`. */
export function readImports(root: string, folder: string): Import[] {
  return sourcesIn(join(root, folder)).flatMap((path) => {
    const file = relative(root, path).split(sep).join('/')
    return importsIn(readFileSync(path, 'utf8'), path.endsWith('.svelte')).map((name) => ({
      file,
      name,
      ours: name.startsWith('.') ? posix.join(dirname(file), name).replace(/\.(js|ts)$/, '') : undefined,
    }))
  })
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes(`${sep}paraglide${sep}`))
}
