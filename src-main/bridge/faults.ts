import { Fault, type FaultShape } from '../contract/index.js'
import { toFault } from '../engine/errors.js'

/** Codes of the operating system and of libzmq (`EADDRINUSE`, `EFSM`); Node's own (`ERR_…`) mean a bug of ours. */
const SYSTEM_CODE = /^E(?!RR_)[A-Z0-9]+$/

/**
 * What was thrown, as it crosses a port. A Fault crosses as it is, an error of the system or of libzmq with its sentence.
 * Anything else is a bug: it is reported with its stack here, and crosses as `INTERNAL` without it.
 * @param request the name of the request that failed.
 */
export function crossing(error: unknown, request: string): FaultShape {
  if (error instanceof Fault) return error.shape()
  if (error instanceof Error) {
    if (error.name === 'AbortError') return new Fault('CANCELLED', `${request} was cancelled.`, { request }).shape()
    if ('code' in error && typeof error.code === 'string' && SYSTEM_CODE.test(error.code)) return toFault(error).shape()
  }
  report(`${request} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  const words = error instanceof Error ? error.message : String(error)
  return new Fault('INTERNAL', `Something went wrong inside Socketeer while it did ${request}: ${words}`, {
    request,
  }).shape()
}

/** One line, or a stack, for whoever runs the program. */
export function report(text: string): void {
  process.stderr.write(`socketeer: ${text}\n`)
}
