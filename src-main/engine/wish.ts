import { drivers, Fault, type DriverWish, type ReceiveInfo } from '../contract/index.js'

export type Wish = Pick<ReceiveInfo, 'wish' | 'by'>

/** How sessions receive where nobody says anything. */
export const USUAL: DriverWish = 'auto'

/** How a word is read that the command line or the environment has for a driver: `thread` is what people call it. */
export const receiveWords = ['auto', 'thread', 'portable'] as const

/** Throws Fault `USAGE`. @param from what says so: an option or a variable */
export function readDriver(word: string, from: string): DriverWish {
  const driver = word === 'thread' ? 'wire' : drivers.find((each) => each === word)
  if (driver === undefined)
    throw new Fault('USAGE', `${from} must be auto, thread or portable, and ${JSON.stringify(word)} is none of them.`)
  return driver
}

/**
 * How sessions receive that do not say so themselves: as the command line says, else SOCKETEER_DRIVER, else the preferences; else by the receiving thread where
 * there can be one. Throws Fault `USAGE`.
 */
export function wishOf({
  command,
  preference,
}: { command?: string | undefined; preference?: DriverWish | undefined } = {}): Wish {
  if (command !== undefined) return { wish: readDriver(command, '--receive'), by: 'command' }
  const environment = process.env['SOCKETEER_DRIVER'] ?? ''
  if (environment !== '') return { wish: readDriver(environment, 'SOCKETEER_DRIVER'), by: 'environment' }
  return preference === undefined ? { wish: USUAL, by: 'nobody' } : { wish: preference, by: 'preferences' }
}

/** The option's word in arguments that somebody else reads too: `--receive HOW` or `--receive=HOW`; the last one counts. */
export function receiveOption(args: readonly string[]): string | undefined {
  let word: string | undefined
  args.forEach((arg, i) => {
    if (arg === '--receive') word = args[i + 1] ?? ''
    else if (arg.startsWith('--receive=')) word = arg.slice('--receive='.length)
  })
  return word
}
