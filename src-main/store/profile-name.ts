import { Fault } from '../contract/index.js'

/** Profile that is used when none is named. */
export const DEFAULT_PROFILE = 'default'

/**
 * The profile that arguments name: `--profile NAME` or `--profile=NAME`; the last one counts. A name becomes a file name, so it has only letters, digits, `-` and
 * `_`. Throws Fault `USAGE`.
 */
export function profileOf(args: readonly string[]): string {
  let name: string | undefined
  args.forEach((arg, i) => {
    if (arg === '--profile') name = args[i + 1] ?? ''
    else if (arg.startsWith('--profile=')) name = arg.slice('--profile='.length)
  })
  return name === undefined ? DEFAULT_PROFILE : checkProfile(name)
}

/** Throws Fault `USAGE`. */
export function checkProfile(name: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name))
    throw new Fault(
      'USAGE',
      `--profile must be a name of letters, digits, “-” and “_”, such as bench-2, and ${JSON.stringify(name)} is not.`,
    )
  return name
}
