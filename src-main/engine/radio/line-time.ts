import type { Lines } from '../../contract/index.js'
import { parsePath } from '../../payload/json-path.js'
import { JsonScan } from '../../payload/json-scan.js'
import { decodeText } from '../../payload/text.js'

type TimePace = Extract<Lines['pace'], { kind: 'time' }>

const toMilliseconds = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 }
/** Bytes of a line in which a column is looked for. */
const LOOKED_AT = 64 * 1024

/** Reads the time in a line, in ms; NaN where there is none. Throws Fault BAD_PATH. */
export function lineTime({ column, unit }: TimePace): (line: Uint8Array) => number {
  const scale = toMilliseconds[unit]
  if (typeof column === 'number')
    return (line) => timeOf(columnOf(decodeText(head(line)) ?? '', column)?.trim() ?? '', scale)
  const scan = new JsonScan(parsePath(column))
  return (line) => {
    if (!scan.find(line, 0, line.byteLength)) return NaN
    const value = scan.value()
    return typeof value === 'number' ? value * scale : typeof value === 'string' ? timeOf(value.trim(), scale) : NaN
  }
}

function timeOf(text: string, scale: number): number {
  if (text === '') return NaN
  const number = Number(text)
  return Number.isNaN(number) ? Date.parse(text) : number * scale
}

/** Columns stand apart by what is found first of tab, semicolon, comma; else by blanks. A column in quotes may hold them. */
function columnOf(line: string, column: number): string | undefined {
  const separator = line.includes('\t') ? '\t' : line.includes(';') ? ';' : line.includes(',') ? ',' : ' '
  if (separator === ' ') return line.trim().split(/ +/)[column - 1]
  let at = 0
  for (let c = 1; ; c++) {
    let end: number
    let value: string
    if (line[at] === '"') {
      end = at + 1
      while (end < line.length && (line[end] !== '"' || line[end + 1] === '"')) end += line[end] === '"' ? 2 : 1
      value = line.slice(at + 1, end).replaceAll('""', '"')
      end = line.indexOf(separator, end)
    } else {
      end = line.indexOf(separator, at)
      value = line.slice(at, end < 0 ? undefined : end)
    }
    if (c === column) return value
    if (end < 0) return undefined
    at = end + 1
  }
}

/** The beginning of a line; cut within a character it would not be UTF-8. */
function head(line: Uint8Array): Uint8Array {
  let end = Math.min(line.byteLength, LOOKED_AT)
  if (end < line.byteLength) while (end > 0 && (line[end]! & 0xc0) === 0x80) end--
  return line.subarray(0, end)
}
