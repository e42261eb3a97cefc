import { Fault, type FaultShape } from '../../src-main/contract/index.js'

/** Whatever was thrown, as a fault to show: an error without a code is a bug, and says so in its own words. */
export function faultOf(error: unknown): FaultShape {
  if (error instanceof Fault) return error.shape()
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) }
}
