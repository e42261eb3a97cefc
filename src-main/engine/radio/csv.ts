import { isoMicroseconds } from '../../payload/record.js'
import type { Points } from './points.js'

/** Lines in one piece: some 100 KB for a few signals. */
const LINES = 2000

export interface CsvPiece {
  readonly text: string
  /** The next point of each signal, or undefined at the end. */
  readonly next: number[] | undefined
}

export interface CsvColumn {
  readonly name: string
  readonly points: Points
}

/**
 * Signals side by side as CSV (RFC 4180): `time` (ISO 8601, UTC), `seconds` since 1970, then a column each; a line for each time at which any of them has a
 * point, empty where one has none. From `from` to `to`, ms, included.
 * @param at where the last piece ended; left out: from the beginning, with the head line
 */
export function signalCsv(columns: readonly CsvColumn[], from: number, to: number, at?: readonly number[]): CsvPiece {
  const next = columns.map(({ points }, c) => Math.max(at?.[c] ?? points.at(from), points.first))
  const ends = columns.map(({ points }) => points.after(to))
  const lines = at === undefined ? [['time', 'seconds', ...columns.map(({ name }) => quoted(name))].join(',')] : []
  const due = (c: number): number => (next[c]! < ends[c]! ? columns[c]!.points.time(next[c]!) : Infinity)
  for (let line = 0; line < LINES; line++) {
    let time = Infinity
    for (let c = 0; c < columns.length; c++) time = Math.min(time, due(c))
    if (time === Infinity) return { text: ended(lines), next: undefined }
    const cells = columns.map(({ points }, c) => (due(c) === time ? String(points.value(next[c]!++)) : ''))
    lines.push([isoMicroseconds(time), (time / 1000).toFixed(6), ...cells].join(','))
  }
  return { text: ended(lines), next }
}

const ended = (lines: readonly string[]): string => (lines.length === 0 ? '' : `${lines.join('\r\n')}\r\n`)

const quoted = (name: string): string => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)
