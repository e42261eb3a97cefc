import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { LineProcess } from './peer.js'

/** The built command line. `npm test` builds it first; with vitest alone, what was built last is tested. */
export const built = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url))

/** Starts `socketeer …` as a process of its own. */
export function startCli(...args: string[]): LineProcess {
  if (!existsSync(built)) throw new Error('out/main/cli.js is missing: run "npm run build" first')
  return new LineProcess(`socketeer ${args.join(' ')}`, process.execPath, [built, ...args])
}

/** Where a started command listens, wildcards filled in. */
export function listeningOn(cli: LineProcess): Promise<string> {
  return cli.line((line) => /^listening on (\S+)/.exec(line)?.[1], 'err')
}
