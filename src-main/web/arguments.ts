import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import { Fault } from '../contract/index.js'

export interface WebArguments {
  port: number
  host: string
  /** Name of the profile, as given. */
  profile: string | undefined
  /** How sessions receive, as given. */
  receive: string | undefined
  /** Whether to open the system's browser. */
  open: boolean
  help: boolean
}

export const DEFAULT_PORT = 8155

export const usage = `Usage: socketeer serve [--port N] [--host H] [--profile NAME] [--receive HOW] [--no-open]

Serves Socketeer to a browser and prints the address to open.
  --port N    port to listen on (default ${DEFAULT_PORT}; 0 picks a free one)
  --host H    address to listen on (default 127.0.0.1: this machine only)
  --profile NAME  settings and sessions of that name (default: default)
  --receive HOW   how subscribers and sinks receive: auto, thread or portable (default: as set in the app)
  --no-open   do not open a browser
`

/** Throws Fault `USAGE` with one sentence. */
export function parseWebArguments(args: readonly string[]): WebArguments {
  const { values } = parsed(args)
  return {
    port: portOf(values.port),
    host: hostOf(values.host),
    profile: values.profile,
    receive: values.receive,
    open: values['no-open'] !== true,
    help: values.help === true,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        profile: { type: 'string' },
        receive: { type: 'string' },
        'no-open': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    // Node's first sentence names the argument; what follows is about its own conventions.
    const [what] = (error as Error).message.split(/\. |\n/)
    throw new Fault(
      'USAGE',
      `${what?.replace(/\.$/, '')}: only --port N, --host H, --profile NAME, --receive HOW and --no-open are understood here.`,
    )
  }
}

function portOf(text = String(DEFAULT_PORT)): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65535)
    throw new Fault('USAGE', `--port must be a whole number from 0 to 65535, and ${JSON.stringify(text)} is not.`)
  return port
}

function hostOf(text = '127.0.0.1'): string {
  const host = text.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) === 0 && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host))
    throw new Fault(
      'USAGE',
      `--host must be an address or a name, such as 127.0.0.1 or localhost, and ${JSON.stringify(text)} is neither.`,
    )
  return host.toLowerCase()
}
