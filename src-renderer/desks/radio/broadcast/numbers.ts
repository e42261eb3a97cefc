/** A whole number as typed, or undefined where it is none or out of bounds. */
export function wholeNumber(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : NaN
  return value >= least && value <= most ? value : undefined
}

/** A number as typed, `-1.5e3` too, or undefined where it is none or out of bounds. */
export function anyNumber(text: string, least = -Number.MAX_VALUE, most = Number.MAX_VALUE): number | undefined {
  const plain = text.trim().replace('−', '-')
  const value = plain === '' || !/^[-+.\deE]+$/.test(plain) ? NaN : Number(plain)
  return value >= least && value <= most ? value : undefined
}
