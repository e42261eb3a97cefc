import type { Distribution } from '../../../../src-main/contract/index.js'
import { numberIn } from '../../../lib/number-in.js'

/** The figures of all distributions as they are written: each keeps its own while another is looked at. */
export type CostFigures = Record<'ms' | 'min' | 'max' | 'mean' | 'heavyMin' | 'shape' | 'heavyMax', string>

/** Milliseconds that one task may cost at most. */
const HOUR = 3_600_000

/** The distribution that is written; undefined where a figure of it will not do. */
export function readDistribution(kind: Distribution['kind'], figures: CostFigures): Distribution | undefined {
  const effort = (text: string): number | undefined => numberIn(text, 0, HOUR)
  switch (kind) {
    case 'fixed': {
      const ms = effort(figures.ms)
      return ms === undefined ? undefined : { kind, ms }
    }
    case 'uniform': {
      const [min, max] = [effort(figures.min), effort(figures.max)]
      return min === undefined || max === undefined || min > max ? undefined : { kind, min, max }
    }
    case 'exponential': {
      const mean = effort(figures.mean)
      return mean === undefined ? undefined : { kind, mean }
    }
    case 'heavy': {
      const [min, max] = [effort(figures.heavyMin), effort(figures.heavyMax)]
      const shape = numberIn(figures.shape, 0.1, 10)
      return min === undefined || max === undefined || shape === undefined || min > max
        ? undefined
        : { kind, min, shape, max }
    }
  }
}
