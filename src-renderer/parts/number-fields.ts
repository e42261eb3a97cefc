import * as v from 'valibot'
import {
  ClientSettings,
  SocketOptionsSchema,
  WorkerSettings,
  type RoleName,
  type SocketOptions,
} from '../../src-main/contract/index.js'

export type NumberName = Exclude<keyof SocketOptions, 'ipv6'> | 'deadline' | 'tries' | 'delay'

/** A setting that is a whole number. The schema has the last word; the bounds are for the sentence and the field. */
export interface NumberField {
  readonly name: NumberName
  readonly min: number
  readonly max: number
  /** Stands among the socket options, not beside the role's own settings. */
  readonly option: boolean
}

const DAY = 86_400_000
const option = (name: NumberName, min: number, max: number): NumberField => ({ name, min, max, option: true })
const own = (name: NumberName, min: number, max: number): NumberField => ({ name, min, max, option: false })

const options = [
  option('sendHighWaterMark', 0, 2 ** 31 - 1),
  option('receiveHighWaterMark', 0, 2 ** 31 - 1),
  option('linger', -1, DAY),
  option('reconnectInterval', 1, DAY),
  option('reconnectMaxInterval', 0, DAY),
  option('handshakeInterval', 1, DAY),
  option('messageLimit', 1, 2 ** 31 - 1),
]
const client = [
  own('deadline', 1, DAY),
  own('tries', 1, 1_000_000),
  ...options,
  option('heartbeatInterval', 0, DAY),
  option('heartbeatTimeout', 0, DAY),
]
const worker = [own('delay', 0, DAY), ...options]

export function numberFields(role: RoleName): readonly NumberField[] {
  return role === 'client' ? client : role === 'worker' ? worker : options
}

/** The number that was typed, or undefined if it is none or out of bounds. */
export function readNumber({ min, max }: NumberField, text: string): number | undefined {
  if (!/^[-−]?\d+$/.test(text.trim())) return undefined
  const value = Number(text.trim().replace('−', '-'))
  return value >= min && value <= max ? value : undefined
}

/** The defaults, from the contract itself. */
export function defaultNumbers(): Record<NumberName, string> {
  const { ipv6: _, ...numbers } = v.getDefaults(SocketOptionsSchema) as SocketOptions
  const all = {
    ...numbers,
    deadline: v.getDefault(ClientSettings.entries.deadline),
    tries: v.getDefault(ClientSettings.entries.tries),
    delay: v.getDefault(WorkerSettings.entries.delay),
  }
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)])) as Record<
    NumberName,
    string
  >
}
