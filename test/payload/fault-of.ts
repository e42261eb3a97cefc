import { Fault } from '../../src-main/contract/faults.js'

/** The fault that `action` throws; fails if it throws none, or something else. */
export function faultOf(action: () => unknown): Fault {
  try {
    action()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
