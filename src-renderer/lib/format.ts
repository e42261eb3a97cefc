import { locale } from './i18n.svelte.js'

const numbers = new Map<string, Intl.NumberFormat>()
function plain(digits: number): Intl.NumberFormat {
  const key = `${locale.current} ${digits}`
  let format = numbers.get(key)
  if (format === undefined) {
    format = new Intl.NumberFormat(locale.current, { minimumFractionDigits: digits, maximumFractionDigits: digits })
    numbers.set(key, format)
  }
  return format
}

/** `1,204` */
export const count = (n: number): string => plain(0).format(n)

/** Messages a second: `12,408`, `0.4` below ten where it is not whole, `124k` from 100,000, so that at most six characters are needed. */
export function rate(perSecond: number): string {
  if (perSecond >= 99_999.5)
    return `${plain(perSecond < 9_999_500 ? 0 : 1).format(perSecond < 9_999_500 ? perSecond / 1000 : perSecond / 1e6)}${perSecond < 9_999_500 ? 'k' : 'M'}`
  const digits = perSecond > 0 && perSecond < 9.95 && Math.abs(perSecond - Math.round(perSecond)) >= 0.05 ? 1 : 0
  return plain(digits).format(perSecond)
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `38 B`, `61.2 kB`, `5.0 MB`: decimal units, three figures. */
export function size(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${plain(unit > 0 && value < 99.95 ? 1 : 0).format(value)} ${units[unit] ?? 'B'}`
}

/** A stretch of time given in milliseconds: `0.42 ms`, `4.8 s`, `2 min`, `3 h`. */
export function span(ms: number): string {
  if (ms < 9.995) return `${plain(2).format(ms)} ms`
  if (ms < 999.5) return `${plain(0).format(ms)} ms`
  if (ms < 59_950) return `${plain(1).format(ms / 1000)} s`
  if (ms < 3_570_000) return `${plain(0).format(ms / 60_000)} min`
  return `${plain(0).format(ms / 3_600_000)} h`
}

const two = (n: number): string => String(n).padStart(2, '0')

/** Local time of day to the millisecond, and the microseconds apart so that they can be shown fainter. */
export function clock(ms: number): { time: string; micros: string } {
  const date = new Date(ms)
  const micros = Math.floor((ms - Math.floor(ms)) * 1000 + 1e-6)
  return {
    time: `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`,
    micros: String(micros).padStart(3, '0'),
  }
}
