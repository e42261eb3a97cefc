/** A float as text that tells it from an integer: `1.0`, `-0.0`, `1e+300`, `NaN`, `-Infinity`. It reads back as the same number. */
export function floatText(value: number): string {
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

/** Whether a JSON number is written as an integer: without point and exponent. */
export const isIntegerText = (text: string): boolean => /^-?\d+$/.test(text)
