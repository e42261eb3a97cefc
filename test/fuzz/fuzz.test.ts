import { describe, it } from 'vitest'
import { properties } from './index.js'

/** The same at every run; other ones with SOCKETEER_SEED=123, or ever new ones by `npm run fuzz`. */
const SEED = Number(process.env['SOCKETEER_SEED'] ?? 20261127)

describe('fuzzing, shortened', () => {
  for (const { name, few, check } of properties) it(name, { timeout: 120_000 }, () => check(SEED, few))
})
