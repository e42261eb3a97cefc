import type { GapWatch } from '../../../../src-main/contract/index.js'

export type Unit = NonNullable<GapWatch['timestamp']>['unit']

/** The unit in which a time since 1970 is of our century. */
export const unitOf = (value: number): Unit => (value > 1e17 ? 'ns' : value > 1e14 ? 'us' : value > 1e11 ? 'ms' : 's')
/** Whether a number may be such a time: from 2001 to 2286. */
export const mayBeTime = (value: number): boolean => {
  const seconds = value / { s: 1, ms: 1e3, us: 1e6, ns: 1e9 }[unitOf(value)]
  return seconds > 1e9 && seconds < 1e10
}
