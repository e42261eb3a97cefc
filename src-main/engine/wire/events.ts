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

/** What ZMQ_PROTOCOL_ERROR_ZMTP_* and _ZAP_* stand for, by number. */
const protocolErrors: Readonly<Record<number, string>> = {
  0x10000000: 'ZMTP_UNSPECIFIED',
  0x10000001: 'ZMTP_UNEXPECTED_COMMAND',
  0x10000002: 'ZMTP_INVALID_SEQUENCE',
  0x10000003: 'ZMTP_KEY_EXCHANGE',
  0x10000011: 'ZMTP_MALFORMED_COMMAND_UNSPECIFIED',
  0x10000012: 'ZMTP_MALFORMED_COMMAND_MESSAGE',
  0x10000013: 'ZMTP_MALFORMED_COMMAND_HELLO',
  0x10000014: 'ZMTP_MALFORMED_COMMAND_INITIATE',
  0x10000015: 'ZMTP_MALFORMED_COMMAND_ERROR',
  0x10000016: 'ZMTP_MALFORMED_COMMAND_READY',
  0x10000017: 'ZMTP_MALFORMED_COMMAND_WELCOME',
  0x10000018: 'ZMTP_INVALID_METADATA',
  0x11000001: 'ZMTP_CRYPTOGRAPHIC',
  0x11000002: 'ZMTP_MECHANISM_MISMATCH',
  0x20000000: 'ZAP_UNSPECIFIED',
  0x20000001: 'ZAP_MALFORMED_REPLY',
  0x20000002: 'ZAP_BAD_REQUEST_ID',
  0x20000003: 'ZAP_BAD_VERSION',
  0x20000004: 'ZAP_INVALID_STATUS_CODE',
  0x20000005: 'ZAP_INVALID_METADATA',
}

function protocolError(value: number): Error {
  const name = protocolErrors[value]
  if (name === undefined) return Object.assign(new Error('Unknown error'), { code: 'ERR_UNKNOWN' })
  return Object.assign(new Error(`${name.slice(0, name.indexOf('_'))} protocol error`), { code: `ERR_${name}` })
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
      return { ...event, error: protocolError(value) } as Event
    case 'handshake:error:auth':
      return {
        ...event,
        error: Object.assign(new Error(statuses[value] ?? 'Unknown error'), { status: value }),
      } as Event
    default:
      return (meaning === '' ? event : { ...event, error: toError({ errno: value, message: meaning }) }) as Event
  }
}
