/** The rest of `n` by `m`, from 0 to `m` - 1 also for an `n` below 0. Whole numbers up to 2^53. By division: V8 calls C for `%` of numbers that are not small ones. */
export function mod(n: number, m: number): number {
  return n - Math.floor(n / m) * m
}
