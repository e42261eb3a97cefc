/** Something that holds for every input: drawn from a seed, as often as there is time. */
export interface Property {
  readonly name: string
  /** Draws in `npm test`, where there are seconds for all of them together. */
  readonly few: number
  /** Rejects with what was drawn when it does not hold. The same seed draws the same. */
  check(seed: number, draws: number): Promise<void>
}

/** What a refusal is to a person: a code, and a sentence. */
export function isFault(value: unknown): value is { code: string; message: string } {
  const { code, message } = (value ?? {}) as { code?: unknown; message?: unknown }
  return typeof code === 'string' && code !== '' && typeof message === 'string' && message !== ''
}
