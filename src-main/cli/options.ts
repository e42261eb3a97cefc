import { InvalidArgumentError, Option, type Command } from 'commander'
import { Fault, defaultEndpoints, type DriverWish, type Endpoint, type RoleName } from '../contract/index.js'
import { parseEndpoint } from '../engine/endpoint.js'
import { readDriver, receiveWords } from '../engine/wish.js'
import { formats, type Format } from '../payload/index.js'

/** What every command takes. */
export interface CommonOptions {
  readonly bind?: true
  readonly connect?: true
  readonly format: Format
  readonly json?: true
  readonly quiet?: true
  /** A file to record everything to. */
  readonly record?: string
}

export function addCommonOptions(command: Command): Command {
  return command
    .addOption(new Option('--bind', 'bind the endpoint: others come to it').conflicts('connect'))
    .addOption(new Option('--connect', 'connect to the endpoint'))
    .addOption(new Option('--format <format>', 'how payloads are written').choices(formats).default('text'))
    .option('--json', 'one JSON object a line, exact for every byte')
    .option('--record <file>', 'record all messages to an MCAP file, which replay plays back')
    .option('--quiet', 'say nothing of links on standard error')
}

/** How a command that only receives does so. */
export interface ReceiveOptions {
  readonly receive: (typeof receiveWords)[number]
}

/**
 * By zeromq.js unless told otherwise: each message is written as a line, so the thread that receives faster gains little, and it takes more at a time than `--count`
 * asks for, which nobody else gets then.
 */
export function receiveOption(): Option {
  return new Option(
    '--receive <how>',
    'by zeromq.js (portable), or by a thread that is faster and may take more from the network than is printed; auto: by the thread where it works',
  )
    .choices(receiveWords)
    .default('portable')
}

export const driverOf = ({ receive }: ReceiveOptions): DriverWish => readDriver(receive, '--receive')

/** An option's whole number. @param most largest allowed */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN
    if (value >= least && value <= most) return value
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`
    throw new InvalidArgumentError(`It is not a whole number ${range}.`)
  }
}

/** Milliseconds in an option: up to a day, as everywhere in Socketeer. */
export const milliseconds = (least: number) => wholeNumber(least, 86_400_000)
export const messageCount = wholeNumber(1)

export function collect(text: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), text]
}

/**
 * An endpoint as typed. `@` or `>` in front has the first word, then `--bind` and `--connect`, then what the role does by default.
 * Throws Fault `BAD_ENDPOINT`.
 */
export function readEndpoint(
  text: string,
  role: RoleName,
  { bind, connect }: Pick<CommonOptions, 'bind' | 'connect'>,
): Endpoint {
  const usual = defaultEndpoints[role][0]?.method ?? 'connect'
  const method = /^\s*@/.test(text)
    ? 'bind'
    : /^\s*>/.test(text)
      ? 'connect'
      : bind
        ? 'bind'
        : connect
          ? 'connect'
          : usual
  return { method, address: parseEndpoint(text, method).address }
}

/** Faults that say that the command was written wrongly, and not that something failed. */
const usageCodes = new Set(['BAD_ENDPOINT', 'BAD_USAGE'])

/** 2 for wrong usage, 1 for what failed in use. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof Fault && usageCodes.has(error.code) ? 2 : 1
}

/** A fault in what was typed: the same sentence, as wrong usage. */
export function asUsage<T>(action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof Fault) throw new Fault('BAD_USAGE', error.message, error.detail)
    throw error
  }
}
