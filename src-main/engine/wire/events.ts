import { constants } from 'node:os'
import type { Event } from 'zeromq'
import type { RawError, RawEvent } from './protocol.js'

/** The names that zeromq.js has for a monitor's events: links hear the same from either driver. */
const names: Readonly<Record<number, Event['type']>> = {
  0x0001: 'connect',
  0x0002: 'connect:delay',
  0x0004: 'connect:retry',
  0x0008: 'bind',
  0x0010: 'bind:error',
  0x0020: 'accept',
  0x0040: 'accept:error',
  0x0080: 'close',
  0x0100: 'close:error',
  0x0200: 'disconnect',
  0x0800: 'handshake:error:other',
  0x1000: 'handshake',
  0x2000: 'handshake:error:protocol',
  0x4000: 'handshake:error:auth',
}

/** What a ZAP handler answers, RFC 27. */
const statuses: Readonly<Record<number, string>> = {
  300: 'Temporary error',
  400: 'Authentication failure',
  500: 'Internal error',
}

/** Numbers of errors that libzmq adds to the system's, from its ZMQ_HAUSNUMERO on. */
const HAUSNUMERO = 156_384_712
const own: Readonly<Record<number, string>> = { 51: 'EFSM', 52: 'ENOCOMPATPROTO', 53: 'ETERM', 54: 'EMTHREAD' }
const codes = new Map(Object.entries(constants.errno).map(([code, number]) => [number, code]))

/** An error of libzmq as zeromq.js throws it: with `errno` and `code`. */
export function toError({ errno, message }: RawError, address?: string): Error {
  const code = codes.get(errno) ?? own[errno - HAUSNUMERO]
  return Object.assign(
    new Error(message),
    { errno },
    code === undefined ? {} : { code },
    address === undefined ? {} : { address },
  )
}

/** An event as zeromq.js tells it; undefined for one that it does not know. */
export function toEvent([, number, value, address, meaning]: RawEvent): Event | undefined {
  const type = names[number]
  if (type === undefined) return undefined
  const event = { type, ...(address === '' ? {} : { address }) }
  switch (type) {
    case 'connect:retry':
      return { ...event, interval: value } as Event
    case 'handshake:error:protocol':
      return { ...event, error: new Error(`${value >>> 28 === 2 ? 'ZAP' : 'ZMTP'} protocol error`) } as Event
    case 'handshake:error:auth':
      return {
        ...event,
        error: Object.assign(new Error(statuses[value] ?? 'Unknown error'), { status: value }),
      } as Event
    default:
      return (meaning === '' ? event : { ...event, error: toError({ errno: value, message: meaning }) }) as Event
  }
}
