/** The number that a field holds; undefined where there is none, or none from `least` to `most`. */
export function numberIn(text: string, least: number, most: number): number | undefined {
  const value = text.trim() === '' ? NaN : Number(text.trim())
  return value >= least && value <= most ? value : undefined
}

/** As `numberIn`, for a whole number. */
export function wholeIn(text: string, least: number, most: number): number | undefined {
  const value = numberIn(text, least, most)
  return Number.isInteger(value) ? value : undefined
}
