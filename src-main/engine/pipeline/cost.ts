import type { Cost, Distribution } from '../../contract/index.js'
import { atPath, parsePath } from '../../payload/json-path.js'
import { parseJson } from './parse-json.js'

/** Milliseconds that no draw exceeds. */
const LONGEST = 3_600_000

/** Draws from a distribution, ms. */
export function sampler(of: Distribution): () => number {
  switch (of.kind) {
    case 'fixed':
      return () => of.ms
    case 'uniform': {
      const low = Math.min(of.min, of.max)
      const width = Math.abs(of.max - of.min)
      return () => low + Math.random() * width
    }
    case 'exponential':
      return () => Math.min(LONGEST, -of.mean * Math.log(1 - Math.random()))
    case 'heavy':
      return () => Math.min(of.max, of.min * (1 - Math.random()) ** (-1 / of.shape))
  }
}

/** How long a worker is to work on a task, ms, by its payload. @param delay what the settings say for all. Throws Fault BAD_PATH. */
export function costOf(cost: Cost, delay: number): (payload: readonly Uint8Array[]) => number {
  switch (cost.kind) {
    case 'delay':
      return () => delay
    case 'task': {
      const path = parsePath(cost.path)
      return (payload) => {
        const value = Number(atPath(parseJson(payload[0]), path))
        return Number.isFinite(value) && value > 0 ? Math.min(value, LONGEST) : 0
      }
    }
    default:
      return sampler(cost)
  }
}
